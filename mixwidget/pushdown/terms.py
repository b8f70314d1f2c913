"""What an expression of the formula language becomes in an engine: columns of numbers, of yes and no, texts, codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import narwhals.stable.v2 as nw
import numpy as np

from mixwidget.dialect.values import Factor


class CannotExpress(Exception):  # noqa: N818  it is caught in this room, where the sentence is written
    """An expression has no counterpart in an engine; the text names its part."""


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Columns of numbers, null where missing.

    Attributes
    ----------
    columns : tuple of narwhals.Expr
        One, but for matrices such as ``poly(x, 2)``.
    """

    columns: tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Yes and no as 1 and 0, null where missing."""

    number: Any


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A column of texts."""

    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """The levels of a factor by position, null where missing.

    Attributes
    ----------
    number : narwhals.Expr
    factor : Factor
        Its levels.
    """

    number: Any
    factor: Factor


Plain: TypeAlias = float | bool | str | tuple[Any, ...] | None
Term: TypeAlias = Numbers | Truth | Text | Codes | Plain


def number_of(term: Term) -> Any:
    """Return a term as one column of numbers, or a number."""
    if isinstance(term, Numbers) and len(term.columns) == 1:
        return term.columns[0]
    if isinstance(term, Truth):
        return term.number
    if isinstance(term, bool | int | float):
        return float(term)
    raise CannotExpress


def chosen(cases: Sequence[tuple[Any, Any]], otherwise: Any = None) -> Any:
    """Return numbers by conditions, the first that holds; null, or `otherwise`, where none does."""
    made = otherwise
    for condition, value in reversed(cases):
        then = nw.when(condition).then(value if isinstance(value, nw.Expr) else nw.lit(float(value)))
        made = then if made is None else then.otherwise(made)
    return made


def without_nan(number: Any) -> Any:
    """Return numbers with null in place of NaN."""
    return nw.when(~number.is_nan()).then(number)


def is_one_of(column: Any, values: list[Any]) -> Any:
    """Return where a column has one of some values."""
    if isinstance(values[0], bool):
        return column == values[0] if len(values) == 1 else ~column.is_null()
    if isinstance(values[0], str):
        column = column.cast(nw.String)  # levels of an engine are compared with levels of its own only
    return column == values[0] if len(values) == 1 else column.is_in(values)


def compared(compare: Callable[[Any, Any], Any], a: Any, b: Any) -> Truth:
    """Return a comparison, missing where either side is."""
    there = [~side.is_null() for side in (a, b) if isinstance(side, nw.Expr)]
    if not there:
        raise CannotExpress
    both = there[0] if len(there) == 1 else there[0] & there[1]
    return Truth(nw.when(both).then(chosen([(compare(a, b), 1.0)], nw.lit(0.0))))


def power(base: Any, exponent: Any) -> Any:
    """Return a power with a whole exponent, by products as numpy's."""
    if isinstance(base, float) and isinstance(exponent, float):
        return base**exponent
    if not isinstance(exponent, float) or exponent not in range(9):
        if exponent == 0.5:
            return root(base)
        raise CannotExpress
    made: Any = nw.lit(1.0)
    for i in range(int(exponent)):
        made = base if i == 0 else made * base
    return made


def root(x: Any) -> Any:
    """Return square roots, null of what is negative."""
    return nw.when(x >= 0.0).then(chosen([(x >= 0.0, nw.when(x >= 0.0).then(x).otherwise(nw.lit(0.0)).sqrt())]))


def logarithm(x: Any) -> Any:
    """Return logarithms: null of what is negative, which some engines end in an error for, minus infinity of 0."""
    safe = nw.when(x > 0.0).then(x).otherwise(nw.lit(1.0))
    return chosen([(x > 0.0, safe.log()), (x == 0.0, -np.inf)])


def quotient(a: Any, b: Any) -> Any:
    """Return a / b: infinite where b is 0, null where both are."""
    if isinstance(b, float):
        if b == 0.0:
            raise CannotExpress
        return a / b
    safe = nw.when(b != 0.0).then(b).otherwise(nw.lit(1.0))
    if isinstance(a, float):
        of_zero = np.inf * np.sign(a) if a else None
        return chosen([(b != 0.0, a / safe), *([(b == 0.0, of_zero)] if of_zero is not None else [])])
    return chosen([(b != 0.0, a / safe), ((b == 0.0) & (a > 0.0), np.inf), ((b == 0.0) & (a < 0.0), -np.inf)])


def _log1p(x: Any) -> Any:
    """Return log(1 + x) with all digits, as Kahan does."""
    moved = 1.0 + x
    step = moved - 1.0
    safe = nw.when(step != 0.0).then(step).otherwise(nw.lit(1.0))
    return nw.when(step != 0.0).then(logarithm(moved) * (x / safe)).otherwise(x)


ELEMENTWISE: dict[str, Callable[[Any], Any]] = {
    "exp": lambda x: x.exp(),
    "log": logarithm,
    "log2": lambda x: logarithm(x) / float(np.log(2.0)),
    "log10": lambda x: logarithm(x) / float(np.log(10.0)),
    "log1p": _log1p,
    "sqrt": root,
    "abs": lambda x: x.abs(),
    "sign": lambda x: chosen([(x > 0.0, 1.0), (x < 0.0, -1.0), (x == 0.0, 0.0)]),
    "floor": lambda x: x.floor().cast(nw.Float64),
    "ceiling": lambda x: x.ceil().cast(nw.Float64),
    "trunc": lambda x: chosen([(x >= 0.0, x.floor().cast(nw.Float64)), (x < 0.0, x.ceil().cast(nw.Float64))]),
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
}
