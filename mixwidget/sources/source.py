"""Rows that can be read more than once, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from traceback import clear_frames
from typing import Any, Protocol

from mixwidget.control import Control
from mixwidget.design.table import Table, read_table

BATCH_ROWS = 500_000  # asked for where a source lets one choose: large enough for numpy, small beside the fit
HEAD_ROWS = 1_000  # rows that tell the types of expressions


class Told(Protocol):
    """What hears of each batch which pass it belongs to, how many rows of it are done, and which share of all work."""

    def __call__(self, what: str, n_rows: int, share: float | None = None, /) -> None:
        """Hear it; an empty text says that the reading has ended."""
        ...


def silent(what: str, n_rows: int, share: float | None = None, /) -> None:
    """Tell nobody how many rows have been read."""
    del what, n_rows, share


@contextmanager
def told_to_the_end(told: Told) -> Generator[None]:
    """Tell an empty text when the reading inside has ended, and let go of all rows where that is by an interrupt.

    A notebook keeps the traceback of the last error, and with it what its functions had: batches, and files on disk.
    """
    try:
        yield
    except BaseException as error:
        clear_frames(error.__traceback__)
        raise
    finally:
        told("", 0)


@dataclass(frozen=True, slots=True)
class Source:
    """A table that is read in batches, from its beginning every time.

    Attributes
    ----------
    kind : str
        For messages: ``"a DuckDB relation"``.
    names : tuple of str
        All its columns.
    read : callable
        Returns the batches of some columns as frames that `read_table` takes (pyarrow, polars, pandas), none of which
        is larger than memory.
    """

    kind: str
    names: tuple[str, ...]
    read: Callable[[list[str]], Iterator[Any]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows.

    Attributes
    ----------
    frame : object
        As it came.
    table : Table
        It names all columns of the source, and holds those that were asked for.
    """

    frame: Any
    table: Table

    @property
    def head(self) -> Table:
        """The first rows."""
        table = read_table(self.frame[:HEAD_ROWS])
        return Table(self.table.names, table.index, cache(table.read), {})


def read_batches(source: Source, columns: list[str], what: str, control: Control, told: Told) -> Iterator[Batch]:
    """Read some columns once; whatever ends the reading, an interrupt too, closes the source.

    Parameters
    ----------
    source : Source
    columns : list of str
    what : str
        Which pass this is, for the line of progress.
    control : Control
        Asked before each batch whether to stop.
    told : callable
        Takes `what` and the number of rows so far.
    """
    n_rows = 0
    with closing(_generator(source, columns)) as frames:
        for frame in frames:
            control.poll("the fit")
            if not len(frame):
                continue
            table = read_table(frame)
            n_rows += table.n_rows
            yield Batch(frame, Table(source.names, table.index, cache(table.read), table.contrasts))
            told(what, n_rows)


def _generator(source: Source, columns: list[str]) -> Generator[Any]:
    batches = source.read(columns)
    try:
        yield from batches
    finally:
        close = getattr(batches, "close", None)
        if close is not None:
            close()
