"""Columns that others determine, found in R's order and dropped as R's ``lm`` does."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

RANK_RTOL = 1e-7  # as R's lm(): a column is aliased if less than this share of it is left after the others
ROUNDING = 16 * np.finfo(np.float64).eps  # what is left below this share of the raw column is rounding
_CLEAR = 1e-4  # squared share left above which the cross products alone decide; their own error is about 1e-13
_CHUNK = 1 << 16  # rows centred at a time, so that no second matrix is held


def independent_columns(X: np.ndarray, *, has_intercept: bool) -> np.ndarray:
    """Return which columns are kept: each one that those before it do not determine.

    Unlike R, a column is compared after centring and with its *centred* norm, so that a predictor far from
    zero (``1e5 + 1e-4 * Days``, years) is not called a multiple of the intercept; a constant column is.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Finite.
    has_intercept : bool
        Whether the first column is the intercept.

    Returns
    -------
    ndarray of bool, shape (p,)
    """
    if X.shape[1] == 0 or (has_intercept and X.shape[1] == 1):
        return np.ones(X.shape[1], dtype=bool)
    means = X.mean(axis=0)
    if X.shape[0] > X.shape[1] and _is_clearly_full(X, means, has_intercept):
        return np.ones(X.shape[1], dtype=bool)
    return _in_turn(X, means, has_intercept)


def determined_by(kept: np.ndarray, dropped: np.ndarray) -> np.ndarray:
    """Return how dropped columns are made of the kept ones, shape (p, n_dropped)."""
    size = np.linalg.norm(kept, axis=0)
    return np.linalg.lstsq(kept / size, dropped, rcond=None)[0] / size[:, None]


def _is_clearly_full(X: np.ndarray, means: np.ndarray, has_intercept: bool) -> bool:
    """Whether the Cholesky factor of the centred cross products leaves no doubt, as for almost all data."""
    shift = means if has_intercept else np.zeros_like(means)
    start = 1 if has_intercept else 0
    p = X.shape[1] - start
    products = np.zeros((p, p))
    for row in range(0, len(X), _CHUNK):
        centred = X[row : row + _CHUNK, start:] - shift[start:]
        products += centred.T @ centred
    norms = np.sqrt(np.diagonal(products))
    if not np.all(norms > 1e6 * ROUNDING * np.abs(means[start:]) * np.sqrt(len(X))):
        return False
    try:
        factor = np.linalg.cholesky(products / np.outer(norms, norms))
    except np.linalg.LinAlgError:
        return False
    return bool(np.diagonal(factor).min() ** 2 > _CLEAR)


def independent_in_basis(columns: np.ndarray, *, has_intercept: bool) -> np.ndarray:
    """Return which columns are kept, as `independent_columns`, from their coordinates.

    Parameters
    ----------
    columns : ndarray, shape (c, p)
        In a basis of orthogonal columns of one length, the first of which is constant.
    has_intercept : bool
        Whether the first column is the intercept.
    """
    centred = np.vstack([np.zeros(columns.shape[1]), columns[1:]])
    starts = [column if has_intercept and j > 0 else columns[:, j] for j, column in enumerate(centred.T)]
    return _sequential(starts, np.linalg.norm(columns, axis=0), np.linalg.norm(centred, axis=0), len(columns))


def _in_turn(X: np.ndarray, means: np.ndarray, has_intercept: bool) -> np.ndarray:
    raw, centred = np.linalg.norm(X, axis=0), [np.linalg.norm(X[:, j] - means[j]) for j in range(X.shape[1])]
    starts = (X[:, j] - means[j] if has_intercept and j > 0 else X[:, j].copy() for j in range(X.shape[1]))
    return _sequential(starts, raw, np.array(centred), len(X))


def _sequential(starts: Iterable[np.ndarray], raw: np.ndarray, centred: np.ndarray, n: int) -> np.ndarray:
    """Gram-Schmidt, twice for each column, in the order of the columns."""
    p = len(raw)
    kept = np.zeros(p, dtype=bool)
    basis = np.empty((n, min(n, p)), order="F")
    n_kept = 0
    for j, start in enumerate(starts):
        rest = start
        for _ in range(2):
            rest = rest - basis[:, :n_kept] @ (basis[:, :n_kept].T @ rest)
        left = np.linalg.norm(rest)
        if left > max(RANK_RTOL * centred[j], ROUNDING * raw[j]) and n_kept < n:
            kept[j] = True
            basis[:, n_kept] = rest / left
            n_kept += 1
    return kept
