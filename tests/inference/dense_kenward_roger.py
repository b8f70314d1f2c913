"""Kenward and Roger's adjusted covariance matrix with all matrices written out."""

import numpy as np


def dense_kenward_roger(X, parts, variances):
    """Return the adjusted covariance matrix of the fixed effects where ``V = sum of variances times parts``.

    Kenward & Roger (1997), Biometrics 53, section 2, for variances that enter linearly.
    """
    inverse = np.linalg.inv(sum(v * part for v, part in zip(variances, parts, strict=True)))
    phi = np.linalg.inv(X.T @ inverse @ X)
    P = [-X.T @ inverse @ part @ inverse @ X for part in parts]
    Q = [[X.T @ inverse @ a @ inverse @ b @ inverse @ X for b in parts] for a in parts]
    projection = inverse - inverse @ X @ phi @ X.T @ inverse
    W = 2 * np.linalg.inv([[np.trace(projection @ a @ projection @ b) for b in parts] for a in parts])
    n = len(parts)
    inner = sum(W[i, j] * (Q[i][j] - P[i] @ phi @ P[j]) for i in range(n) for j in range(n))
    return phi + 2 * phi @ inner @ phi
