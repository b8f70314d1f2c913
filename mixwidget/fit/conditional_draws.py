"""Random effects drawn given the responses: of the levels that the data have, not of new ones."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.estimates import theta_from_units
from mixwidget.engine.criterion.generalized_criterion import Laplace
from mixwidget.engine.criterion.generalized_estimates import mode_covariances, modes_of, sigma_of
from mixwidget.engine.criterion.laplace import LaplacePoint
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.threads import one_thread


def conditional_draws(
    fit: GeneralizedFit, other: GeneralizedFit, generator: np.random.Generator
) -> list[np.ndarray] | None:
    """Draw the effects of each level from their conditional Gaussian, given the data of one fit.

    Parameters
    ----------
    fit : GeneralizedFit
        Whose responses are given.
    other : GeneralizedFit
        The same model of other responses, whose estimates stand for the parameters.
    generator : numpy.random.Generator

    Returns
    -------
    list of ndarray, shape (k, J), or None
        Of each term, in the user's units; None if the parameters lead means of the data out of the family's range.
        Effects of one level are drawn together, those of different levels apart.
    """
    with one_thread():
        point = _point(fit, other)
        if point.mode is None:
            return None
        modes, covariances = modes_of(point), mode_covariances(point)
        scale = other.estimates.sigma / sigma_of(point)
    layout, draws = point.model.layout, list(modes)
    for factor, covariance in enumerate(covariances):
        errors = scale * _errors(covariance, generator)
        for term, own in enumerate(layout.term_factor):
            if own == factor:
                draws[term] = modes[term] + errors[layout.term_slice(term)]
    return draws


def _point(fit: GeneralizedFit, other: GeneralizedFit) -> LaplacePoint:
    """Return the modes of the data at other estimates; quadrature has the same ones."""
    criterion, estimates = fit.optimum.criterion, other.estimates
    model = criterion.model.with_family(other.family)
    theta = theta_from_units(model.layout, [term.root for term in model.terms], list(estimates.templates))
    return Laplace(model, criterion.approximation).evaluate(np.concatenate([theta, model.X.root @ estimates.beta]))


def _errors(covariance: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draw one vector for each level, shape (K, J), by roots that exist also where effects do not vary."""
    values, vectors = np.linalg.eigh(covariance.transpose(2, 0, 1))
    roots = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
    return np.einsum("jab,jb->aj", roots, generator.standard_normal(values.shape))
