"""Models with variances that no data of their design could determine: found, and fitted across the ridge.

They are looked for only where a ridge may be: where the design makes one likely, or a search has ended on one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from mixwidget.control import Control
from mixwidget.engine.criterion.derivatives import differentiate
from mixwidget.engine.criterion.estimates import estimate, standardised_theta
from mixwidget.engine.criterion.lmm import evaluate
from mixwidget.engine.model.arrangement import Arrangement, arrange
from mixwidget.engine.model.free_directions import free_directions
from mixwidget.engine.model.prior import Prior
from mixwidget.engine.model.reduction import Sources, smaller_terms
from mixwidget.engine.model.ridge import Ridge, ridge
from mixwidget.engine.search.basin import Basin
from mixwidget.engine.search.flatness import FLAT, SMALLEST_SIZE, flat_axes
from mixwidget.engine.search.optimum import Optimum, find_optimum
from mixwidget.engine.search.search import Descent
from mixwidget.engine.search.settle import settle
from mixwidget.engine.sums.arrays import FactorArrays, ModelArrays, TermArrays
from mixwidget.engine.sums.cross_products import select_terms
from mixwidget.linalg.triangle import lower_triangle

CURVED = FLAT / SMALLEST_SIZE**2  # no direction is flat if the criterion bends as much as this in all of them
STILL_FALLING = 1e-6  # criterion units promised at the end of a search that something has kept from ending


def search_optimum(
    arrays: ModelArrays, arrangement: Arrangement, *, reml: bool, control: Control, start: np.ndarray | None = None
) -> Optimum:
    """Search for the optimum, and across the ridge where variances turn out to be free.

    Parameters
    ----------
    arrays : ModelArrays
    arrangement : Arrangement
        With its ridge, where that is known already.
    reml : bool
    control : Control
    start : ndarray, shape (n_theta,), optional
    """
    found = None
    if arrangement.ridge is None and not is_suspect(arrangement, reml=reml):
        found = find_optimum(arrangement, reml=reml, control=control, start=start)
        if not looks_flat(found):
            return found
    ridge = arrangement.ridge or find_ridge(arrays, arrangement, reml=reml)
    if ridge is not None:
        across = replace(arrangement, ridge=ridge)
        return find_optimum_across(arrays, across, reml=reml, control=control, start=start)
    return found or find_optimum(arrangement, reml=reml, control=control, start=start)


def is_suspect(arrangement: Arrangement, *, reml: bool) -> bool:
    """Whether the design makes a ridge likely enough to look for it before the search.

    Enough fixed effects for one for each level of some factor, or slopes of a factor in one of its several terms.
    """
    p, layout = arrangement.basis.X.shape[1], arrangement.layout
    if reml and any(factor.n_levels <= p for factor in arrangement.cross.factors):
        return True
    if len(layout.term_sizes) == len(layout.factor_sizes):
        return False
    counts = Counter(layout.term_factor)
    return any(counts[f] > 1 and k > 1 for f, k in zip(layout.term_factor, layout.term_sizes, strict=True))


def looks_flat(optimum: Optimum) -> bool:
    """Whether a search ended where the criterion hardly bends in some direction, or did not end."""
    if not optimum.converged or not optimum.certificate.decrement <= STILL_FALLING:
        return True
    if optimum.certificate.lowest_curvature > CURVED:
        return False
    return bool(flat_axes(optimum).size)


def find_ridge(arrays: ModelArrays, arrangement: Arrangement, *, reml: bool) -> Ridge | None:
    """Return the directions in which the criterion is constant, priors included; None if there are none."""
    prior = arrangement.prior
    integrates_out = reml and (prior is None or prior.fixef is None)
    free = free_directions(arrays, reml=integrates_out)
    if prior is not None and len(free.rows):
        free = free.without(_held_by(prior, arrangement.layout.term_sizes))
    return ridge(free, arrangement.basis.term_roots)


def _held_by(prior: Prior, sizes: tuple[int, ...]) -> np.ndarray:
    """Return which of sigma^2 and the elements of the covariance matrices a prior has an opinion on."""
    counts = [k * (k + 1) // 2 for k in sizes]
    of_terms = np.repeat([penalty is not None for penalty in prior.covariances], counts)
    return np.append(True, of_terms)  # a prior relative to sigma, or on it, moves with sigma


def find_optimum_across(
    arrays: ModelArrays,
    arrangement: Arrangement,
    *,
    reml: bool,
    control: Control,
    start: np.ndarray | None = None,
) -> Optimum:
    """Minimise the criterion of a model with a ridge, and return the point of the ridge that is reported.

    Parameters
    ----------
    arrays : ModelArrays
    arrangement : Arrangement
        With its ridge.
    reml : bool
    control : Control
    start : ndarray, shape (n_theta,), optional
        Used where the search cannot be made in a smaller model.
    """
    if arrangement.ridge is None:
        raise ValueError("the arrangement has no ridge")
    sources = smaller_terms(arrangement.ridge.free, arrangement.layout)
    if len(sources) == len(arrangement.layout.term_sizes) and _n_columns(sources) == sum(arrangement.layout.term_sizes):
        return find_optimum(arrangement, reml=reml, control=control, start=start)
    if not sources:
        return _without_terms(arrangement, reml)
    small = _smaller(arrays, arrangement, sources, control, reml)
    return _enlarged(arrangement, small, find_optimum(small, reml=reml, control=control), sources)


def _n_columns(sources: Sources) -> int:
    return sum(len(columns) for _, columns in sources)


def _smaller(
    arrays: ModelArrays, arrangement: Arrangement, sources: Sources, control: Control, reml: bool
) -> Arrangement:
    """Arrange the model of some columns, with the ridge that is left."""
    cross, prior = arrangement.cross, arrangement.prior
    of_term = [cross.term_factor[term] for term, _ in sources]
    kept = tuple(sorted(set(of_term)))
    chosen = [cross.terms[term][:, columns] for term, columns in sources]
    factors = tuple(kept.index(f) for f in of_term)
    if prior is not None:
        prior = replace(prior, covariances=tuple(prior.covariances[term] for term, _ in sources))
    small = arrange(select_terms(cross, kept, chosen, factors), control.max_dense_columns, prior, arrangement.basis)
    terms = tuple(
        TermArrays(f, arrays.terms[term].z[:, columns]) for f, (term, columns) in zip(factors, sources, strict=True)
    )
    levels: tuple[FactorArrays, ...] = tuple(arrays.factors[f] for f in kept)
    fewer = replace(arrays, terms=terms, factors=levels)
    return replace(small, ridge=find_ridge(fewer, small, reml=reml))


def _without_terms(arrangement: Arrangement, reml: bool) -> Optimum:
    """Return the linear model's fit: nothing that varies between levels is determined."""
    theta = np.zeros(arrangement.layout.n_theta)
    point = evaluate(arrangement, theta, reml=reml)
    basin, certificate = settle(arrangement, Basin(arrangement.layout, point, differentiate(arrangement, point), 0.0))
    descent = Descent("no random effects", "converged", point.value, theta, ())
    starts = ((descent.start, point.value),)
    return Optimum(arrangement, basin.point, basin.derivatives, certificate, starts, (descent,))


def _enlarged(arrangement: Arrangement, small: Arrangement, found: Optimum, sources: Sources) -> Optimum:
    """Return the optimum of a smaller model as one of the whole."""

    def whole(theta: np.ndarray) -> np.ndarray:
        at = found.evaluation._replace(theta=theta, templates=small.layout.templates(theta))
        parts = estimate(small, at).templates
        full = [np.zeros((k, k)) for k in arrangement.layout.term_sizes]
        for (term, columns), part in zip(sources, parts, strict=True):
            full[term][np.ix_(columns, columns)] = part @ part.T
        return standardised_theta(arrangement, [_root(matrix) for matrix in full])

    point = evaluate(arrangement, whole(found.evaluation.theta), reml=found.evaluation.reml)
    best = Basin(arrangement.layout, point, differentiate(arrangement, point), found.certificate.decrement)
    best, certificate = settle(arrangement, best)
    descents = tuple(
        replace(
            descent,
            theta=whole(descent.theta),
            log=tuple(step._replace(theta=whole(step.theta)) for step in descent.log),
        )
        for descent in found.descents
    )
    return Optimum(arrangement, best.point, best.derivatives, certificate, found.starts, descents)


def _root(matrix: np.ndarray) -> np.ndarray:
    """Return a lower triangular root of a covariance matrix that may be singular."""
    sizes = np.sqrt(np.diagonal(matrix))
    unit = np.where(sizes > 0.0, sizes, 1.0)
    values, vectors = np.linalg.eigh(matrix / np.outer(unit, unit))
    return lower_triangle(unit[:, None] * vectors * np.sqrt(np.maximum(values, 0.0)))
