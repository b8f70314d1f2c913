"""The rows of a fit whose data came in batches: they are where they were, and a few numbers about them are here."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from mixwidget.design.row_cells import RowCells
from mixwidget.design.rows import Rows
from mixwidget.errors import DataError

ANY_REMEDY = (
    "fit.augment(data) and fit.predict(data) go through them batch by batch, and a sample in a data frame can be "
    "fitted with its rows"
)
_HELD_ELSEWHERE = frozenset(field.name for field in fields(Rows)) | {"weights_or_ones", "y_less_offset"}


@dataclass(frozen=True, slots=True, eq=False)
class RowFacts:
    """What is known of rows that are not held.

    Attributes
    ----------
    kind : str
        Where they are, for messages: ``"a DuckDB relation"``.
    engine : str or None
        What formed the sums, ``"DuckDB"``; None where the rows were read in batches.
    names : tuple of str
        The columns that the data have.
    n, n_data : int
        How many are fitted, and how many there are.
    products : ndarray, shape (c, c), or None
        Sums of products of the columns of the pool, without weights; None where merged rows are held.
    level_sizes : tuple of ndarray of int, shape (J,)
        Rows of each level of each grouping factor.
    response : tuple of float
        Mean and standard deviation (n - 1) of the response as it was given.
    mean_offset : float
    cells : RowCells
        The columns of the fixed effects.
    """

    kind: str
    engine: str | None
    names: tuple[str, ...]
    n: int
    n_data: int
    products: np.ndarray | None
    level_sizes: tuple[np.ndarray, ...]
    response: tuple[float, float]
    mean_offset: float
    cells: RowCells


class DistantRows(Rows):
    """Rows that are not held: their number is known, and whatever needs more of them says so in one sentence.

    Parameters
    ----------
    facts : RowFacts
    """

    __slots__ = ("facts",)
    facts: RowFacts

    def __init__(self, facts: RowFacts) -> None:
        object.__setattr__(self, "facts", facts)

    def __getattribute__(self, name: str) -> Any:
        """Refuse what only rows have."""
        if name == "n":
            return self.facts.n
        if name in _HELD_ELSEWHERE:
            raise RowsNeededError(self.facts)
        return object.__getattribute__(self, name)

    def __repr__(self) -> str:
        return f"DistantRows({self.facts.n:,} rows of {self.facts.kind})"

    def __reduce__(self) -> tuple[type[DistantRows], tuple[RowFacts]]:
        return DistantRows, (self.facts,)

    def with_fixed(self, kept: list[int]) -> DistantRows:
        """Return the same rows: their columns are in the sums."""
        del kept
        return self

    def with_combined(self, known: np.ndarray | None) -> DistantRows:
        """Return the same rows: their columns are in the sums."""
        del known
        return self

    def with_terms(self, sources: list[list[tuple[int, int]]], factors: list[int]) -> DistantRows:
        """Return the same rows with some of the grouping factors."""
        del sources
        sizes = tuple(self.facts.level_sizes[f] for f in factors)
        return DistantRows(replace(self.facts, level_sizes=sizes))


class RowsNeededError(DataError):
    """Something needs rows that a fit does not hold.

    Parameters
    ----------
    facts : RowFacts
        Of the rows.
    what : str
        What needs them.
    remedy : str
        What answers in its place.
    """

    def __init__(self, facts: RowFacts, what: str = "this", remedy: str = ANY_REMEDY) -> None:
        self.facts, self.what, self.remedy = facts, what, remedy
        super().__init__(f"{what} needs the rows of the data, which a fit of {facts.kind} does not hold; {remedy}")

    def __reduce__(self) -> tuple[type[RowsNeededError], tuple[RowFacts, str, str]]:
        return RowsNeededError, (self.facts, self.what, self.remedy)
