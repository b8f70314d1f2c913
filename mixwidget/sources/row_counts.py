"""What the rows of a source are, in numbers and levels."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.design.frame import idle_findings, no_trials
from mixwidget.design.row_cells import RowCells
from mixwidget.design.selection import NO_ROW, missing_finding
from mixwidget.errors import DataError, Diagnostic
from mixwidget.sources.response_scan import ResponseScan


@dataclass(frozen=True, slots=True, eq=False)
class RowCounts:
    """Counts of rows and levels.

    Attributes
    ----------
    n_data, n_chosen, n_incomplete, n : int
        All rows; those that `subset` leaves; how many of these are not complete; those that are fitted.
    missing, undefined : dict of int
        See `mixwidget.sources.fitted_rows.FittedRows`.
    occurring : dict of frozenset of str
        Of each variable that is a factor the levels in the rows that are fitted.
    limits : tuple of float
        Least and greatest response.
    response : tuple of float
        Its mean and standard deviation (n - 1).
    mean_offset : float
        0 without any.
    cells : RowCells
    n_idle : int
        Complete rows that were left out since they have no trials.
    n_different : int
        About how many rows differ in more than response and weight, where that was asked.
    responses : ResponseScan or None
        Those of a family; None where they are numbers.
    """

    n_data: int
    n_chosen: int
    n_incomplete: int
    n: int
    missing: dict[str, int]
    undefined: dict[str, int]
    occurring: dict[str, frozenset[str]]
    limits: tuple[float, float]
    response: tuple[float, float]
    mean_offset: float
    cells: RowCells
    n_idle: int = 0
    n_different: int = 0
    responses: ResponseScan | None = None

    def check(self, label: str, na_action: str) -> tuple[Diagnostic, ...]:
        """Return what to say about rows that are left out.

        Parameters
        ----------
        label : str
            Of the response.
        na_action : str

        Raises
        ------
        DataError
            If no row is left, or the response is constant.
        """
        if not self.n_data:
            raise DataError("the data have no rows; check how they were filtered")
        if not self.n_chosen:
            raise DataError(NO_ROW)
        found = missing_finding(self.missing, self.n_incomplete, self.n_chosen, na_action)
        if not self.n:
            raise DataError(no_trials(label))
        low, high = self.limits
        if low == high and self.responses is None:
            raise DataError(f"the response '{label}' is constant ({low:g}); there is nothing to explain")
        return (*found, *idle_findings(self.n_idle, label))
