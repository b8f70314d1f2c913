"""What the rows of a fit tell of its design; where they are not held, what their sums do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mixwidget.design.crossing import Crossing
from mixwidget.design.distant_rows import RowFacts
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
from mixwidget.errors import Diagnostic
from mixwidget.fit.fit import Fit
from mixwidget.fit.linear_fit import LinearFit, as_linear
from mixwidget.fit.row_summaries import facts_of, level_sizes


def grave_row_findings(fit: Fit) -> tuple[Diagnostic, ...]:
    """Return only what cannot be estimated: cheap enough to look at with every fit."""
    if facts_of(fit) is None:
        return grave_findings(fit.design, fit.rows)
    return tuple(found for found in _of_sums(as_linear(fit)) if found.severity != "info")


def row_findings(fit: Fit) -> tuple[Diagnostic, ...]:
    """Return what to know about a design and its rows, the grave first."""
    facts = facts_of(fit)
    if facts is None:
        return design_findings(fit.design, fit.rows)
    design, sums = fit.design, as_linear(fit)
    sizes = (*size_findings(design, fit.n), *single_row_findings(design, level_sizes(fit)))
    found = (*_of_sums(sums), *_crossings(sums), *sizes, *_uncentred(sums, facts))
    return tuple(sorted(found, key=lambda finding: finding.severity == "info"))


def _of_sums(fit: LinearFit) -> Iterator[Diagnostic]:
    design, cross = fit.design, fit.cross
    with_intercepts = {term.factor for term in design.terms if "(Intercept)" in term.columns}
    for term, columns in zip(design.terms, cross.terms, strict=True):
        for i, column in enumerate(term.columns):
            if column != "(Intercept)" and term.factor in with_intercepts:
                count = n_varying(fit, term.factor, columns[:, i])
                yield from varying_slope_finding(term, column, design.factors[term.factor], count)
    for (f, g), sums in cross.pairs.items():
        if sums.pairs.n_pairs == sums.pairs.n_first == sums.pairs.n_second:
            yield confounded_finding(design.factors[f], design.factors[g])


def _crossings(fit: LinearFit) -> Iterator[Diagnostic]:
    factors = fit.design.factors
    for (f, g), sums in sorted(fit.cross.pairs.items(), key=lambda item: sorted(item[0])):
        if f > g and sums.pairs.n_first == sums.pairs.n_second:  # of as many levels the one named first
            f, g = g, f  # noqa: PLW2901
        yield from crossing_findings(
            factors[f], factors[g], Crossing(sums.pairs.n_first, sums.pairs.n_second, sums.pairs.n_pairs)
        )


def _uncentred(fit: LinearFit, facts: RowFacts) -> Iterator[Diagnostic]:
    for term, columns in zip(fit.design.terms, fit.cross.terms, strict=True):
        spreads = np.sqrt(np.einsum("ck,cd,dk->k", columns[1:], facts.products[1:, 1:], columns[1:]) / fit.n)
        for name, mean, spread in zip(term.columns, columns[0].tolist(), spreads.tolist(), strict=True):
            if name != "(Intercept)":
                yield from uncentred_findings(fit.design, term, name, mean, spread)


def n_varying(fit: LinearFit, factor: int, column: np.ndarray) -> int:
    """Return within how many levels a column varies, from its sums and squares by level."""
    sums = fit.cross.factors[factor]
    centred = np.append(0.0, column[1:])  # pool columns have mean zero: squares about the mean of all rows
    weight, first = sums.panel[0, 0], np.einsum("c,cJ->J", centred, sums.panel[0])
    square = np.einsum("a,c,acJ->J", centred[sums.own], centred, sums.panel, optimize=True)
    within, spread = (square - first**2 / weight) / weight, float(square.sum() / weight.sum())
    return int((within > CONSTANT_RTOL * spread).sum()) if spread > 0.0 else 0
