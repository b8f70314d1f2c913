"""The cross products of a model without some of its rows, from the sums that are there.

A level that loses all its rows stays as an empty one: its blocks are zero, and it adds nothing to the criterion.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mixwidget.engine.sums.cross_products import CrossProducts, FactorSums, PairSums
from mixwidget.engine.sums.pooled_rows import PooledRows


class LeaveOut:
    """The sums of a model, and the standardised rows to take off them.

    Parameters
    ----------
    rows : PooledRows
    cross : CrossProducts
        Their sums.
    """

    def __init__(self, rows: PooledRows, cross: CrossProducts) -> None:
        self.rows, self.cross = rows, cross
        self._weights = np.ones(cross.n) if rows.weights is None else rows.weights
        self._counts = [np.bincount(codes) for codes in rows.pattern.codes]

    def without(self, positions: np.ndarray) -> CrossProducts:
        """Return the sums over all rows but those at the given positions, shape (m,)."""
        part = self.rows.pool.at(positions)
        weighted = part * self._weights[positions]
        codes = self.rows.pattern.codes
        return replace(
            self.cross,
            n=self.cross.n - len(positions),
            log_weights=self.cross.log_weights - float(np.log(self._weights[positions]).sum()),
            total=self.cross.total - weighted @ part.T,
            factors=tuple(
                FactorSums(sums.own, self._less(sums.panel, weighted[sums.own], part, level[positions], counts))
                for sums, level, counts in zip(self.cross.factors, codes, self._counts, strict=True)
            ),
            pairs={pair: self._pair(pair, positions, weighted, part) for pair in self.cross.pairs},
        )

    def _pair(self, pair: tuple[int, int], positions: np.ndarray, weighted: np.ndarray, part: np.ndarray) -> PairSums:
        sums, of_row = self.cross.pairs[pair], self.rows.pattern.pairs[pair].of_row
        left, right = (self.cross.factors[f].own for f in pair)
        counts = np.bincount(of_row, minlength=sums.pairs.n_pairs)
        return PairSums(sums.pairs, self._less(sums.values, weighted[left], part[right], of_row[positions], counts))

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
