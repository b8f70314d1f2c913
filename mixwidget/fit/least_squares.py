"""A linear model without random effects, by least squares: of least length where columns determine each other."""

from __future__ import annotations

import numpy as np

from mixwidget.fit.plain_glm import SPACE_RTOL, Glm


def least_squares(X: np.ndarray, y: np.ndarray, weights: np.ndarray) -> Glm:
    """Fit a linear model, whose estimate always exists: what the rows do not determine, `Glm.knows` tells.

    Parameters
    ----------
    X : ndarray, shape (n, p)
    y, weights : ndarray, shape (n,)

    Examples
    --------
    >>> X = np.column_stack([np.ones(3), [0.0, 1.0, 2.0]])
    >>> least_squares(X, np.array([1.0, 3.0, 5.0]), np.ones(3)).beta.round(9).tolist()
    [1.0, 2.0]
    >>> one_row = least_squares(X[:1], np.array([1.0]), np.ones(1))
    >>> one_row.knows(X).tolist()
    [True, False, False]
    """
    half = np.sqrt(weights)
    left, sizes, axes = np.linalg.svd(half[:, None] * X, full_matrices=False)
    rank = int((sizes > SPACE_RTOL * sizes.max(initial=0.0)).sum())
    space = axes[:rank]
    return Glm(space.T @ ((half * y) @ left[:, :rank] / sizes[:rank]), space, has_ended=True)
