"""Coefficients of all levels along a path, packed for the browser: float32, or 16 bits where levels are many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.views.caterpillar import packed
from mixwidget.views.grid_path import GridPath
from mixwidget.views.view import View

MANY_LEVELS = 1000  # above which 16 bits are enough: no screen has as many places
LARGEST = 65_534  # the code after it means that there is no value


@dataclass(frozen=True, slots=True)
class PackedPath(View):
    """Numbers of shape (stops, d, levels), in one of three ways.

    Attributes
    ----------
    float32 : bytes
        Little-endian; empty where 16 bits are enough.
    uint16 : bytes
        Little-endian codes: a value is ``low + step * code``, and the code 65,535 stands for none.
    low, step : bytes
        Little-endian float64, shape (stops, d); empty beside float32.
    grid : GridPath or None
        In a page that is one file, beside nothing else.
    """

    float32: bytes
    uint16: bytes
    low: bytes
    step: bytes
    grid: GridPath | None = None


def packed_path(values: np.ndarray) -> PackedPath:
    """Pack coefficients.

    Parameters
    ----------
    values : ndarray, shape (T, d, J)
        NaN where there is none.

    Examples
    --------
    >>> small = packed_path(np.array([[[1.0, 2.0]]]))
    >>> np.frombuffer(small.float32, "<f4").tolist(), small.low
    ([1.0, 2.0], b'')
    """
    if values.shape[-1] <= MANY_LEVELS:
        return PackedPath(np.ascontiguousarray(values, dtype="<f4").tobytes(), b"", b"", b"")
    return coded_path(values, each_stop=True)


def coded_path(values: np.ndarray, *, each_stop: bool) -> PackedPath:
    """Pack coefficients in 16 bits.

    Parameters
    ----------
    values : ndarray, shape (T, d, J)
        NaN where there is none.
    each_stop : bool
        Whether each stop has a scale of its own: finer, and larger where levels are few.

    Examples
    --------
    >>> path = coded_path(np.array([[[0.0, 1.0]], [[2.0, np.nan]]]), each_stop=False)
    >>> np.frombuffer(path.uint16, "<u2").tolist(), np.frombuffer(path.low).tolist()
    ([0, 32767, 65534, 65535], [0.0, 0.0])
    """
    known = np.isfinite(values)
    over = -1 if each_stop else (0, -1)
    low = np.where(known, values, np.inf).min(axis=over, keepdims=True)
    high = np.where(known, values, -np.inf).max(axis=over, keepdims=True)
    low, high = (np.where(known.any(axis=over, keepdims=True), end, 0.0) for end in (low, high))
    step = np.where(high > low, (high - low) / LARGEST, 1.0)
    with np.errstate(invalid="ignore"):
        codes = np.where(known, np.rint((values - low) / step), LARGEST + 1)
    low, step = (np.broadcast_to(scale, (*values.shape[:-1], 1)) for scale in (low, step))
    return PackedPath(b"", codes.astype("<u2").tobytes(), packed(low), packed(step))
