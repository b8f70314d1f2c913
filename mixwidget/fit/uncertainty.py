"""How far x'beta + z'b may be off: prediction error variances and leverages.

With C = (X'V^-1X)^-1, N the conditional covariance of b over sigma^2 and B = G Z'V^-1 X, Henderson's equations give
var(x'beta_hat + z'b_hat - x'beta - z'b) / sigma^2 = z'N z + (x - B'z)' C (x - B'z).
Of a generalized model it is the linear predictor that may be off by so much; see `equations`.
Henderson (1975), Biometrics 31; Robinson (1991), Statist. Sci. 6(1), section 4.
"""

from __future__ import annotations

import numpy as np

from mixwidget.fit.equations import Equations, equations
from mixwidget.fit.fit import Fit, once
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.generalized_values import expanded
from mixwidget.fit.threads import one_thread
from mixwidget.fit.values import linear_predictor
from mixwidget.linalg.backward import back_substitute
from mixwidget.linalg.elimination import eliminate_columns
from mixwidget.linalg.row_variance import ChainRows, RestRows, row_variances

CHUNK_FLOATS = 4_000_000  # size of the work array for one chunk of rows that do not follow the chain


def error_variances(fit: Fit, X: np.ndarray, z: tuple[np.ndarray, ...], codes: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return the prediction error variance of x'beta + z'b over sigma squared, shape (n_new,).

    Parameters
    ----------
    fit : Fit
    X : ndarray, shape (n_new, p)
    z : tuple of ndarray, shape (n_new, k)
        Raw columns of each term.
    codes : tuple of ndarray, shape (n_new,)
        Level of each factor, -1 for none: that factor's columns are then left out.
    """
    known = equations(fit)
    standard_x = _standard(X, known.x_root)
    standard_z = [_standard(block, root) for block, root in zip(z, known.term_roots, strict=True)]
    placed = _placed(known, standard_z, codes)
    follows = _follows_the_chain(known, codes)
    among = np.empty(len(X))
    with one_thread():
        among[follows] = row_variances(known.state, *_some_rows(known, placed, codes, follows))
        among[~follows] = _other_rows(known, placed, codes, np.flatnonzero(~follows))
        remaining = standard_x
        for block, columns, code in zip(_column_modes(known), placed, codes, strict=True):
            remaining = remaining - sum(block[i][:, code].T * columns[i][:, None] for i in range(len(columns)))
        half = known.x_half @ remaining.T if X.shape[1] else np.zeros((0, len(X)))
    return among + (half * half).sum(axis=0)


@once
def leverages(fit: Fit) -> np.ndarray:
    """Return the diagonal of the matrix that maps y to the fitted values, shape (n,), as ``hatvalues`` of R.

    Of a generalized model it is the matrix of the weighted regression at the modes, as for a GLM.
    """
    rows = fit.rows
    return error_variances(fit, rows.X, rows.z, rows.codes) * information_weights(fit)


def _standard(columns: np.ndarray, root: np.ndarray) -> np.ndarray:
    return np.linalg.solve(root.T, columns.T).T if columns.shape[1] else columns


def _column_modes(known: Equations) -> list[np.ndarray]:
    """Return B of each factor: the modes that the fixed-effects columns would have as responses, (K, p, J)."""
    solved = back_substitute(known.state)
    p = len(known.x_root)
    return [modes[:, :p] for modes in known.by_factor.gathered(solved.modes, solved.rest_modes)]


def _placed(known: Equations, z: list[np.ndarray], codes: tuple[np.ndarray, ...]) -> list[np.ndarray]:
    """Return the rows' columns of each factor, shape (K, n_new), zero where a row has no level of it."""
    layout = known.layout
    placed = [np.zeros((size, len(z[0]))) for size in layout.factor_sizes]
    for term, f in enumerate(layout.term_factor):
        placed[f][layout.term_slice(term)] = np.where(codes[f] >= 0, z[term].T, 0.0)
    return placed


def _follows_the_chain(known: Equations, codes: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return which rows have levels that lie in each other as those of the fit do, where factors are nested."""
    follows = np.ones(len(codes[0]), dtype=bool)
    for position, block in enumerate(known.by_factor.blocks.chain):
        own = codes[known.by_factor.chain[position]]
        for later, ancestor in enumerate(block.ancestors, start=position + 1):
            other = codes[known.by_factor.chain[later]]
            follows &= (own < 0) | (other < 0) | (ancestor[own] == other)
    return follows


def _some_rows(
    known: Equations, placed: list[np.ndarray], codes: tuple[np.ndarray, ...], rows: np.ndarray
) -> tuple[list[ChainRows], RestRows]:
    """Return what some rows have in the columns of the chain and in the remaining ones."""
    chain = [ChainRows(placed[f][:, rows], np.maximum(codes[f][rows], 0)) for f in known.by_factor.chain]
    values, columns = [np.zeros((0, int(rows.sum())))], [np.zeros((0, int(rows.sum())), dtype=np.intp)]
    for f, place in enumerate(known.by_factor.places):
        if place is None:
            continue
        values.append(placed[f][:, rows])
        first = place.offset + place.n_levels * np.arange(place.k)[:, None]
        columns.append(first + np.maximum(codes[f][rows], 0).astype(np.intp))
    return chain, RestRows(np.concatenate(values), np.concatenate(columns))


def _other_rows(
    known: Equations, placed: list[np.ndarray], codes: tuple[np.ndarray, ...], rows: np.ndarray
) -> np.ndarray:
    """Return ``z'Nz`` of rows whose levels do not lie in each other: each carried through the elimination."""
    levels = known.n_levels
    width = sum(size * n for size, n in zip(known.layout.factor_sizes, levels, strict=True))
    step, result = max(1, CHUNK_FLOATS // max(width, 1)), np.empty(len(rows))
    for first in range(0, len(rows), step):
        some = rows[first : first + step]
        stacks = [np.zeros((len(z), len(some), n)) for z, n in zip(placed, levels, strict=True)]
        for stack, z, code in zip(stacks, placed, codes, strict=True):
            stack[:, np.arange(len(some)), np.maximum(code[some], 0)] = z[:, some]
        among, _ = eliminate_columns(known.state, *known.by_factor.scattered(stacks))
        result[first : first + step] = np.diagonal(among)
    return result


def information_weights(fit: Fit) -> np.ndarray | float:
    """Return the weight of each row in the equations, shape (n,): the prior one, times that of the moment."""
    if isinstance(fit, GeneralizedFit):
        return expanded(fit, linear_predictor(fit)).expected
    return 1.0 if fit.rows.weights is None else fit.rows.weights
