"""Arrays that are drawn, four bytes a number; each says what it is, so that a saved page keeps it as it is."""

from __future__ import annotations

from dataclasses import dataclass
from struct import unpack

import numpy as np

from mixwidget.views.view import View


@dataclass(frozen=True, slots=True)
class Floats(View):
    """Numbers that are drawn.

    Attributes
    ----------
    float32 : bytes
        Little-endian float32: seven digits.
    """

    float32: bytes


@dataclass(frozen=True, slots=True)
class Integers(View):
    """Positions.

    Attributes
    ----------
    int32 : bytes
        Little-endian int32.
    """

    int32: bytes


def floats(values: np.ndarray) -> Floats:
    """Return numbers, row after row.

    Examples
    --------
    >>> np.frombuffer(floats(np.array([0.5, np.nan])).float32, "<f4").tolist()
    [0.5, nan]
    """
    return Floats(np.ascontiguousarray(values, dtype="<f4").tobytes())


def integers(values: np.ndarray) -> Integers:
    """Return positions."""
    return Integers(np.ascontiguousarray(values, dtype="<i4").tobytes())


def float32s(values: Floats) -> list[float]:
    """Return numbers that were packed by `floats` as Python's."""
    return list(unpack(f"<{len(values.float32) // 4}f", values.float32))


def int32s(values: Integers) -> list[int]:
    """Return positions that were packed by `integers` as Python's."""
    return list(unpack(f"<{len(values.int32) // 4}i", values.int32))


def float64s(values: bytes) -> list[float]:
    """Return numbers of eight bytes, little-endian, as Python's.

    Examples
    --------
    >>> float64s(np.array([0.5, 2.0]).tobytes())
    [0.5, 2.0]
    """
    return list(unpack(f"<{len(values) // 8}d", values))
