"""Sums of products over rows that come part by part, so that memory does not grow with the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from mixwidget.linalg.pairs import LevelPairs

GRID_CELLS = 4_000_000  # pairs of levels up to this many are found in a table, more by bisection


@dataclass(frozen=True, slots=True)
class PartShape:
    """What is known before the first sum.

    Attributes
    ----------
    n_columns : int
        The columns of the pool, ones first and the response last.
    own : tuple of ndarray of int
        For each grouping factor the pool columns that its terms use, ones first.
    n_levels : tuple of int
    pairs : mapping
        For positions ``(f, g)`` of two factors, the one with more levels first, the pairs of levels that occur.
    has_weights : bool
    """

    n_columns: int
    own: tuple[np.ndarray, ...]
    n_levels: tuple[int, ...]
    pairs: Mapping[tuple[int, int], LevelPairs]
    has_weights: bool

    @property
    def nbytes(self) -> int:
        """Memory that the sums take."""
        panels = sum(len(h) * self.n_columns * n for h, n in zip(self.own, self.n_levels, strict=True))
        cells = sum(len(self.own[f]) * len(self.own[g]) * pair.n_pairs for (f, g), pair in self.pairs.items())
        return 8 * (panels + cells)


@dataclass(slots=True)
class SumsInParts:
    """Sums that grow as rows are added.

    Attributes
    ----------
    shape : PartShape
    n : int
    log_weights : float
        Sum of the logarithms of the weights.
    total, plain : ndarray, shape (c, c)
        Sums of products over all rows, with weights and without; one array where there are none.
    panels : tuple of ndarray, shape (h, c, J)
        Sums by level of the products of a factor's own columns with all.
    cells : dict of ndarray, shape (h_first, h_second, n_pairs)
        Sums by pair of levels of the products of the own columns.
    counts : tuple of ndarray of int, shape (J,)
        Rows of each level.
    """

    shape: PartShape
    n: int = 0
    log_weights: float = 0.0
    total: np.ndarray = field(init=False)
    plain: np.ndarray = field(init=False)
    panels: tuple[np.ndarray, ...] = field(init=False)
    cells: dict[tuple[int, int], np.ndarray] = field(init=False)
    counts: tuple[np.ndarray, ...] = field(init=False)
    _places: dict[tuple[int, int], np.ndarray] = field(init=False)

    def __post_init__(self) -> None:
        shape, c = self.shape, self.shape.n_columns
        self.total = np.zeros((c, c))
        self.plain = np.zeros((c, c)) if shape.has_weights else self.total
        self.panels = tuple(np.zeros((len(h), c, n)) for h, n in zip(shape.own, shape.n_levels, strict=True))
        self.counts = tuple(np.zeros(n, dtype=np.intp) for n in shape.n_levels)
        self.cells = {
            (f, g): np.zeros((len(shape.own[f]), len(shape.own[g]), pairs.n_pairs))
            for (f, g), pairs in shape.pairs.items()
        }
        self._places = {key: _places_of(pairs) for key, pairs in shape.pairs.items()}

    def add(self, pool: np.ndarray, codes: tuple[np.ndarray, ...], weights: np.ndarray | None) -> None:
        """Add the products of some rows.

        Parameters
        ----------
        pool : ndarray, shape (c, m)
            Pool columns, ones first.
        codes : tuple of ndarray of int, shape (m,)
            For each factor the level of each row.
        weights : ndarray, shape (m,), or None
        """
        weighted = pool if weights is None else pool * weights
        self.n += pool.shape[1]
        self.total += weighted @ pool.T
        if weights is not None:
            self.log_weights += float(np.log(weights).sum())
            self.plain += pool @ pool.T
        for f, code in enumerate(codes):
            self.counts[f][:] += np.bincount(code, minlength=self.shape.n_levels[f])
            self._add_panel(f, code, pool, weighted)
        for key in self.cells:
            self._add_cells(key, codes, pool, weighted)

    def _add_panel(self, f: int, code: np.ndarray, pool: np.ndarray, weighted: np.ndarray) -> None:
        panel, own, n_levels = self.panels[f], self.shape.own[f], self.shape.n_levels[f]
        place = {int(column): i for i, column in enumerate(own)}
        added: dict[tuple[int, int], np.ndarray] = {}
        for i, a in enumerate(own.tolist()):
            for b in range(len(pool)):
                if place.get(b, i) < i:
                    panel[i, b] += added[place[b], a]
                    continue
                # a column of ones needs no product
                product = weighted[b] if a == 0 else weighted[a] if b == 0 else weighted[a] * pool[b]
                sums = np.bincount(code, product, minlength=n_levels)
                panel[i, b] += sums
                if b in place and place[b] > i:
                    added[i, b] = sums

    def _add_cells(
        self, key: tuple[int, int], codes: tuple[np.ndarray, ...], pool: np.ndarray, weighted: np.ndarray
    ) -> None:
        (f, g), pairs, values = key, self.shape.pairs[key], self.cells[key]
        of_row = self._pair_of_row(key, codes[f], codes[g])
        for i, a in enumerate(self.shape.own[f].tolist()):
            for j, b in enumerate(self.shape.own[g].tolist()):
                product = weighted[b] if a == 0 else weighted[a] if b == 0 else weighted[a] * pool[b]
                values[i, j] += np.bincount(of_row, product, minlength=pairs.n_pairs)

    def _pair_of_row(self, key: tuple[int, int], first: np.ndarray, second: np.ndarray) -> np.ndarray:
        pairs, places = self.shape.pairs[key], self._places[key]
        if pairs.kind == "nested":
            return first
        wanted = first.astype(np.intp) * pairs.n_second + second
        if len(places) == pairs.n_first * pairs.n_second:
            return places[wanted]
        return np.searchsorted(places, wanted)


def pairs_of_keys(keys: np.ndarray, n_first: int, n_second: int) -> LevelPairs:
    """Return the pairs of levels of sorted keys ``first * n_second + second``, shape (n_pairs,).

    Examples
    --------
    >>> import numpy as np
    >>> pairs_of_keys(np.array([0, 2, 5]), 3, 2).kind
    'nested'
    """
    first, second = np.divmod(np.asarray(keys, dtype=np.intp), n_second)
    kind = "nested" if len(keys) == n_first else "cells"
    return LevelPairs(kind, first, second, n_first, n_second)


def _places_of(pairs: LevelPairs) -> np.ndarray:
    """Return a table from pair to position where it is small, else the sorted pairs themselves."""
    keys = pairs.first * pairs.n_second + pairs.second
    if pairs.kind == "nested" or pairs.n_first * pairs.n_second > GRID_CELLS:
        return keys
    table = np.full(pairs.n_first * pairs.n_second, pairs.n_pairs, dtype=np.intp)  # others would end in an error
    table[keys] = np.arange(pairs.n_pairs)
    return table
