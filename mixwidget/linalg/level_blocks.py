"""Conditional covariances of single levels where the Schur complement is solved by iterations.

With ``M = I + E`` as in `iterative_rest`, ``M^-1 = I - E + E M^-1 E`` and E has no blocks on its diagonal: a block of
the inverse is ``I + (E^2) + (E (M^-1 - I) E)`` of its level: the first two are exact, the last is estimated by probes p
from both its sides, ``E p`` and ``E (M^-1 - I) p``, whose product has an error as large as itself, and not as E. Bekas,
Kokiopoulou & Saad (2007), Appl. Numer. Math. 57(11), for diagonals by probes. Levels can be solved for exactly too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse

from mixwidget.linalg import levelwise
from mixwidget.linalg.iterative_rest import IterativeRest
from mixwidget.linalg.rest import RestFactor
from mixwidget.linalg.scattered import multiply_blocks, sandwiched_blocks

COLUMNS = 64  # that are solved at once


class LevelBlocks(NamedTuple):
    """A block for each level with the standard error of each of its elements, shapes (k, k, J)."""

    values: np.ndarray
    errors: np.ndarray


def own_blocks(rest: IterativeRest) -> list[LevelBlocks]:
    """Return the conditional covariance ``Lambda S^-1 Lambda'`` of each level of each remaining factor, estimated."""
    probes = rest.probed()
    after = multiply_blocks(rest.factors, rest.root, probes.beyond, transposed=True)  # (M^-1 - I) p
    moved = rest.normalised(probes.p) - probes.p  # E p, and E (M^-1 - I) p is -(E p) - after
    squares, n, result = rest.squared_rows(), rest.method.n_probes, list[LevelBlocks]()
    for factor, inverse, template in zip(rest.factors, rest.inverse_root, rest.templates, strict=True):
        left, right = factor.by_level(moved), factor.by_level(after)
        found = _zeros(factor), _zeros(factor)
        for a, b in np.ndindex(factor.k, factor.k):
            if a == b:
                value, found[1][a, a] = _product(left[a], -right[a] - left[a], probes.weights, n)
                exact = 1.0 + squares[factor.columns].reshape(factor.k, -1)[a]
                found[0][a, a] = np.maximum(1.0, exact + value)  # D holds the others at zero, so that it is too small
            else:
                found[0][a, b], found[1][a, b] = _mixed(left, -right, (a, b), probes.weights, n)
        half = levelwise.right_multiply(inverse, template.T)
        result.append(LevelBlocks(_sandwiched(half, found[0]), _sandwiched(np.abs(half), found[1])))
    return result


def chain_blocks(rest: IterativeRest, blocks: list[sparse.csr_matrix]) -> LevelBlocks:
    """Return ``C_j Lambda S^-1 Lambda' C_j'`` of each level, for C (J, m) of each of k columns, estimated."""
    x, y = rest.in_columns()
    weights, n = rest.probed().weights, rest.method.n_probes
    left, right = (np.stack([(each @ columns).T for each in blocks]) for columns in (x, y))
    exact = sandwiched_blocks(blocks, rest.block_covariance())
    values, errors = np.empty_like(exact), np.empty_like(exact)
    for a, b in np.ndindex(exact.shape[:2]):
        values[a, b], errors[a, b] = _mixed(left, right, (a, b), weights, n)
    return LevelBlocks(exact + values, errors)


def solved_own_blocks(rest: IterativeRest, factor: RestFactor, levels: np.ndarray) -> np.ndarray:
    """Return the blocks of `own_blocks` of some levels exactly, shape (k, k, levels)."""
    result = np.empty((factor.k, factor.k, len(levels)))
    for part in _parts(len(levels), factor.k):
        mine = levels[part]
        places = factor.offset + mine + factor.n_levels * np.arange(factor.k)[:, None]
        columns = np.zeros((len(rest.right), places.size))
        columns[places.ravel(), np.arange(places.size)] = 1.0
        solved = rest.back(rest.half(columns)).reshape(-1, factor.k, len(mine))
        result[:, :, part] = solved[places[:, None, :], np.arange(factor.k)[:, None], np.arange(len(mine))]
    return result


def solved_chain_blocks(rest: IterativeRest, blocks: list[sparse.csr_matrix], levels: np.ndarray) -> np.ndarray:
    """Return the blocks of `chain_blocks` of some levels exactly, shape (k, k, levels)."""
    k = len(blocks)
    result = np.empty((k, k, len(levels)))
    for part in _parts(len(levels), k):
        rows = np.stack([each[levels[part].copy()].toarray() for each in blocks])  # (k, levels, m)
        solved = rest.back(rest.half(rows.reshape(-1, rows.shape[2]).T)).T.reshape(rows.shape)
        result[:, :, part] = np.einsum("ajm,bjm->abj", rows, solved, optimize=False)
    return result


def work_of_a_column(rest: IterativeRest) -> float:
    """Return about how many multiplications the exact solution for one column takes."""
    n_entries = rest.scaled.direct.nnz + 2 * rest.scaled.blocks.nnz
    return float(max(n_entries, 1)) * float(rest.probed().solved.counts.max(initial=1))


def _product(left: np.ndarray, right: np.ndarray, weights: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return weighted sums of products of draws, shapes (probes, J), with their standard errors from the first n.

    Those are of products of Gaussian numbers with the moments that are seen, since the spread of a few products, whose
    tails are long, is too small for many levels.
    """
    values, first = weights @ (left * right), slice(n)
    squares = (left[first] ** 2).mean(axis=0) * (right[first] ** 2).mean(axis=0)
    return values, np.sqrt((squares + (left[first] * right[first]).mean(axis=0) ** 2) / n)


def _mixed(
    left: np.ndarray, right: np.ndarray, columns: tuple[int, int], weights: np.ndarray, n: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of the `_product` of two columns and of that with their sides changed, shapes (k, probes, J)."""
    a, b = columns
    (one, one_error), (other, other_error) = (_product(left[i], right[j], weights, n) for i, j in ((a, b), (b, a)))
    return 0.5 * (one + other), 0.5 * (one_error + other_error)


def _sandwiched(half: np.ndarray, blocks: np.ndarray) -> np.ndarray:
    return levelwise.multiply_transposed(half, levelwise.multiply(blocks, half))


def _zeros(factor: RestFactor) -> np.ndarray:
    return np.zeros((factor.k, factor.k, factor.n_levels))


def _parts(n_levels: int, k: int) -> list[slice]:
    size = max(1, COLUMNS // k)
    return [slice(first, min(first + size, n_levels)) for first in range(0, n_levels, size)]
