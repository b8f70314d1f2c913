"""How the sums of a source come about: from its rows batch by batch, or from the engine that holds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from mixwidget.control import Control
from mixwidget.design.labels import Drawn, Known
from mixwidget.engine.sums.in_parts import PartShape, SumsInParts
from mixwidget.engine.sums.part_columns import PartColumns, first_columns
from mixwidget.errors import DataError
from mixwidget.sources.column_places import ColumnPlaces
from mixwidget.sources.engines import summing_engine
from mixwidget.sources.first_pass import learn
from mixwidget.sources.learned import Learned
from mixwidget.sources.raw_columns import RawColumns
from mixwidget.sources.request import Request
from mixwidget.sources.source import Source, Told

ShapeOf: TypeAlias = Callable[[PartColumns], PartShape]


class Summing(Protocol):
    """What forms sums of products."""

    def sums(self, columns: PartColumns | None, shape_of: ShapeOf) -> tuple[SumsInParts, PartColumns]:
        """Return the sums of columns, and these: those that are given, or some that are found first."""
        ...


class Reading(Protocol):
    """What finds out about the rows of a source."""

    @property
    def engine(self) -> str | None:
        """The engine that forms the sums, if it is one."""
        ...

    def learn(self, request: Request) -> Learned:
        """Find out everything but the sums."""
        ...

    def summing(self, known: Known, drawn: Drawn, places: ColumnPlaces) -> Summing:
        """Return what forms the sums."""
        ...


def open_reading(data: object, source: Source, control: Control, told: Told) -> Reading:
    """Return what reads a source, or has its engine form the sums, as `Control` has it.

    Raises
    ------
    OptionError
        If sums are asked of data that lie in no engine.
    """
    name = summing_engine(data, control)
    if name is None:
        return _InBatches(source, control, told)
    from mixwidget.pushdown.reading import in_engine  # narwhals is imported for those who need it

    return in_engine(data, name, source, control, told)


class _InBatches:
    """Rows are read batch by batch."""

    engine = None

    def __init__(self, source: Source, control: Control, told: Told) -> None:
        self.source, self.control, self.told = source, control, told

    def learn(self, request: Request) -> Learned:
        self.learned = learn(self.source, request, self.control, self.told)
        return self.learned

    def summing(self, known: Known, drawn: Drawn, places: ColumnPlaces) -> Summing:
        columns = RawColumns(self.learned, known, drawn, places.columns)
        return _BatchSums(columns, self.control, self.told, self.learned.n_passes)


@dataclass(slots=True)
class _BatchSums:
    """A pass for each sum."""

    columns: RawColumns
    control: Control
    told: Told
    n_passes: int

    def sums(self, columns: PartColumns | None, shape_of: ShapeOf) -> tuple[SumsInParts, PartColumns]:
        self.n_passes += 1
        sums: SumsInParts | None = None
        for batch in self.columns.batches(f"pass {self.n_passes}", self.control, self.told):
            if columns is None:
                columns = first_columns(batch.raw)
            if sums is None:
                sums = SumsInParts(shape_of(columns))
            sums.add(columns.of(batch.raw), batch.codes, batch.weights)
        if sums is None or columns is None:
            raise DataError("the data have no rows; check how they were filtered")
        return sums, columns
