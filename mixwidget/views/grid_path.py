"""Coefficients of all levels along a path as a saved page holds them: what is printed, each stop told from others.

The numbers are whole multiples of a power of ten. Each row of them, an effect at a stop, is the sum of rows before it
by some weights, and of what is left, which is small: most of it takes a few bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mixwidget.views.arrays import Floats, Integers, floats, integers
from mixwidget.views.view import View

STOPS_BEFORE = 3  # that a stop is told from: a parabola through them foretells the next one
FITTED_FROM = 200  # levels, above which weights of their own (1 kB) take less than what they save
PARABOLA = (), (1.0,), (2.0, -1.0), (3.0, -3.0, 1.0)  # the weights of as many stops as there are
LARGEST = 1 << 22  # units: what float32 tells apart, and three bytes hold
MOST_DECIMALS = 8
N_BYTES = 3


@dataclass(frozen=True, slots=True)
class GridPath(View):
    """Numbers of shape (1 + stops, d, levels) in units of the last printed decimal (grid_path.ts reads them).

    The estimates without pooling come first, then the stops from the last one to the first.

    Attributes
    ----------
    decimals : tuple of int
        Of each of the d.
    beside : GridPath or None
        The path of the same levels by another model, whose rows at a stop tell of those of this one.
    weights : Floats
        A row of them for each row of numbers: of one, of the rows beside, and of the 3 d rows before it, the latest
        first.
    uint8 : bytes
        The lowest, the middle and the highest byte of what is left, each of all numbers; 2 r stands for r, and
        -2 r - 1 for what is negative.
    none : Integers
        The places of the numbers that there are not.
    """

    decimals: tuple[int, ...]
    beside: GridPath | None
    weights: Floats
    uint8: bytes
    none: Integers


def grid_path(
    coef: np.ndarray, own: np.ndarray, decimals: tuple[int, ...], beside: GridPath | None = None
) -> GridPath | None:
    """Return a path in units of the printed decimals; None where these are no whole numbers of three bytes.

    Parameters
    ----------
    coef : ndarray, shape (T, d, J)
        NaN where there is none.
    own : ndarray, shape (d, J)
        Without pooling; NaN where there is none.
    decimals : tuple of int
    beside : GridPath, optional
        Of the same levels and as many stops, beside nothing itself.

    Examples
    --------
    >>> coef = np.array([[[250.04, 250.04]], [[251.0, 249.5]], [[252.0, 249.0]]])
    >>> path = grid_path(coef, coef[-1], (1,))
    >>> left = np.frombuffer(path.uint8, "u1").reshape(3, 4, 2)
    >>> left[0].tolist()  # of own estimates, and of the stops from the last to the first
    [[176, 116], [0, 0], [19, 10], [20, 9]]
    """
    units = np.concatenate([own[None], coef[::-1]]) * 10.0 ** np.array(decimals)[:, None]
    known = np.isfinite(units)
    whole = np.floor(np.where(known, units, 0.0) + 0.5)
    if not all(0 <= places <= MOST_DECIMALS for places in decimals) or np.abs(whole).max(initial=0.0) >= LARGEST:
        return None
    beside = beside if own.shape[1] >= FITTED_FROM else None
    weights, left = _told(whole, known, _rows(beside, whole))
    if np.abs(left).max(initial=0) >= 2 * LARGEST:
        return None
    bits = np.where(left < 0, -2 * left - 1, 2 * left).astype("<u4")
    planes = [(bits >> 8 * place & 255).astype("u1").tobytes() for place in range(N_BYTES)]
    return GridPath(decimals, beside, floats(weights), b"".join(planes), integers(np.flatnonzero(~known)))


def _told(whole: np.ndarray, known: np.ndarray, beside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights of all rows and what is left of them; where there is no number, nothing is left."""
    _, d, n_levels = whole.shape
    weights = np.zeros((len(whole) * d, 1 + beside.shape[1] + STOPS_BEFORE * d), "<f4")
    left = np.zeros((len(whole) * d, n_levels), dtype=int)
    rows: list[np.ndarray] = []
    for i, (row, there) in enumerate(zip(whole.reshape(-1, n_levels), known.reshape(-1, n_levels), strict=True)):
        others = _others(rows, beside, i, d)
        is_fitted = n_levels >= FITTED_FROM
        weights[i, : 1 + len(others)] = _fitted(others, row, there) if is_fitted else _parabola(len(others), d)
        sums = _sums(weights[i], others, n_levels)
        left[i] = np.where(there, row - sums, 0.0)
        rows.append(sums + left[i])
    return weights, left


def _rows(grid: GridPath | None, like: np.ndarray) -> np.ndarray:
    """Return the whole numbers of a path as they are read, and no effects of none."""
    n_stops, _, n_levels = like.shape
    if grid is None:
        return np.zeros((n_stops, 0, n_levels))
    d = len(grid.decimals)
    weights = np.frombuffer(grid.weights.float32, "<f4").reshape(n_stops * d, -1)
    low, middle, high = np.frombuffer(grid.uint8, "u1").astype(int).reshape(N_BYTES, n_stops * d, n_levels)
    bits = low | middle << 8 | high << 16
    left = np.where(bits % 2, -(bits >> 1) - 1, bits >> 1)
    rows: list[np.ndarray] = []
    for i in range(n_stops * d):
        rows.append(_sums(weights[i], _others(rows, np.zeros((n_stops, 0)), i, d), n_levels) + left[i])
    return np.reshape(rows, (n_stops, d, n_levels))


def _others(rows: list[np.ndarray], beside: np.ndarray, i: int, d: int) -> list[np.ndarray]:
    """Return what tells of row `i`: rows beside it at the same stop, and those before it, the latest first."""
    return [*beside[i // d], *rows[: -STOPS_BEFORE * d - 1 : -1]]


def _sums(weights: np.ndarray, others: Sequence[np.ndarray], n_levels: int) -> np.ndarray:
    """Return weighted sums as whole numbers, added one after the other as the browser adds: to the last bit."""
    constant, *factors = weights.tolist()
    sums = np.full(n_levels, constant)
    for factor, other in zip(factors, others, strict=False):
        sums = sums + factor * other
    return np.floor(sums + 0.5)


def _parabola(n_before: int, d: int) -> np.ndarray:
    """Return the weights by which the same effect at the stops before foretells a row."""
    found = np.zeros(1 + n_before)
    same = range(d, 1 + n_before, d)
    found[same] = PARABOLA[len(same)]
    return found


def _fitted(others: Sequence[np.ndarray], row: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Return the weights by least squares over the levels."""
    columns = np.column_stack([np.ones(len(row)), *others])[there]
    return np.linalg.lstsq(columns, row[there], rcond=None)[0]
