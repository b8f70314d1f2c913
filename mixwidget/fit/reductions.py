"""The random parts that are one random effect smaller, in the order and the words of the formula."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.bars import bars_of
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

    A term without variables goes as a whole, and so does each column of ``||``, which is a term of its own; a factor
    that stands without an intercept leaves the intercept, which its columns had in them, unless another term of its
    group has one.
    """
    return [
        _reduction(fit, position, bar, variable)
        for position, bar in bars_of(fit.design)
        for variable in _droppable(_variables(fit, position)) or [""]
    ]


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
    if bar.correlated and is_factor and not columns.shape[1] and not _has_intercept(fit, position):
        columns = np.eye(len(cross.total))[:, :1]
    terms = [(other.factor, cross.terms[i]) for i, other in enumerate(design.terms)]
    terms[position] = (term.factor, columns)
    n_dropped = len(term.columns) - columns.shape[1]
    label = _label(design.factors[term.factor].label, bar, variable, term.columns[0])
    return Reduction(label, n_dropped, [left for left in terms if left[1].shape[1]])


def _has_intercept(fit: Fit, position: int) -> bool:
    """Return whether another term of the same group has an intercept."""
    design = fit.design
    return any(
        other.factor == design.terms[position].factor and i != position and "" in _variables(fit, i)
        for i, other in enumerate(design.terms)
    )


def _label(group: str, bar: RandomTerm, variable: str, column: str) -> str:
    if not variable:
        return f"(1 | {group})"
    return f"{variable} in ({bar.columns} | {group})" if bar.correlated else f"{column} in (0 + {column} | {group})"
