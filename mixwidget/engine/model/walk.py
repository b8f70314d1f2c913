"""The rows of a model piece by piece: all of them at once in memory, some after the other where they are on disk.

What a step of a fit needs of its rows is a sum over them. It is written for a piece here, so that the memory of a step
grows with the levels, and not with rows that are on disk. A number for each row that steps share is held in memory, and
formed again from its formula on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar, cast

import numpy as np

from mixwidget.engine.model.family import Local, Response
from mixwidget.engine.model.generalized import Generalized
from mixwidget.engine.model.response_on_disk import ResponseOnDisk
from mixwidget.engine.model.weighted import Frame
from mixwidget.engine.sums.spool import spooled

Sum = TypeVar("Sum")
Walked: TypeAlias = Callable[[int, int], None]  # told how many rows have been gone through, of how many

WHOLE = slice(None)
AT_ONCE = 1 << 17  # rows of a piece on disk, which has some twenty numbers of each in memory
SUMS_PER_ROW = 2  # levels or pairs of levels, at most, for each row of a piece: its sums are as long as these

_told: ContextVar[Walked | None] = ContextVar("_told", default=None)


@contextmanager
def walking(told: Walked) -> Generator[None]:
    """Let a function know of each piece of rows on disk that is gone through inside; what it raises ends the work."""
    token = _told.set(told)
    try:
        yield
    finally:
        _told.reset(token)


class _OfPieces(Protocol):
    """A `Local` of rows on disk."""

    def predictor(self, piece: Piece) -> np.ndarray: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a model.

    Attributes
    ----------
    rows : slice
        Which ones.
    X : ndarray, shape (p, m)
    offset : ndarray, shape (m,), or float
    frame : Frame
    response : Response
    """

    rows: slice
    X: np.ndarray
    offset: np.ndarray | float
    frame: Frame
    response: Response

    @property
    def is_whole(self) -> bool:
        """Whether these are all rows, in memory."""
        return self.rows is WHOLE

    def of(self, local: Local) -> Local:
        """Return what is known of all rows for these alone; in memory it is the same."""
        return local if self.is_whole else self.response.at(cast(_OfPieces, local).predictor(self))

    def take(self, values: RowValues) -> np.ndarray:
        """Return what these rows have in values of all rows."""
        return values.form(self) if isinstance(values, Unheld) else values


@dataclass(frozen=True, slots=True)
class Unheld:
    """Numbers of rows on disk that are formed piece by piece whenever they are needed."""

    form: Callable[[Piece], np.ndarray]


RowValues: TypeAlias = np.ndarray | Unheld  # the last axis are the rows


def pieces(model: Generalized) -> Iterator[Piece]:
    """Yield the rows, all at once in memory."""
    response, frame = model.response, model.frame
    if not isinstance(response, ResponseOnDisk):
        yield Piece(WHOLE, model.X.rows, model.offset, frame, response)
        return
    n, told = len(response.y), _told.get()
    n_sums = max(*frame.pattern.n_levels, *(pairs.n_pairs for pairs in frame.level_pairs.values()), 1)
    size = max(AT_ONCE, n_sums // SUMS_PER_ROW)
    for first in range(0, n, size):
        rows = slice(first, min(first + size, n))
        offset = model.offset[rows] if isinstance(model.offset, np.ndarray) else model.offset
        yield Piece(rows, model.X.rows[:, rows], offset, frame.some(rows), response.some(rows))
        if told is not None:
            told(rows.stop, n)


def added(model: Generalized, form: Callable[[Piece], Sum]) -> Sum:
    """Return the sum over the pieces of what is formed of each: a number, an array of its own, or tuples of these."""
    total: Any = None
    for piece in pieces(model):
        formed_here = form(piece)
        total = formed_here if total is None else _plus(total, formed_here)
    return total


def formed(model: Generalized, form: Callable[[Piece], np.ndarray]) -> RowValues:
    """Return numbers of the rows; of rows on disk how they are formed."""
    if isinstance(model.response, ResponseOnDisk):
        return Unheld(form)
    (whole,) = pieces(model)
    return form(whole)


def filled(model: Generalized, form: Callable[[Piece], np.ndarray]) -> np.ndarray:
    """Return the same as an array, itself on disk if the rows are: for what is no step of a fit."""
    values = formed(model, form)
    if not isinstance(values, Unheld):
        return values
    out = spooled((len(model.response.y),))
    for piece in pieces(model):
        out[piece.rows] = form(piece)
    return out


def limits(model: Generalized, values: RowValues) -> tuple[float, float]:
    """Return the least and the greatest of some numbers of the rows; NaN if one is."""
    if not isinstance(values, Unheld):
        return float(values.min()), float(values.max())
    found = [(float(here.min()), float(here.max())) for here in map(values.form, pieces(model))]
    low, high = np.array(found).T
    return float(low.min()), float(high.max())


def longest(model: Generalized, values: RowValues) -> float:
    """Return the largest absolute value of some numbers of the rows."""
    low, high = limits(model, values)
    return max(high, -low)


def _plus(total: Any, more: Any) -> Any:
    if isinstance(total, np.ndarray):
        total += more
        return total
    if isinstance(total, tuple):
        sums = [_plus(one, other) for one, other in zip(total, more, strict=True)]
        return type(total)(*sums) if hasattr(total, "_fields") else tuple(sums)
    return total + more
