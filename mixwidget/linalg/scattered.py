"""What the two ways to solve scattered remaining columns have in common: matrices by level, and sums over them."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from mixwidget.linalg.cross import SparseCross
from mixwidget.linalg.rest import RestFactor


def level_matrices(cross: SparseCross) -> list[sparse.csr_matrix]:
    """Return the block of each column of a chain factor with the remaining columns, shape (J, m)."""
    return [cross.matrix(a) for a in range(len(cross.values))]


def stacked(crosses: list[SparseCross], m: int) -> sparse.csr_matrix:
    """Return all blocks with the remaining columns one below the other, with m columns."""
    matrices = [matrix for cross in crosses for matrix in level_matrices(cross)]
    if len(matrices) == 1:
        return matrices[0]
    return sparse.csr_matrix(sparse.vstack(matrices)) if matrices else sparse.csr_matrix((0, m))


def block_diagonal(factors: tuple[RestFactor, ...], blocks: list[np.ndarray]) -> sparse.csr_matrix:
    """Return the matrix of one block for each level, shapes (k, k, J) of each factor: (m, m)."""
    rows, columns, values = [], [], []
    for factor, stack in zip(factors, blocks, strict=True):
        levels = factor.offset + np.arange(factor.n_levels)
        for a, b in np.ndindex(factor.k, factor.k):
            rows.append(levels + a * factor.n_levels)
            columns.append(levels + b * factor.n_levels)
            values.append(stack[a, b])
    m = factors[-1].columns.stop
    places = np.concatenate(rows), np.concatenate(columns)
    return sparse.csr_matrix((np.concatenate(values), places), (m, m))


def repeated(factors: tuple[RestFactor, ...], templates: tuple[np.ndarray, ...]) -> sparse.csr_matrix:
    """Return Lambda of the templates, shape (m, m)."""
    blocks = [np.repeat(t[:, :, None], f.n_levels, axis=2) for f, t in zip(factors, templates, strict=True)]
    return block_diagonal(factors, blocks)


def multiply_blocks(
    factors: tuple[RestFactor, ...], blocks: list[np.ndarray], matrix: np.ndarray, *, transposed: bool = False
) -> np.ndarray:
    """Multiply a matrix (m, c) from the left by one block for each level, shapes (k, k, J) of each factor."""
    result = np.zeros_like(matrix)
    for factor, stack in zip(factors, blocks, strict=True):
        given = matrix[factor.columns].reshape(factor.k, factor.n_levels, -1)
        made = result[factor.columns].reshape(factor.k, factor.n_levels, -1)
        for a, b in np.ndindex(factor.k, factor.k):
            made[a] += (stack[b, a] if transposed else stack[a, b])[:, None] * given[b]
    return result


def diagonal_blocks(factor: RestFactor, matrix: sparse.csr_matrix) -> np.ndarray:
    """Return the blocks of a matrix (m, m) that belong to one level each, shape (k, k, J)."""
    found = np.empty((factor.k, factor.k, factor.n_levels))
    levels = factor.offset + np.arange(factor.n_levels)
    for a, b in np.ndindex(factor.k, factor.k):
        found[a, b] = entries_at(matrix, levels + a * factor.n_levels, levels + b * factor.n_levels)
    return found


def entries_at(matrix: sparse.csr_matrix, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return some entries of a matrix."""
    found: Any = matrix[rows.copy(), columns.copy()]  # scipy sets flags of what it gets, which unpickled arrays refuse
    return np.asarray(found).reshape(-1)


def symmetric(rows: np.ndarray, columns: np.ndarray, lower: np.ndarray, m: int) -> sparse.csr_matrix:
    """Return the symmetric matrix (m, m) of which the lower triangle is given."""
    apart = rows != columns
    places = np.append(rows, columns[apart]), np.append(columns, rows[apart])
    return sparse.csr_matrix((np.append(lower, lower[apart]), places), (m, m))


def sandwiched_sum(weighted: list[sparse.csr_matrix], matrix: sparse.csr_matrix) -> np.ndarray:
    """Return the sum over levels of ``D_j N D_j'`` for D (J, m) of each of k columns, shape (k, k)."""
    halves: list[Any] = [each @ matrix for each in weighted]
    return np.array([[float(half.multiply(other).sum()) for other in weighted] for half in halves])


def sandwiched_blocks(blocks: list[sparse.csr_matrix], matrix: sparse.csr_matrix) -> np.ndarray:
    """Return ``C_j N C_j'`` of each level for C (J, m) of each of k columns, shape (k, k, J)."""
    halves: list[Any] = [each @ matrix for each in blocks]
    return np.array([[np.asarray(half.multiply(other).sum(axis=1)).reshape(-1) for other in blocks] for half in halves])
