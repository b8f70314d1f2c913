"""Which columns a set of terms has, with R's names, order and choice between contrasts and indicators.

The rule is R's own. By patsy's, which most packages follow, ``f:h`` has other columns (``h[T.h2]``, ``f[T.q]:h[h1]``,
... instead of ``fp:hh1``, ``fq:hh1``, ...).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np

from mixwidget.dialect.contrasts import dummy_coding
from mixwidget.dialect.values import Coding, Factor, Matrix, Value
from mixwidget.formula.algebra import TermSet

CodingChoice: TypeAlias = Callable[[str, Factor], Coding]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What one variable contributes to one column.

    Attributes
    ----------
    label : str
        The variable.
    position : int
        Of a factor, the level (or the column of its contrasts); of a matrix, the column; else 0.
    weights : ndarray or None
        The value of each level; None for the indicator of level `position` and for numbers.
    """

    label: str
    position: int
    weights: np.ndarray | None


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column of a model matrix: the product of its parts; no part is the intercept.

    Attributes
    ----------
    name : str
        As R writes it.
    parts : tuple of Part
    key : tuple
        Equal for columns that hold the same numbers.
    """

    name: str
    parts: tuple[Part, ...]
    key: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a model matrix.

    Attributes
    ----------
    columns : tuple of Column
    labels : tuple of str
        For each column the label of its term.
    """

    columns: tuple[Column, ...]
    labels: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


INTERCEPT = Column("(Intercept)", (), ())


def lay_out(terms: TermSet, values: dict[str, Value], coding_of: CodingChoice) -> Layout:
    """Return the columns of ``model.matrix()``.

    Parameters
    ----------
    terms : TermSet
    values : dict of Value
        Every variable of the terms; logical vectors as factors.
    coding_of : callable
        The contrasts of a factor, by label and value.
    """
    columns, labels = ([INTERCEPT], ["(Intercept)"]) if terms.intercept else ([], [])
    for term, is_reduced in zip(terms.terms, _codings(terms, values), strict=True):
        choices = [
            _choices(label, values[label], reduced, coding_of) for label, reduced in zip(term, is_reduced, strict=True)
        ]
        made = [
            _column(combination[::-1]) for combination in product(*choices[::-1])
        ]  # the first variable runs fastest
        columns.extend(made)
        labels.extend([":".join(term)] * len(made))
    return Layout(tuple(columns), tuple(labels))


def _codings(terms: TermSet, values: dict[str, Value]) -> list[list[bool]]:
    """For each variable of each term whether contrasts are used, by the rule of R's ``terms()``.

    Contrasts where the rest of the term is contained in an *earlier* term (nothing is always there), else
    indicators; without intercept the first factor of all gets indicators.
    """
    sets = [frozenset(term) for term in terms.terms]
    reduced = [
        [len(term) == 1 or any(sets[i] - {label} <= earlier for earlier in sets[:i]) for label in term]
        for i, term in enumerate(terms.terms)
    ]
    if not terms.intercept:
        for i, term in enumerate(terms.terms):
            factors = [j for j, label in enumerate(term) if isinstance(values[label], Factor)]
            if factors:
                reduced[i][factors[0]] = False
                break
    return reduced


def _choices(label: str, value: Value, reduced: bool, coding_of: CodingChoice) -> list[tuple[str, Part, object]]:
    if isinstance(value, Factor):
        coding = coding_of(label, value) if reduced else dummy_coding(value.levels)
        return [
            (label + name, _factor_part(label, coding, i), (label, coding, i)) for i, name in enumerate(coding.names)
        ]
    if isinstance(value, Matrix):
        return [(label + name, Part(label, i, None), (label, i)) for i, name in enumerate(value.names)]
    return [(label, Part(label, 0, None), (label,))]


def _factor_part(label: str, coding: Coding, i: int) -> Part:
    if coding.matrix is None:
        return Part(label, coding.positions[i], None)
    return Part(label, i, np.ascontiguousarray(coding.matrix[:, i]))


def _column(combination: tuple[tuple[str, Part, object], ...]) -> Column:
    if len(combination) == 1:
        name, part, key = combination[0]
        return Column(name, (part,), (key,))
    names, parts, keys = zip(*combination, strict=True)
    return Column(":".join(names), parts, keys)
