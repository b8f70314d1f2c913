"""The rows of a fit whose data came in batches and were merged: equal ones are one, with their number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mixwidget.design.distant_rows import DistantRows, RowFacts
from mixwidget.design.rows import Rows


@dataclass(frozen=True, slots=True, eq=False)
class MergedRows:
    """Rows that differ in response and weight only, as one each.

    Attributes
    ----------
    y, weights : ndarray, shape (m,)
        Weighted mean of the responses, and sum of the weights.
    X : ndarray, shape (m, p)
    z : tuple of ndarray, shape (m, k)
    codes : tuple of ndarray of int, shape (m,)
    offset : ndarray, shape (m,), or None
    counts : ndarray, shape (m,)
        How many rows of the data each one stands for.
    squares : ndarray, shape (m,)
        Their weighted squares about y.
    inverses : ndarray, shape (m,)
        Sums of one over their weights.
    whole : object
        The responses of all rows, as the family knows them.
    on_disk : bool
        Whether the arrays are on disk, a row of the data each, since too few are equal for memory to hold them.
    """

    y: np.ndarray
    weights: np.ndarray
    X: np.ndarray
    z: tuple[np.ndarray, ...]
    codes: tuple[np.ndarray, ...]
    offset: np.ndarray | None
    counts: np.ndarray
    squares: np.ndarray
    inverses: np.ndarray
    whole: Any
    on_disk: bool = False

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.y)

    @property
    def weights_or_ones(self) -> np.ndarray:
        """The weights, which merged rows always have; as `Rows.weights_or_ones`."""
        return self.weights


class GatheredRows(DistantRows):
    """Rows that are held merged: a generalized model is fitted to these exactly, and what needs single rows says so.

    Parameters
    ----------
    facts : RowFacts
    merged : MergedRows
    """

    __slots__ = ("merged",)
    merged: MergedRows

    def __init__(self, facts: RowFacts, merged: MergedRows) -> None:
        super().__init__(facts)
        object.__setattr__(self, "merged", merged)

    def __reduce__(self) -> tuple[type[GatheredRows], tuple[RowFacts, MergedRows]]:  # type: ignore[override]
        return GatheredRows, (self.facts, self.merged)

    def with_fixed(self, kept: list[int]) -> GatheredRows:
        """Return the same rows with some of the fixed-effects columns."""
        return GatheredRows(self.facts, replace(self.merged, X=np.asfortranarray(self.merged.X[:, kept])))

    def with_combined(self, known: np.ndarray | None) -> GatheredRows:
        """Return the same rows with combinations of the fixed-effects columns, shape (p, p_new), or ones for None."""
        made = np.ones((self.merged.n, 1)) if known is None else self.merged.X @ known
        return GatheredRows(self.facts, replace(self.merged, X=np.asfortranarray(made)))

    def with_terms(self, sources: list[list[tuple[int, int]]], factors: list[int]) -> GatheredRows:
        """Return the same rows with other random-effects terms; see `Rows.with_terms`."""
        merged = self.merged
        z = tuple(np.column_stack([merged.z[term][:, column] for term, column in source]) for source in sources)
        facts = replace(self.facts, level_sizes=tuple(self.facts.level_sizes[f] for f in factors))
        return GatheredRows(facts, replace(merged, z=z, codes=tuple(merged.codes[f] for f in factors)))


def held_rows(rows: Rows) -> Rows | MergedRows:
    """Return the merged rows where single ones are not held, else the rows themselves."""
    merged = merged_of(rows)
    return rows if merged is None else merged


def merged_of(rows: Rows) -> MergedRows | None:
    """Return the merged rows where single ones are not held, None where they are."""
    return rows.merged if isinstance(rows, GatheredRows) else None
