"""How far x'beta + z'b may be off: prediction error variances and leverages.

With C = (X'V^-1X)^-1, N the conditional covariance of b over sigma^2 and B = G Z'V^-1 X, Henderson's equations give
var(x'beta_hat + z'b_hat - x'beta - z'b) / sigma^2 = z'N z + (x - B'z)' C (x - B'z).
Henderson (1975), Biometrics 31; Robinson (1991), Statist. Sci. 6(1), section 4.
"""

from __future__ import annotations

import numpy as np

from mixwidget.engine.arrangement import Arrangement
from mixwidget.fit.solution import Solution, one_thread
from mixwidget.linalg.backward import back_substitute
from mixwidget.linalg.elimination import eliminate_columns

CHUNK_FLOATS = 4_000_000  # size of the work array for one chunk of rows


def error_variances(
    solution: Solution, X: np.ndarray, z: tuple[np.ndarray, ...], codes: tuple[np.ndarray, ...]
) -> np.ndarray:
    """Return the prediction error variance of x'beta + z'b over sigma squared, shape (n_new,).

    Parameters
    ----------
    solution : Solution
    X : ndarray, shape (n_new, p)
    z : tuple of ndarray, shape (n_new, k)
        Raw columns of each term.
    codes : tuple of ndarray, shape (n_new,)
        Level of each factor, -1 for none: that factor's columns are then left out.
    """
    arrangement = solution.optimum.arrangement
    standard_x = _standard(X, arrangement.basis.x_root)
    standard_z = [_standard(block, root) for block, root in zip(z, arrangement.basis.term_roots, strict=True)]
    width = sum(
        size * factor.n_levels
        for size, factor in zip(arrangement.layout.factor_sizes, arrangement.cross.factors, strict=True)
    )
    step = max(1, CHUNK_FLOATS // max(width, 1))
    result = np.empty(len(X))
    with one_thread():
        modes = _column_modes(solution)
        for first in range(0, len(X), step):
            rows = slice(first, min(first + step, len(X)))
            chunk = [block[rows] for block in standard_z]
            result[rows] = _chunk(solution, modes, standard_x[rows], chunk, [code[rows] for code in codes])
    return result


def leverages(solution: Solution) -> np.ndarray:
    """Return the diagonal of the matrix that maps y to the fitted values, shape (n,), as ``hatvalues`` of R."""
    design = solution.design
    z = tuple(term.z for term in design.terms)
    variances = error_variances(solution, design.X, z, tuple(factor.codes for factor in design.factors))
    return variances if design.weights is None else variances * design.weights


def _standard(columns: np.ndarray, root: np.ndarray) -> np.ndarray:
    return np.linalg.solve(root.T, columns.T).T if columns.shape[1] else columns


def _column_modes(solution: Solution) -> list[np.ndarray]:
    """Return B of each factor: the modes that the fixed-effects columns would have as responses, (K, p, J)."""
    arrangement, state = solution.optimum.arrangement, solution.optimum.evaluation.state
    solved = back_substitute(state)
    p = len(solution.estimates.beta)
    by_factor = {f: modes[:, :p] for f, modes in zip(arrangement.chain, solved.modes, strict=True)}
    for f, place in zip(arrangement.rest, arrangement.blocks.rest_factors, strict=True):
        block = solved.rest_modes[place.columns, :p]
        by_factor[f] = block.reshape(place.k, place.n_levels, p).transpose(0, 2, 1)
    return [by_factor[f] for f in range(len(by_factor))]


def _chunk(
    solution: Solution, modes: list[np.ndarray], X: np.ndarray, z: list[np.ndarray], codes: list[np.ndarray]
) -> np.ndarray:
    arrangement, evaluation = solution.optimum.arrangement, solution.optimum.evaluation
    placed = _placed(arrangement, z, codes)
    panels = [placed[f] for f in arrangement.chain]
    flat = [placed[f].transpose(0, 2, 1).reshape(-1, len(X)) for f in arrangement.rest]
    rest_right = np.concatenate([np.zeros((0, len(X))), *flat])
    among, _ = eliminate_columns(evaluation.state, panels, rest_right)
    remaining = X
    for f, block in enumerate(modes):
        remaining = remaining - np.einsum("kpj,knj->np", block, placed[f], optimize=True)
    half = evaluation.x_inverse @ remaining.T if X.shape[1] else np.zeros((0, len(X)))
    return np.diagonal(among) + (half * half).sum(axis=0)


def _placed(arrangement: Arrangement, z: list[np.ndarray], codes: list[np.ndarray]) -> list[np.ndarray]:
    """Return the rows of Z as stacks (K, n_new, J) for each factor."""
    layout = arrangement.layout
    placed = [
        np.zeros((size, len(z[0]), factor.n_levels))
        for size, factor in zip(layout.factor_sizes, arrangement.cross.factors, strict=True)
    ]
    for term, f in enumerate(layout.term_factor):
        known = np.flatnonzero(codes[f] >= 0)
        place = layout.term_slice(term)
        placed[f][place, known, codes[f][known]] = z[term][known].T
    return placed
