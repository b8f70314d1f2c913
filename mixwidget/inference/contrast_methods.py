"""Families of contrasts of means, with the names that emmeans gives them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import gcd, lcm
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.design.alignment import by_label
from mixwidget.errors import OptionError, nearest, nearest_name

_POLYNOMIALS = ("linear", "quadratic", "cubic", "quartic")
HIGHEST_DEGREE = 6  # of polynomials, as poly.emmc
SIGNS = re.compile(r"[-+*/]")  # labels with one of them are put in brackets, as by emmeans
DEFAULT_ADJUST = {
    "pairwise": "tukey",
    "revpairwise": "tukey",
    "trt.vs.ctrl": "dunnettx",
    "consec": "mvt",
    "mean_chg": "mvt",
    "eff": "fdr",
    "del.eff": "fdr",
    "poly": "none",
    "identity": "none",
}
LAST_AS_CONTROL = "trt.vs.ctrlk"
OTHER_NAMES = {"tukey": "pairwise", "dunnett": "trt.vs.ctrl", "trt.vs.ctrl1": "trt.vs.ctrl"}
WITH_REVERSE = ("pairwise", "revpairwise", "trt.vs.ctrl", "trt.vs.ctrlk", "consec", "mean_chg")


@dataclass(frozen=True, slots=True, eq=False)
class Contrasts:
    """A family of contrasts.

    Attributes
    ----------
    names : list of str
    weights : ndarray, shape (m, n_cells)
    adjust : str
        The adjustment that emmeans takes unless told otherwise.
    is_pairwise : bool
        Whether they are all pairs, for which Tukey's range is made.
    """

    names: list[str]
    weights: np.ndarray
    adjust: str
    is_pairwise: bool


def named_contrasts(
    method: str | Mapping[str, Sequence[float]] | None, cells: Sequence[str], *, reverse: bool = False, ref: Any = None
) -> Contrasts:
    """Return a family by its name in emmeans, or one of weights of one's own.

    Parameters
    ----------
    method : str or mapping
        ``"pairwise"`` (also ``"tukey"``), ``"revpairwise"``, ``"trt.vs.ctrl"`` (``"dunnett"``, and ``"trt.vs.ctrlk"``
        for the last as control), ``"consec"``, ``"mean_chg"`` (the mean after a point less that before), ``"eff"``
        (each less the mean of all), ``"del.eff"`` (less the mean of the others), ``"poly"``, ``"identity"``; weights.
    cells : sequence of str
        The means' labels.
    reverse : bool
        The other way round.
    ref : str or sequence of str, optional
        The control of ``"trt.vs.ctrl"``, the first mean unless given; several count by their mean.

    Raises
    ------
    OptionError
        If the method or the control is not known, or weights do not fit the means.

    Examples
    --------
    >>> named_contrasts("pairwise", ["a", "b", "c"]).names
    ['a - b', 'a - c', 'b - c']
    >>> named_contrasts("trt.vs.ctrl", ["a", "b", "c-d"], ref=["a", "c-d"]).names
    ['b - avg(a,(c-d))']
    """
    if isinstance(method, Mapping):
        return _own(method, cells)
    if method == LAST_AS_CONTROL:
        method, ref = "trt.vs.ctrl", cells[-1] if ref is None else ref
    method = OTHER_NAMES.get(str(method), method)
    if method not in DEFAULT_ADJUST:
        known = (*DEFAULT_ADJUST, LAST_AS_CONTROL, *OTHER_NAMES)
        near = nearest_name(method, known)
        hint = "choose" if near is None else f"did you mean '{near}'? There are"
        listed = ", ".join(map(repr, known))
        raise OptionError(f"contrasts={method!r} is not known; {hint} {listed}, or a mapping of name to weights")
    if reverse and method not in WITH_REVERSE:
        raise OptionError(f"reverse=True turns differences round; contrasts='{method}' are none")
    if ref is not None and method != "trt.vs.ctrl":
        raise OptionError(f"ref= names the control of contrasts='trt.vs.ctrl'; contrasts='{method}' have none")
    labels = [f"({cell})" if SIGNS.search(cell) else cell for cell in cells]
    makers: dict[str, Callable[[], tuple[list[str], list[np.ndarray]]]] = {
        "pairwise": lambda: _pairs(labels, reverse=reverse),
        "revpairwise": lambda: _pairs(labels, reverse=not reverse),
        "trt.vs.ctrl": lambda: _with_control(labels, _positions(ref, cells), reverse=reverse),
        "consec": lambda: _neighbours(labels, reverse=reverse),
        "mean_chg": lambda: _changes(labels, reverse=reverse),
        "eff": lambda: ([f"{label} effect" for label in labels], _effects(len(labels), of_all=True)),
        "del.eff": lambda: ([f"{label} effect" for label in labels], _effects(len(labels), of_all=False)),
        "poly": lambda: _polynomials(len(labels)),
        "identity": lambda: (list(cells), list(np.eye(len(labels)))),
    }
    names, weights = makers[method]()
    is_pairwise = method in ("pairwise", "revpairwise")
    return Contrasts(names, np.array(weights).reshape(len(names), len(cells)), DEFAULT_ADJUST[method], is_pairwise)


def _own(method: Mapping[str, Sequence[float]], cells: Sequence[str]) -> Contrasts:
    """Return weights that were given by name; those that carry labels go by the means' names."""
    n, labels = len(cells), pd.Index(list(cells), dtype=object)
    weights: list[np.ndarray] = []
    for name, given in method.items():
        row = given
        if isinstance(given, pd.Series) and not isinstance(given.index, pd.RangeIndex):
            said = f"the contrast '{name}'"
            row = by_label(given, labels, said, "the means", error=OptionError, partial=True).fillna(0.0)
        weights.append(np.asarray(row, dtype=float))
        if weights[-1].shape != (n,):
            raise OptionError(f"the contrast '{name}' has {weights[-1].size} weights, there are {n} means")
    return Contrasts([str(name) for name in method], np.array(weights).reshape(len(weights), n), "none", False)


def _pairs(labels: list[str], *, reverse: bool) -> tuple[list[str], list[np.ndarray]]:
    n, unit = len(labels), np.eye(len(labels))
    pairs = [(j, i) for j in range(n) for i in range(j)] if reverse else list(combinations(range(n), 2))
    return [f"{labels[i]} - {labels[j]}" for i, j in pairs], [unit[i] - unit[j] for i, j in pairs]


def _positions(ref: Any, cells: Sequence[str]) -> list[int]:
    """Return which means are the control."""
    wanted = [cells[0]] if ref is None else list(ref) if isinstance(ref, list | tuple | np.ndarray) else [ref]
    for name in wanted:
        if str(name) not in cells:
            hint = nearest(name, cells, most=12)
            raise OptionError(f"ref: '{name}' is none of the means; {hint}")
    if len(wanted) >= len(cells) > 1:
        raise OptionError("ref: all means are the control, and none is left to compare with it")
    return [list(cells).index(str(name)) for name in wanted]


def _with_control(labels: list[str], control: list[int], *, reverse: bool) -> tuple[list[str], list[np.ndarray]]:
    unit = np.eye(len(labels))
    named = labels[control[0]] if len(control) == 1 else f"avg({','.join(labels[i] for i in control)})"
    mean, rest = unit[control].mean(axis=0), [i for i in range(len(labels)) if i not in control]
    if reverse:
        return [f"{named} - {labels[i]}" for i in rest], [mean - unit[i] for i in rest]
    return [f"{labels[i]} - {named}" for i in rest], [unit[i] - mean for i in rest]


def _neighbours(labels: list[str], *, reverse: bool) -> tuple[list[str], list[np.ndarray]]:
    unit = np.eye(len(labels))
    pairs = [(i, i + 1) if reverse else (i + 1, i) for i in range(len(labels) - 1)]
    return [f"{labels[i]} - {labels[j]}" for i, j in pairs], [unit[i] - unit[j] for i, j in pairs]


def _changes(labels: list[str], *, reverse: bool) -> tuple[list[str], list[np.ndarray]]:
    n = len(labels)
    places, sign = np.arange(n), -1.0 if reverse else 1.0
    after = [sign * np.where(places <= i, -1.0 / (i + 1), 1.0 / max(n - i - 1, 1)) for i in range(n - 1)]
    return [f"{labels[i]}|{labels[i + 1]}" for i in range(n - 1)], after


def _effects(n: int, *, of_all: bool) -> list[np.ndarray]:
    """Return each mean less that of all, or less that of the others."""
    scale = 1.0 if of_all or n == 1 else n / (n - 1.0)
    return [scale * row for row in np.eye(n) - 1.0 / n]


def _polynomials(n: int) -> tuple[list[str], list[np.ndarray]]:
    degrees = range(1, min(n, HIGHEST_DEGREE + 1))
    names = [_POLYNOMIALS[d - 1] if d <= len(_POLYNOMIALS) else f"degree {d}" for d in degrees]
    return names, [_polynomial(n, degree) for degree in degrees]


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
