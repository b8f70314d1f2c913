"""What the rows of a fit tell of its design; where they are not held, what their sums do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mixwidget.design.crossing import Crossing
from mixwidget.design.findings import (
    CONSTANT_RTOL,
    confounded_finding,
    crossing_findings,
    design_findings,
    grave_findings,
    single_row_findings,
    size_findings,
    uncentred_findings,
    varying_slope_finding,
)
from mixwidget.design.gathered_rows import merged_of
from mixwidget.errors import Diagnostic
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.linear_fit import LinearFit, as_linear
from mixwidget.fit.pool import pool_of
from mixwidget.fit.row_summaries import facts_of, level_sizes
from mixwidget.linalg.pairs import LevelPairs


def grave_row_findings(fit: Fit) -> tuple[Diagnostic, ...]:
    """Return only what cannot be estimated: cheap enough to look at with every fit."""
    if facts_of(fit) is None:
        return grave_findings(fit.design, fit.rows)
    return tuple(found for found in _of_sums(fit) if found.severity != "info")


def row_findings(fit: Fit) -> tuple[Diagnostic, ...]:
    """Return what to know about a design and its rows, the grave first."""
    if facts_of(fit) is None:
        return design_findings(fit.design, fit.rows)
    design = fit.design
    sizes = (*size_findings(design, fit.n), *single_row_findings(design, level_sizes(fit)))
    found = (*_of_sums(fit), *_crossings(fit), *sizes, *_uncentred(fit))
    return tuple(sorted(found, key=lambda finding: finding.severity == "info"))


def _of_sums(fit: Fit) -> Iterator[Diagnostic]:
    design = fit.design
    with_intercepts = {term.factor for term in design.terms if "(Intercept)" in term.columns}
    for position, term in enumerate(design.terms):
        for i, column in enumerate(term.columns):
            if column != "(Intercept)" and term.factor in with_intercepts:
                count = n_varying(fit, position, i)
                yield from varying_slope_finding(term, column, design.factors[term.factor], count)
    for (f, g), pairs in _pairs(fit).items():
        if pairs.n_pairs == pairs.n_first == pairs.n_second:
            yield confounded_finding(design.factors[f], design.factors[g])


def _crossings(fit: Fit) -> Iterator[Diagnostic]:
    factors = fit.design.factors
    for (f, g), pairs in sorted(_pairs(fit).items(), key=lambda item: sorted(item[0])):
        if f > g and pairs.n_first == pairs.n_second:  # of as many levels the one named first
            f, g = g, f  # noqa: PLW2901
        yield from crossing_findings(factors[f], factors[g], Crossing(pairs.n_first, pairs.n_second, pairs.n_pairs))


def _uncentred(fit: Fit) -> Iterator[Diagnostic]:
    pool = pool_of(fit)
    for term, columns in zip(fit.design.terms, pool.terms, strict=True):
        spreads = np.sqrt(np.einsum("ck,cd,dk->k", columns[1:], pool.products[1:, 1:], columns[1:]) / fit.n)
        for name, mean, spread in zip(term.columns, columns[0].tolist(), spreads.tolist(), strict=True):
            if name != "(Intercept)":
                yield from uncentred_findings(fit.design, term, name, mean, spread)


def _pairs(fit: Fit) -> dict[tuple[int, int], LevelPairs]:
    """Return how the levels of the grouping factors meet, by position of the factors."""
    if isinstance(fit, GeneralizedFit):
        return dict(fit.optimum.model.frame.level_pairs)
    return {places: sums.pairs for places, sums in as_linear(fit).cross.pairs.items()}


def n_varying(fit: Fit, term: int, column: int) -> int:
    """Return within how many levels a column of a random term varies, where single rows are not held."""
    merged, factor = merged_of(fit.rows), fit.design.terms[term].factor
    if merged is None:
        within, spread = _of_panel(as_linear(fit), factor, as_linear(fit).cross.terms[term][:, column])
    else:
        within, spread = _of_levels(merged.z[term][:, column], merged.codes[factor], merged.counts)
    return int((within > CONSTANT_RTOL * spread).sum()) if spread > 0.0 else 0


def _of_panel(fit: LinearFit, factor: int, column: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the variance of a column within each level and in the whole, from its sums and squares by level."""
    sums = fit.cross.factors[factor]
    centred = np.append(0.0, column[1:])  # pool columns have mean zero: squares about the mean of all rows
    weight, first = sums.panel[0, 0], np.einsum("c,cJ->J", centred, sums.panel[0])
    square = np.einsum("a,c,acJ->J", centred[sums.own], centred, sums.panel, optimize=True)
    return (square - first**2 / weight) / weight, float(square.sum() / weight.sum())


def _of_levels(values: np.ndarray, codes: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the same from values of merged rows."""
    n = np.bincount(codes, counts)
    means = np.bincount(codes, counts * values) / n
    within = np.bincount(codes, counts * (values - means[codes]) ** 2) / n
    centred = values - counts @ values / counts.sum()
    return within, float(counts @ centred**2 / counts.sum())
