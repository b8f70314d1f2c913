"""Models with variances that no data of their design could determine: found, and fitted across the ridge.

They are looked for only where a ridge may be: where the design makes one likely, or a search has ended on one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mixwidget.control import Control
from mixwidget.engine.criterion.estimates import estimate, standardised_theta
from mixwidget.engine.criterion.linear import Linear
from mixwidget.engine.criterion.linear_criterion import linear_criterion
from mixwidget.engine.model.arrangement import Arrangement, arrange
from mixwidget.engine.model.free_directions import FreeDirections, free_directions
from mixwidget.engine.model.free_in_sums import free_directions_of_sums
from mixwidget.engine.model.prior import Prior
from mixwidget.engine.model.reduction import Sources, smaller_terms
from mixwidget.engine.model.ridge import Ridge, ridge
from mixwidget.engine.search.basin import Basin
from mixwidget.engine.search.flatness import FLAT, SMALLEST_SIZE, flat_axes
from mixwidget.engine.search.search import Descent
from mixwidget.engine.search.settle import settle
from mixwidget.engine.sums.arrays import FactorArrays, ModelArrays, TermArrays
from mixwidget.engine.sums.cross_products import select_terms
from mixwidget.errors import ProblemTooLargeError
from mixwidget.fit.optimum import LinearOptimum, find_linear_optimum
from mixwidget.linalg.triangle import lower_triangle

CURVED = FLAT / SMALLEST_SIZE**2  # no direction is flat if the criterion bends as much as this in all of them
STILL_FALLING = 1e-6  # criterion units promised at the end of a search that something has kept from ending


def search_optimum(
    arrays: Callable[[], ModelArrays] | None, criterion: Linear, *, control: Control, start: np.ndarray | None = None
) -> LinearOptimum:
    """Search for the optimum, and across the ridge where variances turn out to be free.

    Parameters
    ----------
    arrays : callable or None
        Returns the rows as arrays: they are read again only where a ridge may be. None where no rows are held: then
        their sums show it.
    criterion : Linear
        With its ridge, where that is known already.
    control : Control
    start : ndarray, shape (n_theta,), optional
    """
    found = None
    if criterion.ridge is None and not is_suspect(criterion):
        found = find_linear_optimum(criterion, control=control, start=start)
        if not looks_flat(found):
            return found
    rows = None if arrays is None else arrays()
    ridge = criterion.ridge or find_ridge(rows, criterion, control)
    if ridge is not None:
        return find_optimum_across(rows, with_ridge(criterion, ridge), control=control, start=start)
    return found or find_linear_optimum(criterion, control=control, start=start)


def with_ridge(criterion: Linear, ridge: Ridge | None) -> Linear:
    """Return the criterion with another ridge, or none."""
    return linear_criterion(criterion.arrangement, reml=criterion.reml, prior=criterion.prior, ridge=ridge)


def is_suspect(criterion: Linear) -> bool:
    """Whether the design makes a ridge likely enough to look for it before the search.

    Enough fixed effects for one for each level of some factor, or slopes of a factor in one of its several terms.
    """
    p, layout = criterion.arrangement.basis.X.shape[1], criterion.layout
    if criterion.reml and any(n <= p for n in criterion.n_levels):
        return True
    if len(layout.term_sizes) == len(layout.factor_sizes):
        return False
    counts = Counter(layout.term_factor)
    return any(counts[f] > 1 and k > 1 for f, k in zip(layout.term_factor, layout.term_sizes, strict=True))


def may_have_ridge(optimum: LinearOptimum) -> bool:
    """Whether a search without rows would have looked for a ridge with them."""
    return is_suspect(optimum.criterion) or looks_flat(optimum)


def looks_flat(optimum: LinearOptimum) -> bool:
    """Whether a search ended where the criterion hardly bends in some direction, or did not end."""
    if not optimum.converged or not optimum.certificate.decrement <= STILL_FALLING:
        return True
    if optimum.certificate.lowest_curvature > CURVED:
        return False
    return bool(flat_axes(optimum).size)


def find_ridge(arrays: ModelArrays | None, criterion: Linear, control: Control) -> Ridge | None:
    """Return the directions in which the criterion is constant, priors included; None if there are none.

    Without rows the sums are asked; None too where they have more crossed columns than are held dense.
    """
    prior, arrangement = criterion.prior, criterion.arrangement
    integrates_out = criterion.reml and (prior is None or prior.fixef is None)
    free = _of_sums(arrangement, control, reml=integrates_out) if arrays is None else None
    if arrays is not None:
        free = free_directions(arrays, reml=integrates_out)
    if free is None:
        return None
    if prior is not None and len(free.rows):
        free = free.without(_held_by(prior, arrangement.layout.term_sizes))
    return ridge(free, arrangement.basis.term_roots)


def _of_sums(arrangement: Arrangement, control: Control, *, reml: bool) -> FreeDirections | None:
    try:
        return free_directions_of_sums(arrangement.cross, reml=reml, max_dense_columns=control.max_dense_columns)
    except ProblemTooLargeError:
        return None


def _held_by(prior: Prior, sizes: tuple[int, ...]) -> np.ndarray:
    """Return which of sigma^2 and the elements of the covariance matrices a prior has an opinion on."""
    counts = [k * (k + 1) // 2 for k in sizes]
    of_terms = np.repeat([penalty is not None for penalty in prior.covariances], counts)
    return np.append(True, of_terms)  # a prior relative to sigma, or on it, moves with sigma


def find_optimum_across(
    arrays: ModelArrays | None, criterion: Linear, *, control: Control, start: np.ndarray | None = None
) -> LinearOptimum:
    """Minimise the criterion of a model with a ridge, and return the point of the ridge that is reported.

    Parameters
    ----------
    arrays : ModelArrays or None
        None where no rows are held.
    criterion : Linear
        With its ridge.
    control : Control
    start : ndarray, shape (n_theta,), optional
        Used where the search cannot be made in a smaller model.
    """
    layout, ridge = criterion.layout, criterion.ridge
    if ridge is None:
        raise ValueError("the criterion has no ridge")
    sources = smaller_terms(ridge.free, layout)
    if len(sources) == len(layout.term_sizes) and _n_columns(sources) == sum(layout.term_sizes):
        return find_linear_optimum(criterion, control=control, start=start)
    if not sources:
        return _without_terms(criterion)
    small = _smaller(arrays, criterion, sources, control)
    return _enlarged(criterion, find_linear_optimum(small, control=control), sources)


def _n_columns(sources: Sources) -> int:
    return sum(len(columns) for _, columns in sources)


def _smaller(arrays: ModelArrays | None, criterion: Linear, sources: Sources, control: Control) -> Linear:
    """Return the criterion of the model of some columns, with the ridge that is left."""
    cross, prior = criterion.arrangement.cross, criterion.prior
    of_term = [cross.term_factor[term] for term, _ in sources]
    kept = tuple(sorted(set(of_term)))
    chosen = [cross.terms[term][:, columns] for term, columns in sources]
    factors = tuple(kept.index(f) for f in of_term)
    if prior is not None:
        prior = replace(prior, covariances=tuple(prior.covariances[term] for term, _ in sources))
    selected, basis = select_terms(cross, kept, chosen, factors), criterion.arrangement.basis
    arrangement = arrange(selected, control.max_dense_columns, basis, prior=prior, crossed=control.crossed)
    small = linear_criterion(arrangement, reml=criterion.reml, prior=prior)
    fewer = None if arrays is None else _fewer_columns(arrays, kept, factors, sources)
    return with_ridge(small, find_ridge(fewer, small, control))


def _fewer_columns(
    arrays: ModelArrays, kept: tuple[int, ...], factors: tuple[int, ...], sources: Sources
) -> ModelArrays:
    """Return the rows with some columns of the terms, on the factors that are kept."""
    terms = tuple(
        TermArrays(f, arrays.terms[term].z[:, columns]) for f, (term, columns) in zip(factors, sources, strict=True)
    )
    levels: tuple[FactorArrays, ...] = tuple(arrays.factors[f] for f in kept)
    return replace(arrays, terms=terms, factors=levels)


def _without_terms(criterion: Linear) -> LinearOptimum:
    """Return the linear model's fit: nothing that varies between levels is determined."""
    theta = np.zeros(criterion.layout.n_theta)
    point = criterion.evaluate(theta)
    best = Basin(criterion.layout, point, criterion.differentiate(point), 0.0)
    best, certificate = settle(criterion, best)
    descent = Descent("no random effects", "converged", point.value, theta, ())
    starts = ((descent.start, point.value),)
    return LinearOptimum(criterion, best.point, best.derivatives, certificate, starts, (descent,))


def _enlarged(criterion: Linear, found: LinearOptimum, sources: Sources) -> LinearOptimum:
    """Return the optimum of a smaller model as one of the whole."""
    arrangement, small = criterion.arrangement, found.arrangement

    def whole(theta: np.ndarray) -> np.ndarray:
        at = found.evaluation._replace(theta=theta, templates=small.layout.templates(theta))
        parts = estimate(small, at).templates
        full = [np.zeros((k, k)) for k in arrangement.layout.term_sizes]
        for (term, columns), part in zip(sources, parts, strict=True):
            full[term][np.ix_(columns, columns)] = part @ part.T
        return standardised_theta(arrangement, [_root(matrix) for matrix in full])

    point = criterion.evaluate(whole(found.evaluation.theta))
    best = Basin(criterion.layout, point, criterion.differentiate(point), found.certificate.decrement)
    best, certificate = settle(criterion, best)
    descents = tuple(
        replace(
            descent,
            theta=whole(descent.theta),
            log=tuple(step._replace(theta=whole(step.theta)) for step in descent.log),
        )
        for descent in found.descents
    )
    return LinearOptimum(criterion, best.point, best.derivatives, certificate, found.starts, descents)


def _root(matrix: np.ndarray) -> np.ndarray:
    """Return a lower triangular root of a covariance matrix that may be singular."""
    sizes = np.sqrt(np.diagonal(matrix))
    unit = np.where(sizes > 0.0, sizes, 1.0)
    values, vectors = np.linalg.eigh(matrix / np.outer(unit, unit))
    return lower_triangle(unit[:, None] * vectors * np.sqrt(np.maximum(values, 0.0)))
