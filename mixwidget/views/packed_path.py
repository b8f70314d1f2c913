"""Coefficients of all levels along a path, packed for the browser: float32, or 16 bits where levels are many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.views.caterpillar import packed
from mixwidget.views.view import View

MANY_LEVELS = 1000  # above which 16 bits are enough: no screen has as many places
LARGEST = 65_534  # the code after it means that there is no value


@dataclass(frozen=True, slots=True)
class PackedPath(View):
    """Numbers of shape (stops, d, levels), in one of two ways.

    Attributes
    ----------
    float32 : bytes
        Little-endian; empty where 16 bits are enough.
    uint16 : bytes
        Little-endian codes: a value is ``low + step * code``, and the code 65,535 stands for none.
    low, step : bytes
        Little-endian float64, shape (stops, d); empty beside float32.
    """

    float32: bytes
    uint16: bytes
    low: bytes
    step: bytes


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
    known = np.isfinite(values)
    low = np.where(known, values, np.inf).min(axis=-1)
    high = np.where(known, values, -np.inf).max(axis=-1)
    low, high = (np.where(known.any(axis=-1), end, 0.0) for end in (low, high))
    step = np.where(high > low, (high - low) / LARGEST, 1.0)
    with np.errstate(invalid="ignore"):
        codes = np.where(known, np.rint((values - low[..., None]) / step[..., None]), LARGEST + 1)
    return PackedPath(b"", codes.astype("<u2").tobytes(), packed(low), packed(step))
