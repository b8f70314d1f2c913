"""The block of cross products between the levels of an eliminated factor and the remaining (dense) columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from mixwidget.linalg import levelwise
from mixwidget.linalg.sparse_pattern import SparsePattern
from mixwidget.linalg.symmetric import mirror_lower

if TYPE_CHECKING:
    from mixwidget.linalg.rest import EliminatedRest

SECONDS_PER_PAIR = 1e-8  # one product gathered and summed into the Schur complement, measured
SECONDS_PER_FLOP = 3e-11  # one multiply-add of a dense rank-k update, measured on one thread


@dataclass(frozen=True, slots=True)
class DenseCross:
    """Cross block that is stored in full.

    Attributes
    ----------
    values : ndarray, shape (k, J, m)
    """

    values: np.ndarray

    def whiten(self, factor: np.ndarray) -> DenseCross:
        """Multiply the block of each level from the left by a k x k matrix; `factor` has shape (k, k, J)."""
        k = len(self.values)
        whitened = np.empty_like(self.values)
        for a in range(k):
            np.multiply(self.values[0], factor[a, 0][:, None], out=whitened[a])
            for b in range(1, k):
                whitened[a] += self.values[b] * factor[a, b][:, None]
        return DenseCross(whitened)

    def gram(self, factor: np.ndarray) -> np.ndarray:
        """Sum over levels of ``A_j.T @ A_j``, A_j the block of a level as `whiten` makes it: shape (m, m)."""
        flat = self.whiten(factor).values.reshape(-1, self.values.shape[2])
        return flat.T @ flat

    def times_panel(self, panel: np.ndarray) -> np.ndarray:
        """Sum over levels of ``values_j.T @ panel_j`` for a panel (k, c, J): shape (m, c)."""
        k, c, n_levels = panel.shape
        return self.values.reshape(k * n_levels, -1).T @ panel.transpose(0, 2, 1).reshape(k * n_levels, c)

    def apply(self, right: np.ndarray) -> np.ndarray:
        """Return ``values_j @ right`` for right (m, c): shape (k, c, J)."""
        k, n_levels, m = self.values.shape
        return (self.values.reshape(-1, m) @ right).reshape(k, n_levels, -1).transpose(0, 2, 1)

    def apply_levels(self, levels: slice, right: np.ndarray) -> np.ndarray:
        """Return ``values_j @ right`` for some levels and right (m, c): shape (k, levels, c)."""
        return self.values[:, levels] @ right

    def lift(self, left: np.ndarray, parent: np.ndarray, n_parents: int, pattern: DenseCross) -> np.ndarray:
        """Sum ``left_j.T @ values_j`` by parent: the fill of a coarser factor's block, shape (b, n_parents, m)."""
        del pattern
        n_levels = len(parent)
        adder = sparse.csr_matrix((np.ones(n_levels), parent, np.arange(n_levels + 1)), (n_levels, n_parents)).T
        fill = np.empty((left.shape[1], n_parents, self.values.shape[2]))
        for b in range(left.shape[1]):
            product: Any = sum(left[a, b][:, None] * self.values[a] for a in range(len(self.values)))
            fill[b] = adder @ product
        return fill

    def subtract(self, fill: np.ndarray) -> DenseCross:
        """Return this block less the result of `lift`."""
        return DenseCross(self.values - fill)

    def quadratic(self, rest: EliminatedRest) -> np.ndarray:
        """Return ``values_j N values_j.T``, N the conditional covariance of the rest: shape (k, k, J)."""
        k, n_levels, m = self.values.shape
        if k == 1:  # as in `conditional_trace`
            product = self.values[0] @ rest.covariance()
            return np.einsum("jm,jm->j", product, self.values[0])[None, None]
        root = rest.half(self.values.reshape(-1, m).T).T.reshape(k, n_levels, m)
        return np.einsum("ajm,bjm->abj", root, root, optimize=False)

    def conditional_trace(self, weights: np.ndarray, rest: EliminatedRest) -> np.ndarray:
        """Sum over levels of ``weights_j values_j N values_j.T weights_j.T`` for weights (k, k, J): shape (k, k)."""
        k, n_levels, m = self.values.shape
        if k == 1:  # a rank-k update is faster than a triangular solve
            return np.array([[rest.covariance().reshape(-1) @ self.gram(weights).reshape(-1)]])
        root = rest.half(self.whiten(weights).values.reshape(-1, m).T).T.reshape(k, n_levels * m)
        return root @ root.T

    def bilinear(self, other: np.ndarray) -> np.ndarray:
        """Return ``values_j @ other_j.T`` for other (b, J, m): shape (k, b, J)."""
        return np.einsum("ajm,bjm->abj", self.values, other, optimize=False)

    def dense(self) -> np.ndarray:
        """Return the block in full: shape (k, J, m)."""
        return self.values


@dataclass(frozen=True, slots=True)
class SparseCross:
    """Cross block of scattered entries, whose places are those of a pattern.

    Attributes
    ----------
    pattern : SparsePattern
    values : ndarray, shape (k, e)
        In the order of the pattern.
    """

    pattern: SparsePattern
    values: np.ndarray
    _products: dict[tuple[int, int], sparse.csr_matrix] = field(default_factory=dict, init=False, repr=False)

    def whiten(self, factor: np.ndarray) -> SparseCross:
        """See `DenseCross.whiten`."""
        k = len(self.values)
        whitened = np.empty_like(self.values)
        for a in range(k):
            whitened[a] = factor[a, 0][self.pattern.level] * self.values[0]
            for b in range(1, k):
                whitened[a] += factor[a, b][self.pattern.level] * self.values[b]
        return replace(self, values=whitened)

    def gram(self, factor: np.ndarray) -> np.ndarray:
        """See `DenseCross.gram`; the products of entries are kept, since those of the finest factor never change."""
        weights = levelwise.multiply_transposed(factor, factor)
        lower: Any = sum(self._products_of(a, b).T @ weights[a, b] for a, b in self._lower())
        return mirror_lower(lower.reshape(self.pattern.m, self.pattern.m))

    def _lower(self) -> Iterator[tuple[int, int]]:
        return ((a, b) for a in range(len(self.values)) for b in range(a + 1))

    def _products_of(self, a: int, b: int) -> sparse.csr_matrix:
        """Return the products of two columns of the factor, see `EntryPairs.products`."""
        if (a, b) not in self._products:
            rows = list(self.values)
            self._products[a, b] = self.pattern.pairs.products(rows[a], rows[b], self.pattern.m)
        return self._products[a, b]

    @property
    def n_levels(self) -> int:
        return self.pattern.n_levels

    def matrix(self, a: int) -> sparse.csr_matrix:
        """Return the rows of one column of the factor, one for each level, shape (J, m)."""
        return sparse.csr_matrix(
            (self.values[a], self.pattern.column, self.pattern.bounds), (self.n_levels, self.pattern.m)
        )

    def times_panel(self, panel: np.ndarray) -> np.ndarray:
        """See `DenseCross.times_panel`."""
        product = self.matrix(0).T @ panel[0].T
        for a in range(1, len(panel)):
            product += self.matrix(a).T @ panel[a].T
        return product

    def apply(self, right: np.ndarray) -> np.ndarray:
        """See `DenseCross.apply`."""
        return np.stack([(self.matrix(a) @ right).T for a in range(len(self.values))])

    def apply_levels(self, levels: slice, right: np.ndarray) -> np.ndarray:
        """See `DenseCross.apply_levels`."""
        return np.stack([self.matrix(a)[levels] @ right for a in range(len(self.values))])

    def lift(self, left: np.ndarray, parent: np.ndarray, n_parents: int, pattern: SparseCross) -> np.ndarray:
        """See `DenseCross.lift`; the fill has the shape (b, entries of `pattern`)."""
        del n_parents
        target = self.pattern.places_in(pattern.pattern, parent)
        fill = np.empty((left.shape[1], pattern.values.shape[1]))
        for b in range(left.shape[1]):
            product: Any = sum(left[a, b][self.pattern.level] * self.values[a] for a in range(len(self.values)))
            fill[b] = np.bincount(target, product, minlength=fill.shape[1])
        return fill

    def subtract(self, fill: np.ndarray) -> SparseCross:
        """See `DenseCross.subtract`."""
        return replace(self, values=self.values - fill)

    def quadratic(self, rest: EliminatedRest) -> np.ndarray:
        """See `DenseCross.quadratic`."""
        covariance = rest.covariance()
        flat = covariance.reshape(-1)
        entry_variances = covariance.diagonal()[self.pattern.column]
        result = np.empty((len(self.values), len(self.values), self.n_levels))
        for a, b in self._lower():
            twice = entry_variances * self.values[a] * self.values[b]  # a pair of an entry with itself counts once
            lower = self._products_of(a, b) @ flat
            within = np.bincount(self.pattern.level, twice, minlength=self.n_levels)
            result[a, b] = result[b, a] = 2.0 * lower - within if a == b else lower - within
        return result

    def conditional_trace(self, weights: np.ndarray, rest: EliminatedRest) -> np.ndarray:
        """See `DenseCross.conditional_trace`."""
        half = levelwise.multiply(weights, self.quadratic(rest))
        return levelwise.sum_products(half.transpose(1, 0, 2), weights.transpose(1, 0, 2))

    def bilinear(self, other: np.ndarray) -> np.ndarray:
        """See `DenseCross.bilinear`."""
        gathered = other[:, self.pattern.level, self.pattern.column]
        result = np.empty((len(self.values), len(other), self.n_levels))
        for a, b in np.ndindex(result.shape[:2]):
            result[a, b] = np.bincount(self.pattern.level, self.values[a] * gathered[b], minlength=self.n_levels)
        return result

    def dense(self) -> np.ndarray:
        """See `DenseCross.dense`."""
        full = np.zeros((len(self.values), self.n_levels, self.pattern.m))
        full[:, self.pattern.level, self.pattern.column] = self.values
        return full


Cross = DenseCross | SparseCross


def subtract_lifted(coarse: Cross, fine: Cross, left: np.ndarray, parent: np.ndarray, n_parents: int) -> Cross:
    """Take the fill that a finer factor's block makes off a coarser factor's block; see `DenseCross.lift`.

    Raises
    ------
    TypeError
        If one block is dense and the other sparse: one chain stores its blocks in one way.
    """
    if isinstance(coarse, DenseCross) and isinstance(fine, DenseCross):
        return coarse.subtract(fine.lift(left, parent, n_parents, coarse))
    if isinstance(coarse, SparseCross) and isinstance(fine, SparseCross):
        return coarse.subtract(fine.lift(left, parent, n_parents, coarse))
    raise TypeError(f"cannot subtract a {type(fine).__name__} from a {type(coarse).__name__}")


def as_sparse(cross: Cross) -> SparseCross:
    """Return a block as the one of scattered entries that it is known to be.

    Raises
    ------
    TypeError
        If it is stored in full.
    """
    if isinstance(cross, SparseCross):
        return cross
    raise TypeError("a scattered rest needs a block of scattered entries")


def sparse_is_cheaper(entries_per_level: np.ndarray, k: int, m: int) -> bool:
    """Compare the costs of one Schur complement update with an entry list and with a dense block."""
    n_pairs = float((entries_per_level.astype(float) * (entries_per_level + 1)).sum() / 2)
    dense_flops = float(len(entries_per_level)) * k * m * m / 2
    return n_pairs * k * SECONDS_PER_PAIR < dense_flops * SECONDS_PER_FLOP
