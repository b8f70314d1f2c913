"""The standardised basis in which a model is fitted, and the way back to the user's units.

X = Xs Rx with Xs'Xs = n I, and Z = Zs R for every term with a full covariance matrix; both are equivalent models.
The response is replaced by its scaled least-squares residual, which changes no likelihood ratio (V^-1 projections
annihilate X). So shifts and scales of predictors and response leave the optimisation untouched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mixwidget.engine.sums.cross_products import CrossProducts
from mixwidget.errors import FitError
from mixwidget.linalg.euclidean import euclidean
from mixwidget.linalg.triangle import upper_triangle

DEPENDENT_RTOL = 1e-12  # rounding in the pool; columns far from zero keep a remainder well above it
EXACT_FIT_RTOL = 1e-18  # residual share of the sum of squares that cannot be told from rounding of the response


@dataclass(frozen=True, slots=True)
class Basis:
    """Coordinates of the standardised columns in the pool, and the triangles that lead back.

    Attributes
    ----------
    terms : tuple of ndarray, shape (c, k)
        Pool coordinates of the standardised columns of each term.
    term_roots : tuple of ndarray, shape (k, k)
        R, upper triangular: raw columns = standardised columns @ R.
    X : ndarray, shape (c, p)
    x_root : ndarray, shape (p, p)
    x_logdet : float
        ``2 log |Rx|``.
    y : ndarray, shape (c,)
        Pool coordinates of the scaled residual.
    y_scale : float
        Its unit, in units of the response.
    ols : ndarray, shape (p,)
        Least-squares coefficients of the response on the standardised columns, in units of the response.
    dependent : tuple of (int, int)
        Term and position of columns that are zero or that the columns before them in their term determine.
    gram_root : ndarray, shape (c - 1, c - 1)
        A root of the pool's mean products without the response.
    """

    terms: tuple[np.ndarray, ...]
    term_roots: tuple[np.ndarray, ...]
    X: np.ndarray
    x_root: np.ndarray
    x_logdet: float
    y: np.ndarray
    y_scale: float
    ols: np.ndarray
    dependent: tuple[tuple[int, int], ...]
    gram_root: np.ndarray


def standard_basis(cross: CrossProducts, known: Basis | None = None) -> Basis:
    """Choose the standardised basis of a model.

    Parameters
    ----------
    cross : CrossProducts
    known : Basis, optional
        That of a model with the same rows, fixed effects and response but other terms: spares half of the work.

    Raises
    ------
    FitError
        If the fixed effects reproduce the response exactly.
    """
    fixed = _fixed_basis(cross) if known is None else known
    standardised = [_orthonormal(term, fixed.gram_root) for term in cross.terms]
    return replace(
        fixed,
        terms=tuple(columns for columns, _, _ in standardised),
        term_roots=tuple(root for _, root, _ in standardised),
        dependent=tuple((term, column) for term, (_, _, found) in enumerate(standardised) for column in found),
    )


def with_response(basis: Basis, cross: CrossProducts) -> Basis:
    """Return the basis of the same columns with another response, that of the sums.

    Raises
    ------
    FitError
        If the fixed effects reproduce the response exactly.
    """
    y, y_scale, ols = _scaled_residual(cross, basis.X)
    return replace(basis, y=y, y_scale=y_scale, ols=ols)


def _scaled_residual(cross: CrossProducts, X: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
    """Return `y`, `y_scale` and `ols` of `Basis` for standardised columns."""
    y, ols = cross.y, np.zeros(X.shape[1])
    for _ in range(2):  # the second pass removes the rounding of the first
        step = X.T @ (cross.total @ y) / cross.n
        ols = ols + step
        y = y - X @ step
    residual = float(y @ cross.total @ y)
    varying = np.append(0.0, cross.y[1:])
    if residual <= EXACT_FIT_RTOL * float(varying @ cross.total @ varying):
        raise FitError("the fixed effects reproduce the response exactly: no variance is left to estimate")
    y_scale = float(np.sqrt(residual / cross.n))
    return y / y_scale, y_scale, ols


def _fixed_basis(cross: CrossProducts) -> Basis:
    """Return the basis without terms."""
    values, vectors = np.linalg.eigh(cross.total[:-1, :-1] / cross.n)
    gram_root = np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
    x_columns, x_root, _ = _orthonormal(cross.X, gram_root)
    y, y_scale, ols = _scaled_residual(cross, x_columns)
    return Basis(
        terms=(),
        term_roots=(),
        X=x_columns,
        x_root=x_root,
        x_logdet=2.0 * float(np.log(x_root.diagonal()).sum()),
        y=y,
        y_scale=y_scale,
        ols=ols,
        dependent=(),
        gram_root=gram_root,
    )


def _orthonormal(coordinates: np.ndarray, gram_root: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Return standardised coordinates, R and the dependent columns; a dependent set is scaled only."""
    if coordinates.shape[1] == 0:
        return coordinates, np.zeros((0, 0)), []
    if coordinates.shape[1] == 1:
        norm = euclidean(gram_root @ coordinates[:-1, 0])
        return coordinates / (norm or 1.0), np.array([[norm or 1.0]]), [] if norm else [0]
    centred, shifts = _without_constant(coordinates)
    columns = gram_root @ centred[:-1]
    norms = np.sqrt((columns * columns).sum(axis=0))
    root = upper_triangle(columns)
    root = root * np.where(np.diagonal(root) < 0, -1.0, 1.0)[:, None]
    left = np.zeros(len(norms))
    left[: len(root)] = np.diagonal(root)
    dependent = np.flatnonzero(left <= DEPENDENT_RTOL * norms).tolist()
    if dependent:
        norms = np.sqrt(((gram_root @ coordinates[:-1]) ** 2).sum(axis=0))
        norms[norms == 0.0] = 1.0
        return coordinates / norms, np.diag(norms), dependent
    return np.linalg.solve(root.T, centred.T).T, root @ shifts, []


def _without_constant(coordinates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take the means off the columns after a constant one, exactly: coordinates = result @ shifts.

    Otherwise a column far from zero would lose the digits of its variation in the QR factorisation.
    """
    shifts = np.eye(coordinates.shape[1])
    if coordinates[0, 0] == 0.0 or coordinates[1:, 0].any():
        return coordinates, shifts
    shifts[0, 1:] = coordinates[0, 1:] / coordinates[0, 0]
    centred = coordinates.copy()
    centred[0, 1:] = 0.0
    return centred, shifts
