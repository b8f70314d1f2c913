"""A generalized model without some of its rows, from the optimum that it has with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mixwidget.engine.criterion.estimates import theta_from_units
from mixwidget.engine.criterion.exact_curvature import settle_exactly
from mixwidget.engine.criterion.generalized_estimates import GeneralizedEstimates, estimate_generalized
from mixwidget.engine.model.generalized import Generalized, GeneralizedArrays, generalized
from mixwidget.engine.search.newton import minimise
from mixwidget.engine.sums.arrays import FactorArrays, TermArrays
from mixwidget.fit.generalized import generalized_arrays
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.threads import one_thread

MAX_EVALUATIONS = 200


def estimates_without(fit: GeneralizedFit, left_out: np.ndarray) -> GeneralizedEstimates:
    """Return the estimates without some rows.

    Parameters
    ----------
    fit : GeneralizedFit
    left_out : ndarray of int
        Positions of the rows.

    Raises
    ------
    FitError
        If no mean is in the range of the family.
    """
    kept = np.ones(fit.n, dtype=bool)
    kept[left_out] = False
    with one_thread():
        arrays = _with_rows(generalized_arrays(fit.design, fit.rows), kept)
        model = generalized(arrays, fit.family, max_dense_columns=fit.control.max_dense_columns)
        criterion = fit.optimum.criterion.of(model)
        start = criterion.evaluate(_moved(fit, model))
        if not np.isfinite(start.value):
            start = criterion.evaluate(criterion.starting_values(thorough=False)["moment"])
        found = minimise(
            criterion,
            start,
            tolerance=fit.control.tolerance,
            max_evaluations=MAX_EVALUATIONS,
            has_metric=criterion.has_metric,
        )
        if fit.n_agq == 0:
            return estimate_generalized(found.point, None)
        settled = settle_exactly(criterion, found.point, found.decrement)
        return estimate_generalized(settled.point, settled.curvature)


def _with_rows(arrays: GeneralizedArrays, kept: np.ndarray) -> GeneralizedArrays:
    """Return some of the rows, with those levels that they have."""

    def levels(factor: FactorArrays) -> FactorArrays:
        present, codes = np.unique(factor.codes[kept], return_inverse=True)
        return FactorArrays(codes.astype(factor.codes.dtype), len(present))

    return replace(
        arrays,
        y=arrays.y[kept],
        X=arrays.X[kept],
        terms=tuple(TermArrays(term.factor, term.z[kept]) for term in arrays.terms),
        factors=tuple(levels(factor) for factor in arrays.factors),
        weights=None if arrays.weights is None else arrays.weights[kept],
        offset=None if arrays.offset is None else arrays.offset[kept],
    )


def _moved(fit: GeneralizedFit, model: Generalized) -> np.ndarray:
    """Return the parameters of a fit for the standardised columns of a model."""
    estimates = fit.estimates
    theta = theta_from_units(model.layout, [term.root for term in model.terms], estimates.templates)
    if fit.n_agq == 0:
        return theta
    shape = [float(np.log(fit.family.shape or 1.0))] if fit.free_shape else []
    return np.concatenate([theta, model.X.root @ estimates.beta, shape])
