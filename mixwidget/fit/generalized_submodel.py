"""The criterion of a generalized model with other random-effects terms, for comparison with that of a fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mixwidget.engine.criterion.exact_curvature import settle_exactly
from mixwidget.engine.criterion.generalized_criterion import GeneralizedCriterion
from mixwidget.engine.criterion.generalized_starts import regression
from mixwidget.engine.model.generalized import generalized
from mixwidget.engine.search.optimum import find_optimum
from mixwidget.engine.sums.arrays import TermArrays
from mixwidget.family.family import Family
from mixwidget.fit.generalized import criterion_of, generalized_arrays
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.threads import one_thread

LEAST_SHAPE, LARGEST_SHAPE = 1e-3, 1e6  # of a negative binomial without random effects; the largest is a Poisson's


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
    """Return the criterion at covariance matrices of zero: that of the regression, at its best shape if that is free.

    A descent would leave: it takes theta of zero for the saddle that it is.
    """
    from scipy.optimize import minimize_scalar  # slow to load, and needed here alone

    if not fit.free_shape:
        return _regression_value(fit, fit.family)
    found = minimize_scalar(
        lambda log_shape: _regression_value(fit, fit.family.with_shape(float(np.exp(log_shape)))),
        bounds=(float(np.log(LEAST_SHAPE)), float(np.log(LARGEST_SHAPE))),
        method="bounded",
        options={"xatol": 1e-7},
    )
    return float(found.fun)


def _regression_value(fit: GeneralizedFit, family: Family) -> float:
    """Return the criterion without random effects; quadrature has one node then, which is Laplace's."""
    model = fit.optimum.model.with_family(family)
    criterion: GeneralizedCriterion = criterion_of(model, n_agq=min(fit.n_agq, 1), control=fit.control)
    start = criterion.with_fixed(np.zeros(model.layout.n_theta), regression(model).beta)
    return float(criterion.evaluate(start).value)
