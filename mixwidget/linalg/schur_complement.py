"""A Schur complement that is not formed: products with it, and its blocks on the diagonal."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import sparse

from mixwidget.linalg.rest import RestFactor
from mixwidget.linalg.scattered import diagonal_blocks


@dataclass(frozen=True, slots=True)
class SchurComplement:
    """``A - B'B`` as products with it.

    Attributes
    ----------
    direct : csr_matrix, shape (m, m)
        A.
    blocks, transposed : csr_matrix, shape (levels, m) and (m, levels)
        B, in both orders.
    """

    direct: sparse.csr_matrix
    blocks: sparse.csr_matrix
    transposed: sparse.csr_matrix

    def __matmul__(self, matrix: np.ndarray) -> np.ndarray:
        return self.direct @ matrix - self.transposed @ (self.blocks @ matrix)

    def diagonal(self, factor: RestFactor) -> np.ndarray:
        """Return the blocks that belong to one level of a factor each, shape (k, k, J)."""
        found = diagonal_blocks(factor, self.direct)
        starts = factor.offset + factor.n_levels * np.arange(factor.k + 1)
        transposed: Any = self.transposed
        parts = [transposed[a:b] for a, b in pairwise(starts)]
        for a, b in np.ndindex(factor.k, factor.k):
            found[a, b] -= np.asarray(parts[a].multiply(parts[b]).sum(axis=1)).reshape(-1)
        return found
