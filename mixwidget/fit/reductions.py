"""The random parts that are one random effect smaller, in the order and the words of the formula."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.fit.bars import bars_of
from mixwidget.fit.fit import Fit
from mixwidget.formula.terms import RandomTerm


@dataclass(frozen=True, slots=True)
class PartialTerm:
    """Some columns of a random-effects term.

    Attributes
    ----------
    term : int
        Position of the term in the design.
    columns : tuple of int
        Of the term's columns; without any, an intercept stands for them.
    """

    term: int
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Reduction:
    """A random part with less in it.

    Attributes
    ----------
    label : str
        What was dropped: ``"(1 | g)"`` or ``"x in (x | g)"``.
    n_dropped : int
        How many columns that is, less those that took their place.
    terms : list of PartialTerm
        What is left.
    """

    label: str
    n_dropped: int
    terms: list[PartialTerm]


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
    design = fit.design
    term, variables = design.terms[position], _variables(fit, position)
    kept = tuple(i for i, label in enumerate(variables) if variable and label != variable)
    is_factor = bool(set(variable.split(":")) & design.recipe.factors.keys())
    takes_intercept = bar.correlated and is_factor and not kept and not _has_intercept(fit, position)
    terms = [PartialTerm(i, tuple(range(len(other.columns)))) for i, other in enumerate(design.terms)]
    terms[position : position + 1] = [PartialTerm(position, kept)] if kept or takes_intercept else []
    n_dropped = len(term.columns) - (len(kept) or int(takes_intercept))
    return Reduction(_label(design.factors[term.factor].label, bar, variable, term.columns[0]), n_dropped, terms)


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
