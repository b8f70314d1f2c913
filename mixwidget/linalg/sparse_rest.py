"""Remaining factors whose Schur complement stays sparse: an exact factor of it, without forming what is zero."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from mixwidget.linalg.fronts import FrontPlan, plan_fronts
from mixwidget.linalg.multifrontal import FrontFactor, factor_fronts
from mixwidget.linalg.rest import RestFactor, scale_rows
from mixwidget.linalg.scattered import (
    diagonal_blocks,
    entries_at,
    repeated,
    sandwiched_blocks,
    sandwiched_sum,
    symmetric,
)


@dataclass(frozen=True, slots=True)
class SparseMethod:
    """Where the Schur complement has entries, and how it is factored.

    Attributes
    ----------
    rows, columns : ndarray of intp, shape (entries,)
        Its lower triangle.
    plan : FrontPlan
    """

    rows: np.ndarray
    columns: np.ndarray
    plan: FrontPlan


def sparse_method(pattern: sparse.csr_matrix, most_entries: int) -> SparseMethod | None:
    """Plan the factorisation of matrices with a symmetric pattern (m, m); None where the fill is too large."""
    lower: Any = sparse.tril(pattern).tocoo()
    rows, columns = lower.row.astype(np.intp), lower.col.astype(np.intp)
    m: int = lower.shape[0]
    plan = plan_fronts(rows, columns, m, most_entries)
    return None if plan is None else SparseMethod(rows, columns, plan)


@dataclass(slots=True)
class SparseRest:
    """Sparse Cholesky factor of ``S = Lambda' E Lambda + I`` of the remaining factors.

    Attributes
    ----------
    factors : tuple of RestFactor
    templates : tuple of ndarray, shape (k, k)
        The blocks of Lambda.
    own : csr_matrix, shape (m, m)
        E, the cross products after elimination of the chain.
    right : ndarray, shape (m, c)
        The same for the right sides.
    method : SparseMethod
    factor : FrontFactor
        Of S.
    """

    factors: tuple[RestFactor, ...]
    templates: tuple[np.ndarray, ...]
    own: sparse.csr_matrix
    right: np.ndarray
    method: SparseMethod
    factor: FrontFactor
    _inverse: list[sparse.csr_matrix] = field(default_factory=list, repr=False)

    @property
    def logdet(self) -> float:
        """``log |S|``."""
        return self.factor.logdet

    def half(self, matrix: np.ndarray) -> np.ndarray:
        """Return ``L^-1 Lambda' matrix`` for a matrix (m, c), in the order of elimination."""
        transposed = tuple(template.T for template in self.templates)
        return self.factor.forward(scale_rows(self.factors, transposed, np.ascontiguousarray(matrix)))

    def back(self, half: np.ndarray) -> np.ndarray:
        """Return ``Lambda L^-T half``."""
        return scale_rows(self.factors, self.templates, self.factor.backward(half))

    def product(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Return ``x'Ny`` of matrices x and y whose `half` is given."""
        return left.T @ right

    def chain_sum(self, weighted: list[sparse.csr_matrix]) -> np.ndarray:
        """Return the sum over levels of ``D_j N D_j'`` for the blocks (J, m) of a chain factor's k columns: (k, k)."""
        return sandwiched_sum(weighted, self._covariance())

    def chain_blocks(self, blocks: list[sparse.csr_matrix]) -> np.ndarray:
        """Return ``C_j N C_j'`` of each level of a chain factor, shape (k, k, J)."""
        return sandwiched_blocks(blocks, self._covariance())

    def own_blocks(self) -> list[np.ndarray]:
        """Return the conditional covariance of each level of each factor, shape (k, k, J)."""
        covariance = self._covariance()
        return [diagonal_blocks(factor, covariance) for factor in self.factors]

    def own_sums(self) -> list[np.ndarray]:
        """Return the sums over levels of the diagonal blocks of ``E Lambda S^-1`` of each factor, shape (k, k)."""
        scaled: Any = self._inverse_on_pattern() @ repeated(self.factors, self.templates).T
        result: list[np.ndarray] = []
        for factor in self.factors:
            own = [self._rows(self.own, factor, a) for a in range(factor.k)]
            with_inverse = [self._rows(scaled, factor, b) for b in range(factor.k)]
            result.append(np.array([[float(x.multiply(y).sum()) for y in with_inverse] for x in own]))
        return result

    @staticmethod
    def _rows(matrix: Any, factor: RestFactor, column: int) -> Any:
        start = factor.offset + column * factor.n_levels
        return matrix[start : start + factor.n_levels]

    def _inverse_on_pattern(self) -> sparse.csr_matrix:
        if not self._inverse:
            rows, columns = self.method.rows, self.method.columns
            lower = self.factor.inverse_on_pattern(len(rows))
            self._inverse.append(symmetric(rows, columns, lower, len(self.right)))
        return self._inverse[0]

    def _covariance(self) -> sparse.csr_matrix:
        """Return ``Lambda S^-1 Lambda'`` on the pattern."""
        spread = repeated(self.factors, self.templates)
        covariance: Any = spread @ self._inverse_on_pattern() @ spread.T
        return covariance.tocsr()


def eliminate_sparse(
    factors: tuple[RestFactor, ...],
    templates: tuple[np.ndarray, ...],
    own: sparse.csr_matrix,
    right: np.ndarray,
    method: SparseMethod,
) -> SparseRest:
    """Factor ``Lambda' E Lambda + I`` of a sparse E, `own`."""
    spread = repeated(factors, templates)
    system: Any = spread.T @ own @ spread
    entries = entries_at(system.tocsr(), method.rows, method.columns)
    entries[method.rows == method.columns] += 1.0
    return SparseRest(factors, templates, own, right, method, factor_fronts(method.plan, entries))
