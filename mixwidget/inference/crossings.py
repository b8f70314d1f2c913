"""Where curves cross a value: brackets by a scan, then their roots, all curves at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MAX_STEPS = 80
ROOT_RTOL = 1e-12  # of the height of the bracket: what is left of it at a root
JUMP_RTOL = 1e-6  # what is left of a height where a curve jumps over the value, or has a pole, and does not reach it


@dataclass(frozen=True, slots=True)
class Brackets:
    """Pieces of curves on whose ends the height has two signs.

    Attributes
    ----------
    curve : ndarray of int, shape (r,)
        In ascending order.
    low, high : ndarray, shape (r,)
        The ends.
    at_low, at_high : ndarray, shape (r,)
        The heights there.
    """

    curve: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at_low: np.ndarray
    at_high: np.ndarray


def brackets(x: np.ndarray, heights: np.ndarray) -> Brackets:
    """Return the pieces of curves in which they cross zero.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Ascending.
    heights : ndarray, shape (n, m)
        Of m curves; where one is not finite, it is not there.

    Examples
    --------
    >>> found = brackets(np.array([0.0, 1.0, 2.0]), np.array([[-1.0], [2.0], [1.0]]))
    >>> found.low.tolist(), found.high.tolist()
    ([0.0], [1.0])
    """
    is_up = heights >= 0.0
    crosses = (is_up[:-1] != is_up[1:]) & np.isfinite(heights[:-1]) & np.isfinite(heights[1:])
    curve, place = np.nonzero(crosses.T)
    return Brackets(curve, x[place], x[place + 1], heights[place, curve], heights[place + 1, curve])


def roots(height: Callable[[np.ndarray], np.ndarray], found: Brackets) -> np.ndarray:
    """Return the roots in brackets, shape (r,); NaN where the curve jumps over zero.

    By the Illinois variant of regula falsi (Dowell & Jarratt 1971, BIT 11), and by halves where this stalls.

    Parameters
    ----------
    height : callable
        From a place in each bracket, shape (r,), to the height there.
    found : Brackets

    Examples
    --------
    >>> found = brackets(np.array([1.0, 2.0]), np.array([[-1.0], [2.0]]))
    >>> roots(lambda x: x * x - 2.0, found).round(12).tolist()
    [1.414213562373]
    """
    a, b, at_a, at_b = found.low.copy(), found.high.copy(), found.at_low.copy(), found.at_high.copy()
    scale = np.maximum(np.abs(at_a), np.abs(at_b))
    x, at_x = np.where(np.abs(at_a) <= np.abs(at_b), a, b), np.minimum(np.abs(at_a), np.abs(at_b))
    for step in range(MAX_STEPS):
        is_open = np.abs(at_x) > ROOT_RTOL * scale
        if not is_open.any():
            break
        secant = b - at_b * (b - a) / np.where(at_b == at_a, 1.0, at_b - at_a)
        x = np.where(is_open, 0.5 * (a + b) if step % 4 == 3 else secant, x)
        at_x = np.where(is_open, height(x), at_x)
        crosses = (at_x >= 0.0) != (at_b >= 0.0)
        at_a = np.where(crosses, at_b, 0.5 * at_a)  # Illinois: an end that stays weighs half
        a = np.where(crosses, b, a)
        b, at_b = x, at_x
    return np.where(np.abs(at_x) <= JUMP_RTOL * scale, x, np.nan)
