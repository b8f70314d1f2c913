"""The remaining factors where a dense Schur complement is too large, or was not asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from mixwidget.linalg.cross import SparseCross
from mixwidget.linalg.iterative_rest import IterativeMethod, IterativeRest, eliminate_iterative
from mixwidget.linalg.rest import RestFactor
from mixwidget.linalg.scattered import diagonal_blocks, stacked
from mixwidget.linalg.sparse_rest import SparseMethod, SparseRest, eliminate_sparse


@dataclass(frozen=True, slots=True)
class ScatteredRest:
    """Cross products of the remaining factors, as a list of entries; see `Rest`.

    Attributes
    ----------
    factors : tuple of RestFactor
    own : csr_matrix, shape (m, m)
    right : ndarray, shape (m, c)
    method : SparseMethod or IterativeMethod
        How the Schur complement is dealt with.
    """

    factors: tuple[RestFactor, ...]
    own: sparse.csr_matrix
    right: np.ndarray
    method: SparseMethod | IterativeMethod

    def diagonal(self, factor: RestFactor) -> np.ndarray:
        """See `Rest.diagonal`."""
        return diagonal_blocks(factor, self.own)

    def times(self, factor: RestFactor, columns: np.ndarray) -> np.ndarray:
        """See `Rest.times`."""
        whole = np.zeros((len(self.right), columns.shape[1]))
        whole[factor.columns] = columns
        return self.own @ whole


def eliminate_scattered(
    rest: ScatteredRest, templates: tuple[np.ndarray, ...], taken: list[SparseCross], right: np.ndarray
) -> SparseRest | IterativeRest:
    """Make the rest ready to be solved.

    Parameters
    ----------
    rest : ScatteredRest
    templates : tuple of ndarray, shape (k, k)
    taken : list of SparseCross
        The whitened blocks of the eliminated factors, whose products come off the cross products of the rest.
    right : ndarray, shape (m, c)
        The right sides as they are after the elimination.
    """
    blocks = stacked(taken, len(right))
    if isinstance(rest.method, IterativeMethod):
        return eliminate_iterative(rest.factors, templates, rest.own, blocks, right, rest.method)
    own: Any = rest.own - blocks.T @ blocks
    return eliminate_sparse(rest.factors, templates, own.tocsr(), right, rest.method)
