"""What the rows of a source are, in numbers and levels: the outcome of a pass that sums nothing yet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from mixwidget.design.checks import check_weights
from mixwidget.design.number_response import NUMBERS
from mixwidget.design.response import GivenResponse
from mixwidget.design.table import Table
from mixwidget.dialect.values import Factor, Matrix, take_rows
from mixwidget.sources.cell_counts import CellCounts
from mixwidget.sources.distinct import DistinctRows
from mixwidget.sources.fitted_rows import FittedRows
from mixwidget.sources.moments import Moments
from mixwidget.sources.request import Request
from mixwidget.sources.response_scan import ResponseScan, refuse_infinite_in_batch
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
        self.n_data = self.n_chosen = self.n_incomplete = self.n_idle = self.n = 0
        self.missing: dict[str, int] = {}
        self.undefined: dict[str, int] = {}
        self.tallies: dict[str, Tally] = {}
        self.parts = {part: Tally() for part in request.parts}
        self.joints = {label: Joint(len(parts)) for label, parts in request.groupings.items()}
        self.pairs = {pair: Pairs() for pair in combinations(request.groupings, 2)}
        self.order: dict[str, tuple[str, ...]] = {}
        self.responses = ResponseScan(request.reading, request.formula.response)
        self.offsets = Moments()
        self.cells = CellCounts(cell_columns)
        self.distinct = DistinctRows()

    def add(self, found: FittedRows, table: Table) -> None:
        """Add a batch."""
        self.n_data += table.n_rows
        self.n_chosen += found.n_chosen
        self.n_incomplete += found.n_incomplete
        self.n_idle += found.n_idle
        self.n += len(found.rows)
        for counts, more in ((self.missing, found.missing), (self.undefined, found.undefined)):
            for label, count in more.items():
                counts[label] = counts.get(label, 0) + count
        if len(found.rows):
            self._add_response(found)
            columns = [*self._add_values(found), *self._add_levels(found)]
            if self.request.is_merged:
                self.distinct.add(columns if found.offset is None else [*columns, found.offset[found.rows]])
            self.cells.add(table, found.rows)

    def _add_response(self, found: FittedRows) -> None:
        request, rows = self.request, found.rows
        weights = None if found.weights is None else found.weights[rows]
        taken = take_rows(found.response, rows)
        self.responses.add(
            GivenResponse(taken, request.formula.response, weights, request.weights, request.reading.model)
        )
        if weights is not None:
            check_weights(weights)
        if found.offset is not None:
            refuse_infinite_in_batch(found.offset[rows], "'offset'")
            self.offsets.add(found.offset[rows])

    def _add_values(self, found: FittedRows) -> Iterator[np.ndarray]:
        """Yield the variables as columns of numbers, shape (m,)."""
        for label, value in found.values.items():
            taken = take_rows(value, found.rows)
            if isinstance(taken, Factor):
                yield self.tallies.setdefault(label, Tally()).add(taken.codes, taken.levels)
            else:
                refuse_infinite_in_batch(taken, f"'{label}'")
                yield from taken.values.T if isinstance(taken, Matrix) else [taken]

    def _add_levels(self, found: FittedRows) -> list[np.ndarray]:
        """Return the number of each row's level in every grouping factor, shape (m,)."""
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
        return list(joint.values())

    @property
    def counts(self) -> RowCounts:
        """What all batches have in common."""
        responses, squares = self.responses, float(self.responses.moments.squares)
        return RowCounts(
            n_data=self.n_data,
            n_chosen=self.n_chosen,
            n_incomplete=self.n_incomplete,
            n=self.n,
            missing=self.missing,
            undefined=self.undefined,
            occurring={label: tally.levels for label, tally in self.tallies.items()},
            limits=(responses.low, responses.high),
            response=(float(responses.moments.mean), float(np.sqrt(squares / max(self.n - 1, 1)))),
            mean_offset=float(self.offsets.mean),
            cells=self.cells.found,
            n_idle=self.n_idle,
            n_different=min(self.distinct.count, self.n),  # an estimate
            responses=None if self.request.reading.read is NUMBERS.read else responses,
        )
