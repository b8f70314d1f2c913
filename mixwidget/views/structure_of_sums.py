"""What the structure picker offers for a fit that holds sums instead of rows: its own terms, factors and slopes."""

from __future__ import annotations

from mixwidget.fit.fit import Fit
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.row_findings import n_varying
from mixwidget.views.formula_sum import split_at
from mixwidget.views.structure import FactorOption, FixedOption, SlopeOption, StructureView

READS_AGAIN = "not in the sums of this fit: choosing it reads the data again"


def structure_without_rows(fit: Fit) -> StructureView:
    """Return the structures that the sums of a fit allow; what needs the data again says so.

    Parameters
    ----------
    fit : Fit
        The first one.
    """
    labels = [label for label, _ in fit.design.x_assign if label != "(Intercept)"]
    parts = {label: frozenset(split_at(label, ":")) for label in labels}
    fixed = tuple(
        FixedOption(label, True, "", tuple(other for other in labels if parts[label] < parts[other]))
        for label in labels
    )
    factors = tuple(_factor(fit, position, labels) for position in range(len(fit.design.factors)))
    return StructureView(fit.design.formula.response, isinstance(fit, LinearFit), fixed, factors, ())


def _factor(fit: Fit, position: int, labels: list[str]) -> FactorOption:
    factor = fit.design.factors[position]
    slopes = tuple(_slope(fit, position, label) for label in labels)
    return FactorOption(factor.label, True, "", len(factor.levels), slopes, "")


def _slope(fit: Fit, position: int, label: str) -> SlopeOption:
    """Return whether a fixed term varies within the levels, which sums tell of the columns that are slopes already."""
    design, factor = fit.design, fit.design.factors[position]
    names = {design.x_names[column] for column in dict(design.x_assign)[label]}
    known = {
        name: (place, i)
        for place, term in enumerate(design.terms)
        if term.factor == position
        for i, name in enumerate(term.columns)
    }
    if not names or not names <= known.keys():
        return SlopeOption(label, True, READS_AGAIN)
    varying, n_levels = max(n_varying(fit, *known[name]) for name in names), len(factor.levels)
    if varying == 0:
        return SlopeOption(label, False, f"constant within every level of {factor.label}")
    return SlopeOption(label, True, f"varies in {varying:,} of {n_levels:,} levels of {factor.label}")
