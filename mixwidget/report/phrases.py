"""Small pieces of sentences: lists of names, p values, test statistics."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mixwidget.report.rformat import Number, known


def listed(items: Sequence[str]) -> str:
    """Return names as a sentence has them.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a"]), listed([])
    ('a, b and c', 'a', '')
    """
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def p_phrase(p: Number) -> str:
    """Return a p value as papers print it.

    Examples
    --------
    >>> p_phrase(3e-6), p_phrase(0.0421)
    ('p < 0.001', 'p = 0.042')
    """
    return "p < 0.001" if known(p) < 0.001 else f"p = {known(p):.3f}"


def df_phrase(df: Number) -> str:
    """Return degrees of freedom with one decimal; infinitely many for the normal distribution."""
    return f"{df:.1f}" if math.isfinite(known(df)) else "∞"


def t_phrase(statistic: Number, df: Number, p: Number) -> str:
    """Return a t test.

    Examples
    --------
    >>> t_phrase(6.7715, 17.0, 3e-6)
    't(17.0) = 6.77, p < 0.001'
    """
    return f"t({df_phrase(df)}) = {known(statistic):.2f}, {p_phrase(p)}"


def z_phrase(statistic: Number, p: Number) -> str:
    """Return a z test.

    Examples
    --------
    >>> z_phrase(-3.236, 0.00121)
    'z = -3.24, p = 0.001'
    """
    return f"z = {known(statistic):.2f}, {p_phrase(p)}"


def chi_square_phrase(statistic: Number, df: float, p: Number) -> str:
    """Return a chi-square test.

    Examples
    --------
    >>> chi_square_phrase(24.9486, 3, 1.6e-5)
    'χ²(3) = 24.95, p < 0.001'
    """
    return f"χ²({df:g}) = {known(statistic):.2f}, {p_phrase(p)}"


def f_phrase(statistic: Number, num_df: float, den_df: Number, p: Number) -> str:
    """Return an F test.

    Examples
    --------
    >>> f_phrase(45.853, 1, 17.0, 3e-6)
    'F(1, 17.0) = 45.85, p < 0.001'
    """
    return f"F({num_df:g}, {df_phrase(den_df)}) = {known(statistic):.2f}, {p_phrase(p)}"
