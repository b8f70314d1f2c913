"""The criterion of a generalized model, of another response on the same rows."""

from __future__ import annotations

from mixwidget.engine.criterion.generalized_criterion import GeneralizedCriterion, Joint, Laplace, Quadrature
from mixwidget.engine.criterion.penalised_generalized import PenalisedGeneralized
from mixwidget.engine.model.generalized import Generalized


def same_criterion(criterion: GeneralizedCriterion, model: Generalized) -> GeneralizedCriterion:
    """Return the same criterion of another model."""
    if isinstance(criterion, PenalisedGeneralized):
        return PenalisedGeneralized(_plain(criterion.criterion, model), criterion.prior)
    if isinstance(criterion, Laplace | Joint):
        return _plain(criterion, model)
    raise TypeError(f"a criterion of an unknown kind: {type(criterion).__name__}")


def _plain(criterion: Laplace | Joint, model: Generalized) -> Laplace | Joint:
    if isinstance(criterion, Quadrature):
        return Quadrature(model, criterion.n_agq, free_shape=criterion.free_shape)
    if isinstance(criterion, Laplace):
        return Laplace(model, criterion.approximation, free_shape=criterion.free_shape)
    return Joint(model, criterion.approximation)
