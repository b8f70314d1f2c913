"""The cross products of a model without some of its rows, from the sums that are there.

A level that loses all its rows stays as an empty one: its blocks are zero, and it adds nothing to the criterion.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mixwidget.engine.sums.arrays import ModelArrays
from mixwidget.engine.sums.columns import pool_columns
from mixwidget.engine.sums.cross_products import CrossProducts, FactorSums, PairSums, cross_products
from mixwidget.linalg.pairs import level_pairs


class LeaveOut:
    """The sums of a model, and the standardised rows to take off them.

    Parameters
    ----------
    arrays : ModelArrays
    """

    def __init__(self, arrays: ModelArrays) -> None:
        self._rows = pool_columns(arrays.y, arrays.X, tuple(term.z for term in arrays.terms)).rows
        self._weights = np.ones(len(arrays.y)) if arrays.weights is None else arrays.weights
        self._codes = [np.asarray(factor.codes, dtype=np.intp) for factor in arrays.factors]
        self._counts = [np.bincount(codes) for codes in self._codes]
        self.cross = cross_products(arrays)
        self._pair_of_row = {}
        for f, g in self.cross.pairs:
            first, second = arrays.factors[f], arrays.factors[g]
            self._pair_of_row[f, g] = level_pairs(first.codes, second.codes, first.n_levels, second.n_levels)[1]

    def without(self, rows: np.ndarray) -> CrossProducts:
        """Return the sums over all rows but the given positions, shape (m,)."""
        part = self._rows[:, rows]
        weighted = part * self._weights[rows]
        return replace(
            self.cross,
            n=self.cross.n - len(rows),
            log_weights=self.cross.log_weights - float(np.log(self._weights[rows]).sum()),
            total=self.cross.total - weighted @ part.T,
            factors=tuple(
                FactorSums(sums.own, self._less(sums.panel, weighted[sums.own], part, codes[rows], counts))
                for sums, codes, counts in zip(self.cross.factors, self._codes, self._counts, strict=True)
            ),
            pairs={pair: self._pair(pair, rows, weighted, part) for pair in self.cross.pairs},
        )

    def _pair(self, pair: tuple[int, int], rows: np.ndarray, weighted: np.ndarray, part: np.ndarray) -> PairSums:
        sums, of_row = self.cross.pairs[pair], self._pair_of_row[pair]
        left, right = (self.cross.factors[f].own for f in pair)
        counts = np.bincount(of_row, minlength=sums.pairs.n_pairs)
        return PairSums(sums.pairs, self._less(sums.values, weighted[left], part[right], of_row[rows], counts))

    @staticmethod
    def _less(
        stack: np.ndarray, left: np.ndarray, right: np.ndarray, codes: np.ndarray, counts: np.ndarray
    ) -> np.ndarray:
        """Return a stack of sums by code less the products of some rows; exactly zero where no row is left."""
        result = stack.copy()
        for code in np.unique(codes):
            mine = codes == code
            result[:, :, code] -= left[:, mine] @ right[:, mine].T
            if mine.sum() == counts[code]:
                result[:, :, code] = 0.0
        return result
