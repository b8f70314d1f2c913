"""Variances and correlations that no data of a design could determine, in words.

The sentences are the same before a fit (`mw.check_design`) and beside it; the algebra is that of
`mixwidget.engine.model.free_directions`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from mixwidget.design.design import Design
from mixwidget.design.rows import Rows
from mixwidget.engine.model.free_directions import FreeDirections, free_directions
from mixwidget.errors import Diagnostic, MixwidgetWarning
from mixwidget.fit.fit import Fit
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.parameters import covariance_names
from mixwidget.fit.sums import model_arrays
from mixwidget.inference.interrupts import level_of_caller

REPEATED = "repeated_random_effect"
RESIDUAL = "the residual variance"


@dataclass(frozen=True, slots=True)
class _Element:
    """A variance (a == b) or covariance of a term."""

    term: int
    a: int
    b: int


def free_findings(design: Design, free: FreeDirections) -> tuple[Diagnostic, ...]:
    """Return a finding for each way in which variances or correlations are free."""
    elements = _elements(design)
    rows = [[elements[i - 1] if i else None for i in np.flatnonzero(row)] for row in free.rows]
    fixed = [row[0] for row in rows if len(row) == 1 and row[0] is not None and row[0].a == row[0].b]
    spanned = {(element.term, element.a) for element in fixed}
    found = [_repeats_fixed(design, term, columns) for term, columns in _by_term(fixed).items()]
    apart = [row[0] for row in rows if len(row) == 1 and row[0] is not None and row[0].a != row[0].b]
    apart = [e for e in apart if not {(e.term, e.a), (e.term, e.b)} & spanned]
    found += [_no_correlation(design, element) for element in apart]
    told = {finding.message for finding in design.diagnostics if finding.code == REPEATED}
    for row in rows:
        variances = [e for e in row if e is None or e.a == e.b]
        if len(row) > 1 and len(variances) > 1 and not _is_told(design, variances, told):
            found.append(_only_sums(design, variances))
        elif len(row) > 1 and len(variances) == 1 and variances[0] is not None:
            found.append(_with_covariances(design, variances[0]))
    return tuple(found)


def design_free_findings(design: Design, rows: Rows, *, reml: bool) -> tuple[Diagnostic, ...]:
    """Return those of a design that has not been fitted, as its fit would have them."""
    return free_findings(design, free_directions(model_arrays(design, rows), reml=reml))


def free_of(fit: Fit) -> FreeDirections | None:
    """Return the free directions of a fit, None if everything is determined, or without a residual variance."""
    if not isinstance(fit, LinearFit) or fit.optimum.criterion.ridge is None:
        return None
    return fit.optimum.criterion.ridge.free


def free_names(fit: Fit) -> tuple[str, ...]:
    """Return the names of the parameters that are free, as ``confint`` has them."""
    free, design = free_of(fit), fit.design
    if free is None:
        return ()
    names = [name for term in covariance_names(design) for name in term]
    elements = _elements(design)
    moved = {element for element, is_free in zip(elements, free.is_free[1:], strict=True) if is_free}
    touched = [name for name, element in zip(names, elements, strict=True) if _is_touched(element, moved)]
    return (*touched, *(["sigma"] if free.is_free[0] else []))


def refuse_free(names: Iterable[str], what: str, *, warn: bool) -> None:
    """Warn that parameters have no intervals because they are free."""
    listed = _listed([f"'{name}'" for name in names])
    if warn and listed:
        message = f"{what}: {listed} can take other values without a trace in the data, so there is no interval (NaN)"
        warnings.warn(message, MixwidgetWarning, stacklevel=level_of_caller())


def _is_touched(element: _Element, moved: set[_Element]) -> bool:
    """Whether a standard deviation or correlation changes with free elements."""
    own = {element, _Element(element.term, element.a, element.a), _Element(element.term, element.b, element.b)}
    return bool(own & moved)


def _elements(design: Design) -> list[_Element]:
    """Return all elements in the order of theta."""
    sizes = [len(term.columns) for term in design.terms]
    return [_Element(t, a, b) for t, k in enumerate(sizes) for b in range(k) for a in range(b, k)]


def _by_term(elements: list[_Element]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for element in sorted(elements, key=lambda e: (e.term, e.a)):
        found.setdefault(element.term, []).append(element.a)
    return found


def _repeats_fixed(design: Design, term: int, columns: list[int]) -> Diagnostic:
    block = design.terms[term]
    group = design.factors[block.factor].label
    effects = _listed([_effects(block.columns[a]) for a in columns])
    elements = [element for element in _elements(design) if element.term == term]
    touched = zip(covariance_names(design)[term], elements, strict=True)
    names = [name for name, element in touched if {element.a, element.b} & set(columns)]
    free = f"{_listed(names)} {'is' if len(names) == 1 else 'are'} free"
    message = f"the random {effects} of '{group}' repeat the fixed effects of '{group}': {free}"
    hint = "shown as zero, and all else as without them; take them out, or the fixed effects they repeat"
    return Diagnostic("undetermined_variances", "warning", message, hint)


def _no_correlation(design: Design, element: _Element) -> Diagnostic:
    block = design.terms[element.term]
    group = design.factors[block.factor].label
    first, second = block.columns[element.b], block.columns[element.a]
    message = f"nothing in the data depends on the correlation of '{first}' and '{second}' of '{group}': it is free"
    hint = "shown as zero; all else is as with '||', which leaves it out"
    return Diagnostic("free_correlation", "info", message, hint)


def _only_sums(design: Design, variances: list[_Element | None]) -> Diagnostic:
    named = [_variance(design, element) for element in variances]
    count: dict[str, int] = {}
    said: list[str] = []
    for name in named:
        count[name] = count.get(name, 0) + 1
        said.append(name if count[name] == 1 else f"{name} (again)")
    message = f"only sums of these variances are determined, not each: {_listed(said)}"
    hint = "what says nothing of its own is shown as zero, or as small as the others allow; take a term out"
    return Diagnostic("undetermined_variances", "warning", message, hint)


def _with_covariances(design: Design, element: _Element) -> Diagnostic:
    block = design.terms[element.term]
    group = design.factors[block.factor].label
    effects = _effects(block.columns[element.a])
    message = (
        f"the variance of the {effects} of '{group}' and its covariances are not determined each, only a sum of them"
    )
    hint = "the covariances are shown as zero, or as near to zero as the sum allows; write '||', or take a column out"
    return Diagnostic("undetermined_variances", "warning", message, hint)


def _variance(design: Design, element: _Element | None) -> str:
    if element is None:
        return RESIDUAL
    block = design.terms[element.term]
    return f"the {_effects(block.columns[element.a])} of '{design.factors[block.factor].label}'"


def _is_told(design: Design, variances: list[_Element | None], told: set[str]) -> bool:
    """Whether the finding about a column that occurs twice says it already."""
    present = [element for element in variances if element is not None]
    names = {_variance(design, element) for element in present}
    return bool(told) and len(present) == len(variances) and len(names) == 1


def _effects(name: str) -> str:
    return "intercepts" if name == "(Intercept)" else f"'{name}' slopes"


def _listed(names: list[str]) -> str:
    return "".join(names) if len(names) < 2 else f"{', '.join(names[:-1])} and {names[-1]}"
