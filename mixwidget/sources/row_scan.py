"""What the rows of a source are, in numbers and levels: the outcome of a pass that sums nothing yet."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from mixwidget.design.checks import check_weights
from mixwidget.design.number_response import response_numbers
from mixwidget.design.response import GivenResponse
from mixwidget.design.table import Table
from mixwidget.dialect.values import Factor, Value, infinite_rows, take_rows
from mixwidget.errors import DataError
from mixwidget.sources.cell_counts import CellCounts
from mixwidget.sources.fitted_rows import FittedRows
from mixwidget.sources.moments import Moments
from mixwidget.sources.request import Request
from mixwidget.sources.row_counts import RowCounts
from mixwidget.sources.tally import Joint, Pairs, Tally


class RowScan:
    """Counts of rows, of levels and of pairs of levels, batch by batch.

    Parameters
    ----------
    request : Request
    cell_columns : list of str
        The columns of the fixed effects and of offsets.
    """

    def __init__(self, request: Request, cell_columns: list[str]) -> None:
        self.request = request
        self.n_data = self.n_chosen = self.n_incomplete = self.n = 0
        self.missing: dict[str, int] = {}
        self.undefined: dict[str, int] = {}
        self.tallies: dict[str, Tally] = {}
        self.parts = {part: Tally() for part in request.parts}
        self.joints = {label: Joint(len(parts)) for label, parts in request.groupings.items()}
        self.pairs = {pair: Pairs() for pair in combinations(request.groupings, 2)}
        self.order: dict[str, tuple[str, ...]] = {}
        self.low, self.high = np.inf, -np.inf
        self.responses, self.offsets = Moments(), Moments()
        self.cells = CellCounts(cell_columns)

    def add(self, found: FittedRows, table: Table) -> None:
        """Add a batch."""
        self.n_data += table.n_rows
        self.n_chosen += found.n_chosen
        self.n_incomplete += found.n_incomplete
        self.n += len(found.rows)
        for counts, more in ((self.missing, found.missing), (self.undefined, found.undefined)):
            for label, count in more.items():
                counts[label] = counts.get(label, 0) + count
        if len(found.rows):
            self._add_response(found)
            self._add_values(found)
            self._add_levels(found)
            self.cells.add(table, found.rows)

    def _add_response(self, found: FittedRows) -> None:
        request, rows = self.request, found.rows
        refuse_infinite_in_batch(found.response, f"the response '{request.formula.response}'")
        given = GivenResponse(
            take_rows(found.response, rows), request.formula.response, None, None, request.reading.model
        )
        y = response_numbers(given)
        self.low, self.high = min(self.low, float(y.min())), max(self.high, float(y.max()))
        self.responses.add(y)
        if found.weights is not None:
            check_weights(found.weights[rows])
        if found.offset is not None:
            refuse_infinite_in_batch(found.offset[rows], "'offset'")
            self.offsets.add(found.offset[rows])

    def _add_values(self, found: FittedRows) -> None:
        for label, value in found.values.items():
            if isinstance(value, Factor):
                self.tallies.setdefault(label, Tally()).add(value.codes[found.rows], value.levels)
            else:
                refuse_infinite_in_batch(take_rows(value, found.rows), f"'{label}'")

    def _add_levels(self, found: FittedRows) -> None:
        numbers: dict[str, np.ndarray] = {}
        for part, factor in found.groupings.items():
            numbers[part] = self.parts[part].add(factor.codes[found.rows], factor.levels)
            self.order[part] = factor.levels
        joint = {
            label: self.joints[label].add([numbers[part] for part in parts])
            for label, parts in self.request.groupings.items()
        }
        for (first, second), pairs in self.pairs.items():
            pairs.add(joint[first], joint[second])

    @property
    def counts(self) -> RowCounts:
        """What all batches have in common."""
        squares = float(self.responses.squares)
        return RowCounts(
            n_data=self.n_data,
            n_chosen=self.n_chosen,
            n_incomplete=self.n_incomplete,
            n=self.n,
            missing=self.missing,
            undefined=self.undefined,
            occurring={label: tally.levels for label, tally in self.tallies.items()},
            limits=(self.low, self.high),
            response=(float(self.responses.mean), float(np.sqrt(squares / max(self.n - 1, 1)))),
            mean_offset=float(self.offsets.mean),
            cells=self.cells.found,
        )


def refuse_infinite_in_batch(value: Value, name: str) -> None:
    """Refuse infinite values; where they are in the whole is not known in a batch."""
    if infinite_rows(value) is None:
        return
    raise DataError(f"{name} has infinite values; correct them, or leave them out with subset=")
