"""The cells of a table of results, rounded as R rounds each kind of column."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from mixwidget.report.coefmat import p_column, plain_column, scaled_columns, statistic_column
from mixwidget.report.rformat import Number, format_numbers
from mixwidget.views.result_table import ResultColumn, ResultView, Value

SHORT_DIGITS = 3  # of marginal means, their standard errors and df, unless their intervals are narrower, as emmeans
SMALLEST_ADJUSTED_P = 1e-4  # emmeans prints smaller ones as a bound
LARGE = 1000.0  # numbers of a mixed column from here on have two decimals
TINY = 1e-12  # of the largest number of its column: rounding, whatever the unit
ROUNDING = 1e-9  # of a standard error: an estimate that close to zero is zero


def result_cells(view: ResultView, digits: int, *, on_one_scale: bool = False) -> list[list[str]]:
    """Return the cells of all columns as texts without padding.

    Parameters
    ----------
    view : ResultView
    digits : int
        Significant digits of plain numbers.
    on_one_scale : bool
        Whether plain numbers have the same decimals in all columns; R gives each column its own.
    """
    columns = [_near_zero_is_zero(column, view) for column in view.columns]
    numbers = [_numbers(column) for column in columns]
    cells = [_PER_COLUMN[column.kind](values, digits) for column, values in zip(columns, numbers, strict=True)]
    together_too = {"number": _on_one_scale} if on_one_scale else {}
    for kind, together in (_TOGETHER | together_too).items():
        places = [i for i, column in enumerate(columns) if column.kind == kind]
        for i, texts in zip(places, together([numbers[i] for i in places], digits), strict=True):
            cells[i] = texts
    return [_finished(column, texts, view.look.missing) for column, texts in zip(columns, cells, strict=True)]


def mixed_column(values: Sequence[Number]) -> list[str]:
    """Return numbers of different kinds or scales, each as a reader wants it: whole, two decimals, or four digits.

    Examples
    --------
    >>> mixed_column([1743.6282, 0.06555127, 18, None])
    ['1743.63', '0.06555', '18', '']
    """
    largest = max((abs(value) for value in values if isinstance(value, float) and math.isfinite(value)), default=0.0)
    return [_mixed(value, TINY * largest) for value in values]


def _mixed(value: Number, rounding: float) -> str:
    if not isinstance(value, float):
        return "" if value is None else str(value)
    if abs(value) <= rounding:
        return "0"
    return f"{value:.2f}" if LARGE <= abs(value) < 1e9 else f"{value:.4g}"


def _finished(column: ResultColumn, texts: list[str], missing: str) -> list[str]:
    if column.kind == "text":
        return ["" if value is None or _is_nan(value) else str(value) for value in column.values]
    return [missing if _is_missing(value) else text.strip() for value, text in zip(column.values, texts, strict=True)]


def _is_missing(value: Value) -> bool:
    return value is None or _is_nan(value)


def _is_nan(value: Value) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _numbers(column: ResultColumn) -> list[Number]:
    return [None if isinstance(value, str) else value for value in column.values]


def _near_zero_is_zero(column: ResultColumn, view: ResultView) -> ResultColumn:
    """Return marginal means in which what is rounding beside its standard error is zero."""
    errors = next((other.values for other in view.columns if other.name == "SE"), None)
    if column.kind != "limit" or errors is None:
        return column
    pairs = zip(column.values, errors, strict=True)
    values = tuple(0.0 if _is_rounding(value, se) else value for value, se in pairs)
    return ResultColumn(column.name, column.kind, values)


def _is_rounding(value: Value, se: Value) -> bool:
    return isinstance(value, float) and isinstance(se, float) and abs(value) < ROUNDING * se


def _on_one_scale(columns: Sequence[Sequence[Number]], digits: int) -> list[list[str]]:
    """Return columns with common decimals: the two ends of intervals, the entries of a matrix."""
    texts = iter(format_numbers([value for column in columns for value in column], digits))
    return [[next(texts) for _ in column] for column in columns]


def _limits(columns: Sequence[Sequence[Number]], _digits: int) -> list[list[str]]:
    """Return estimates and the ends of their intervals, with as many digits as tell them apart, at least three."""
    ratios = [
        abs(row[0]) / abs(row[-1] - row[0])
        for row in zip(*columns, strict=True)
        if row[0] is not None and row[-1] is not None and math.isfinite(row[-1] - row[0]) and row[-1] != row[0]
    ]
    largest = max(ratios, default=0.0)
    needed = 1 + math.ceil(math.log10(largest)) if largest > 0.0 else 0
    return [format_numbers(column, max(SHORT_DIGITS, needed)) for column in columns]


def _adjusted_p(p: Number) -> str:
    return "" if p is None else "<.0001" if p < SMALLEST_ADJUSTED_P else f"{p:.4f}"


def _later(values: Sequence[Number], _digits: int) -> list[str]:
    """Return no texts yet: those of the words, and of columns that are rounded together."""
    return [""] * len(values)


_PER_COLUMN: dict[str, Callable[[Sequence[Number], int], list[str]]] = {
    **dict.fromkeys(("text", "scaled", "limit"), _later),
    "count": lambda values, _digits: ["" if value is None else str(value) for value in values],
    "number": format_numbers,
    "zapped": plain_column,
    "test": statistic_column,
    "p": p_column,
    "short": lambda values, _digits: format_numbers(values, SHORT_DIGITS),
    "ratio": lambda values, _digits: ["" if value is None else f"{value:.3f}" for value in values],
    "mixed": lambda values, _digits: mixed_column(values),
    "adjusted p": lambda values, _digits: [_adjusted_p(value) for value in values],
}
_TOGETHER: dict[str, Callable[[Sequence[Sequence[Number]], int], list[list[str]]]] = {
    "scaled": scaled_columns,
    "limit": _limits,
}
