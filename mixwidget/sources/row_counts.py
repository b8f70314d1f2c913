"""What the rows of a source are, in numbers and levels."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.design.row_cells import RowCells
from mixwidget.design.selection import NO_ROW, missing_finding
from mixwidget.errors import DataError, Diagnostic


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
        low, high = self.limits
        if low == high:
            raise DataError(f"the response '{label}' is constant ({low:g}); there is nothing to explain")
        return found
