"""The random parts that are one random effect smaller, in the order and the words of the formula."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.formula.terms import RandomTerm


@dataclass(frozen=True, slots=True, eq=False)
class Reduction:
    """A random part with less in it.

    Attributes
    ----------
    label : str
        What was dropped: ``"(1 | g)"`` or ``"x in (x | g)"``.
    n_dropped : int
        How many columns that is, less those that took their place.
    terms : list of (int, ndarray)
        What is left, see `mixwidget.fit.submodel.criterion_of`.
    """

    label: str
    n_dropped: int
    terms: list[tuple[int, np.ndarray]]


def reductions(fit: Fit) -> list[Reduction]:
    """Return every way to drop one variable from one random-effects term.

    A term without variables goes as a whole; a factor that stands without an intercept leaves the intercept, which
    its columns had in them.
    """
    return [
        _reduction(fit, position, bar, variable)
        for position, bar in _in_order_of_writing(fit)
        for variable in _droppable(_variables(fit, position)) or [""]
    ]


def _in_order_of_writing(fit: Fit) -> list[tuple[int, RandomTerm]]:
    """Match the terms of the design with the bars of the formula."""
    design = fit.design
    left, found = list(range(len(design.terms))), []
    for bar in design.formula.random:
        mine = [i for i in left if design.factors[design.terms[i].factor].label == bar.grouping.label]
        for position in mine[:1] if bar.correlated else mine:
            left.remove(position)
            found.append((position, bar))
    return found


def _variables(fit: Fit, position: int) -> list[str]:
    """Return for each column of a term what it is made of: ``""`` for the intercept, ``"a:b"``."""
    return [":".join(part.label for part in column.parts) for column in fit.design.recipe.random[position]]


def _droppable(variables: list[str]) -> list[str]:
    labels = [label for label in dict.fromkeys(variables) if label]
    return [a for a in labels if not any(set(a.split(":")) < set(b.split(":")) for b in labels)]


def _reduction(fit: Fit, position: int, bar: RandomTerm, variable: str) -> Reduction:
    design, cross = fit.design, fit.cross
    term, variables = design.terms[position], _variables(fit, position)
    columns = cross.terms[position][:, [bool(variable) and label != variable for label in variables]]
    is_factor = bool(set(variable.split(":")) & design.recipe.factors.keys())
    if variable and is_factor and not columns.shape[1]:
        columns = np.eye(len(cross.total))[:, :1]
    terms = [(other.factor, cross.terms[i]) for i, other in enumerate(design.terms)]
    terms[position] = (term.factor, columns)
    n_dropped = len(term.columns) - columns.shape[1]
    label = _label(design.factors[term.factor].label, bar, variable)
    return Reduction(label, n_dropped, [left for left in terms if left[1].shape[1]])


def _label(group: str, bar: RandomTerm, variable: str) -> str:
    if not variable:
        return f"(1 | {group})"
    left = bar.columns if bar.correlated else f"0 + {variable}"
    return f"{variable} in ({left} | {group})"
