"""Families of contrasts of means, with the names that emmeans gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import gcd, lcm

import numpy as np
import pandas as pd

from mixwidget.design.alignment import by_label
from mixwidget.errors import OptionError

_POLYNOMIALS = ("linear", "quadratic", "cubic", "quartic")
DEFAULT_ADJUST = {
    "pairwise": "tukey",
    "revpairwise": "tukey",
    "trt.vs.ctrl": "sidak",
    "eff": "fdr",
    "poly": "none",
    "consec": "sidak",
}


def named_contrasts(
    method: str | Mapping[str, Sequence[float]] | None, cells: list[str]
) -> tuple[list[str], np.ndarray, str]:
    """Return the names, the weights (m, n_cells) and the usual adjustment of a family.

    Raises
    ------
    OptionError
        If the method is not known, or weights do not fit the means.

    Examples
    --------
    >>> named_contrasts("pairwise", ["a", "b", "c"])[0]
    ['a - b', 'a - c', 'b - c']
    """
    if isinstance(method, Mapping):
        return _own(method, cells)
    if method not in DEFAULT_ADJUST:
        known = ", ".join(map(repr, DEFAULT_ADJUST))
        raise OptionError(f"contrasts={method!r} is not known; choose {known}, or a mapping of name to weights")
    n = len(cells)
    unit = np.eye(n)
    if method in ("pairwise", "revpairwise"):
        pairs = list(combinations(range(n), 2))
        if method == "revpairwise":
            pairs = [(j, i) for j in range(n) for i in range(j)]
        names, weights = [f"{cells[i]} - {cells[j]}" for i, j in pairs], [unit[i] - unit[j] for i, j in pairs]
    elif method == "trt.vs.ctrl":
        names, weights = [f"{cell} - {cells[0]}" for cell in cells[1:]], [unit[i] - unit[0] for i in range(1, n)]
    elif method == "consec":
        names = [f"{cells[i + 1]} - {cells[i]}" for i in range(n - 1)]
        weights = [unit[i + 1] - unit[i] for i in range(n - 1)]
    elif method == "eff":
        names, weights = [f"{cell} effect" for cell in cells], list(unit - 1.0 / n)
    else:
        names = [_POLYNOMIALS[d - 1] if d <= len(_POLYNOMIALS) else f"degree {d}" for d in range(1, min(n, 7))]
        weights = [_polynomial(n, degree) for degree in range(1, min(n, 7))]
    return names, np.array(weights).reshape(len(names), n), DEFAULT_ADJUST[method]


def _own(method: Mapping[str, Sequence[float]], cells: list[str]) -> tuple[list[str], np.ndarray, str]:
    n, labels = len(cells), pd.Index(cells, dtype=object)
    weights: list[np.ndarray] = []
    for name, given in method.items():
        row = given
        if isinstance(given, pd.Series) and not isinstance(given.index, pd.RangeIndex):
            row = by_label(
                given, labels, f"the contrast '{name}'", "the means", error=OptionError, partial=True
            ).fillna(0.0)
        weights.append(np.asarray(row, dtype=float))
        if weights[-1].shape != (n,):
            raise OptionError(f"the contrast '{name}' has {weights[-1].size} weights, there are {n} means")
    return [str(name) for name in method], np.array(weights), "none"


def _polynomial(n: int, degree: int) -> np.ndarray:
    """Return the orthogonal polynomial of equally spaced points in whole numbers."""
    basis: list[list[Fraction]] = []
    for power in range(degree + 1):
        column = [Fraction(i**power) for i in range(n)]
        for other in basis:
            product = sum((a * b for a, b in zip(column, other, strict=True)), Fraction(0))
            share = product / sum((b * b for b in other), Fraction(0))
            column = [a - share * b for a, b in zip(column, other, strict=True)]
        basis.append(column)
    scale = lcm(*(value.denominator for value in basis[-1]))
    whole = [int(value * scale) for value in basis[-1]]
    return np.array(whole, dtype=float) / gcd(*whole)
