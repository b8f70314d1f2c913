"""Tables of coefficients and tests with p values and stars, as R's ``printCoefmat``."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mixwidget.report.rformat import STAR_LEGEND, Number, format_numbers, format_pvalues, signif_stars, zapsmall
from mixwidget.report.rprint import matrix_lines

STAR_LIMIT = 0.1  # no column of stars where every p value is above


def scaled_columns(columns: Sequence[Sequence[Number]], digits: int) -> list[list[str]]:
    """Return columns on one scale (estimates, standard errors, df) with common decimals and one width.

    Examples
    --------
    >>> scaled_columns([[251.4051, 10.4673], [6.8246, 1.5458], [17.0, 17.0]], 4)
    [['251.405', ' 10.467'], ['  6.825', '  1.546'], [' 17.000', ' 17.000']]
    """
    numbers = [value for column in columns for value in column]
    sizes = [abs(value) for value in numbers if value is not None and math.isfinite(value) and value != 0]
    decimals = max(1, digits - 1 - math.floor(math.log10(min(sizes)))) if sizes else digits
    rounded = [None if value is None else round(value, decimals) for value in numbers]
    texts = iter(format_numbers(rounded, digits))
    return [[next(texts) for _ in column] for column in columns]


def statistic_column(values: Sequence[Number], digits: int) -> list[str]:
    """Return a column of t, F or chi-square values."""
    decimals = max(1, min(5, digits - 1))
    rounded = [None if value is None else round(value, decimals) for value in values]
    return format_numbers(rounded, digits)


def plain_column(values: Sequence[Number], digits: int) -> list[str]:
    """Return a column laid out alone, what is small beside its largest number rounded away."""
    present = [float(value) for value in values if value is not None and not math.isnan(value)]
    zapped = iter(zapsmall(present, digits))
    return format_numbers([None if value is None or math.isnan(value) else next(zapped) for value in values], digits)


def p_column(values: Sequence[Number], digits: int) -> list[str]:
    """Return a column of p values."""
    return format_pvalues(values, max(1, min(5, digits - 1)))


def p_value_table_lines(
    rows: Sequence[str], names: Sequence[str], columns: Sequence[Sequence[str]], p_values: Sequence[Number]
) -> list[str]:
    """Return the lines of a table that ends in a p value, with its stars and their legend.

    Parameters
    ----------
    rows, names : sequence of str
        Row names and column names.
    columns : sequence of sequence of str
        The cells, column by column, the p values last.
    p_values : sequence of float or None
        The numbers behind the last column, for the stars.
    """
    cells = [list(row) for row in zip(*columns, strict=True)]
    has_stars = any(p is not None and p < STAR_LIMIT for p in p_values)
    if not has_stars:
        return matrix_lines(rows, names, cells)
    stars = [signif_stars(p) for p in p_values]
    width = max(map(len, stars))
    starred = [[*row, star.ljust(width)] for row, star in zip(cells, stars, strict=True)]
    return [*matrix_lines(rows, [*names, ""], starred), "---", STAR_LEGEND]
