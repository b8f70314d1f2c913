"""The criterion of a generalized model with other random-effects terms, for comparison with that of a fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mixwidget.engine.criterion.exact_curvature import settle_exactly
from mixwidget.engine.criterion.generalized_criterion import GeneralizedCriterion
from mixwidget.engine.criterion.generalized_starts import regression
from mixwidget.engine.model.generalized import generalized
from mixwidget.engine.search.newton import minimise
from mixwidget.engine.search.optimum import find_optimum
from mixwidget.engine.sums.arrays import TermArrays
from mixwidget.fit.generalized import criterion_of, generalized_arrays
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.threads import one_thread

MAX_EVALUATIONS = 200


def criterion_of_terms(fit: GeneralizedFit, terms: list[tuple[int, np.ndarray]]) -> tuple[float, int]:
    """Return criterion and number of covariance parameters with other random-effects terms.

    Parameters
    ----------
    fit : GeneralizedFit
    terms : list of (int, ndarray)
        For each term the position of its factor and its columns, shape (n, k); without any, the model without random
        effects.
    """
    with one_thread():
        if not terms:
            return _without_random_effects(fit), 0
        arrays = generalized_arrays(fit.design, fit.rows)
        kept = sorted({factor for factor, _ in terms})
        smaller = replace(
            arrays,
            terms=tuple(TermArrays(kept.index(factor), z) for factor, z in terms),
            factors=tuple(arrays.factors[factor] for factor in kept),
        )
        model = generalized(smaller, fit.family, max_dense_columns=fit.control.max_dense_columns)
        criterion = criterion_of(model, n_agq=fit.n_agq, control=fit.control, free_shape=fit.free_shape)
        found = find_optimum(criterion, control=fit.control)
        value = found.evaluation.value
        if fit.n_agq > 0:
            value = min(value, settle_exactly(criterion, found.evaluation, found.certificate.decrement).point.value)
        return float(value), model.layout.n_theta


def _without_random_effects(fit: GeneralizedFit) -> float:
    """Return the criterion at covariance matrices of zero, at the best fixed effects and shape there.

    A descent from there never leaves: the criterion is even in theta.
    """
    model = fit.optimum.model
    criterion: GeneralizedCriterion = criterion_of(
        model, n_agq=min(fit.n_agq, 1), control=fit.control, free_shape=fit.free_shape
    )
    start = criterion.with_fixed(np.zeros(model.layout.n_theta), regression(criterion.model).beta)
    at = criterion.evaluate(start)
    found = minimise(
        criterion, at, tolerance=fit.control.tolerance, max_evaluations=MAX_EVALUATIONS, has_metric=criterion.has_metric
    )
    return float(found.point.value)
