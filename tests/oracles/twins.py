"""Dense twins of the engine: the textbook formulas on n x n matrices, short enough to be read beside the paper.

Every function takes the arrays of a model and one *relative* covariance matrix for each term (covariance over sigma
squared, in the user's units); V = R + Z G Z' with R the inverse of the prior weights. Bates, Mächler, Bolker & Walker
(2015), J. Stat. Softw. 67(1); Searle, Casella & McCulloch (1992), Variance Components, chapter 6.
"""

from __future__ import annotations

import numpy as np


def residual_covariance(arrays):
    """Return R over sigma squared: the inverse prior weights on the diagonal."""
    n = len(arrays.y)
    return np.eye(n) if arrays.weights is None else np.diag(1.0 / arrays.weights)


def term_columns(arrays, term):
    """Return Z of one term in full, (n, J * k): all columns of the first level, then of the second, ..."""
    factor = arrays.factors[arrays.terms[term].factor]
    indicator = np.eye(factor.n_levels)[factor.codes]
    return np.einsum("nj,nk->njk", indicator, arrays.terms[term].z).reshape(len(arrays.y), -1)


def spread(arrays, term, matrix):
    """Return ``Z (I kron matrix) Z'`` of one term."""
    factor = arrays.factors[arrays.terms[term].factor]
    z = arrays.terms[term].z
    return (z @ matrix @ z.T) * (factor.codes[:, None] == factor.codes[None])


def marginal_covariance(arrays, covariances):
    """Return V over sigma squared."""
    return residual_covariance(arrays) + sum(spread(arrays, t, cov) for t, cov in enumerate(covariances))


def projection(arrays, V):
    """Return ``P = V^-1 - V^-1 X (X'V^-1X)^-1 X'V^-1``."""
    inverse = np.linalg.inv(V)
    if arrays.X.shape[1] == 0:
        return inverse
    weighted = inverse @ arrays.X
    return inverse - weighted @ np.linalg.solve(arrays.X.T @ weighted, weighted.T)


def degrees(arrays, *, reml):
    """Return n - p, or n under maximum likelihood."""
    return len(arrays.y) - (arrays.X.shape[1] if reml else 0)


def criterion(arrays, covariances, *, reml):
    """Return the REML criterion, or -2 log-likelihood, profiled over beta and sigma."""
    V = marginal_covariance(arrays, covariances)
    root = np.linalg.cholesky(V)
    X, y = np.linalg.solve(root, arrays.X), np.linalg.solve(root, arrays.y)
    residual = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    df = degrees(arrays, reml=reml)
    value = 2.0 * np.log(np.diagonal(root)).sum() + df * (1.0 + np.log(2.0 * np.pi * (residual @ residual) / df))
    return value + (np.linalg.slogdet(X.T @ X)[1] if reml else 0.0)


def unprofiled_criterion(arrays, covariances, sigma2, *, reml):
    """Return the criterion at a given residual variance, profiled over beta only."""
    V = marginal_covariance(arrays, covariances)
    df = degrees(arrays, reml=reml)
    r2 = arrays.y @ projection(arrays, V) @ arrays.y
    value = np.linalg.slogdet(V)[1] + df * np.log(2.0 * np.pi * sigma2) + r2 / sigma2
    return value + (np.linalg.slogdet(arrays.X.T @ np.linalg.solve(V, arrays.X))[1] if reml else 0.0)


def slopes(arrays, covariances, *, reml):
    """Return the derivative D of the criterion with respect to each factor's covariance matrix, all terms together.

    D is the sum over levels of the diagonal blocks of ``Z'PZ`` (``Z'V^-1Z`` under ML) less ``df/r2 Z'Pyy'PZ``.
    """
    V = marginal_covariance(arrays, covariances)
    P = projection(arrays, V)
    Py = P @ arrays.y
    middle = (P if reml else np.linalg.inv(V)) - degrees(arrays, reml=reml) / (arrays.y @ Py) * np.outer(Py, Py)
    result = []
    for f, factor in enumerate(arrays.factors):
        z = np.column_stack([term.z for term in arrays.terms if term.factor == f])
        result.append(z.T @ (middle * (factor.codes[:, None] == factor.codes[None])) @ z)
    return result


def average_information(arrays, covariances, directions):
    """Return ``y'P V_i P V_j P y`` and ``y'P V_i P y``.

    `directions` holds for each parameter its term and the derivative of that term's covariance matrix.
    """
    P = projection(arrays, marginal_covariance(arrays, covariances))
    Py = P @ arrays.y
    columns = np.column_stack([spread(arrays, term, direction) @ Py for term, direction in directions])
    return columns.T @ P @ columns, columns.T @ Py


def fixed_effects(arrays, covariances, *, reml):
    """Return beta, its covariance matrix and sigma."""
    V = marginal_covariance(arrays, covariances)
    r2 = arrays.y @ projection(arrays, V) @ arrays.y
    sigma = np.sqrt(r2 / degrees(arrays, reml=reml))
    information = arrays.X.T @ np.linalg.solve(V, arrays.X)
    beta = np.linalg.solve(information, arrays.X.T @ np.linalg.solve(V, arrays.y))
    return beta, sigma**2 * np.linalg.inv(information), sigma


def conditional_modes(arrays, covariances):
    """Return ``G Z'V^-1 (y - X beta)`` of each term, (J, k)."""
    Py = projection(arrays, marginal_covariance(arrays, covariances)) @ arrays.y
    return [(term_columns(arrays, t).T @ Py).reshape(-1, len(cov)) @ cov for t, cov in enumerate(covariances)]


def conditional_covariance(arrays, covariances, term, other):
    """Return ``G - G Z'V^-1 Z G`` over sigma squared between two terms of a factor, each level: (J, k, k_other)."""
    n_levels = arrays.factors[arrays.terms[term].factor].n_levels
    G, H = (np.kron(np.eye(n_levels), covariances[t]) for t in (term, other))
    V = marginal_covariance(arrays, covariances)
    full = -G @ term_columns(arrays, term).T @ np.linalg.solve(V, term_columns(arrays, other)) @ H
    k, k_other = len(covariances[term]), len(covariances[other])
    blocks = full.reshape(n_levels, k, n_levels, k_other)
    stack = np.array([blocks[j, :, j] for j in range(n_levels)])
    return stack + covariances[term] if term == other else stack


def leverages(arrays, covariances):
    """Return the diagonal of the matrix that maps y to the fitted values: ``I - R P``."""
    P = projection(arrays, marginal_covariance(arrays, covariances))
    return 1.0 - np.diagonal(residual_covariance(arrays)) * np.diagonal(P)


def prediction_error_variance(arrays, covariances, x, rows):
    """Return the variance of ``c'y - x'beta - z'b`` over sigma squared, from the definition of c and nothing else.

    Parameters
    ----------
    x : ndarray, shape (p,)
    rows : list of (level or None, ndarray of shape (k,))
        For each term the level (None: a level without data) and the entries of z there.
    """
    V = marginal_covariance(arrays, covariances)
    P = projection(arrays, V)
    weights = np.zeros(len(V))  # c
    covariance = np.zeros(len(V))  # of y with z'b
    own = 0.0  # the variance of z'b
    for t, (level, z) in enumerate(rows):
        own += z @ covariances[t] @ z
        if level is not None:
            codes = arrays.factors[arrays.terms[t].factor].codes
            covariance += (arrays.terms[t].z @ covariances[t] @ z) * (codes == level)
    weights = P @ covariance
    if len(x):
        weighted = np.linalg.solve(V, arrays.X)
        weights = weights + weighted @ np.linalg.solve(arrays.X.T @ weighted, x)
    return weights @ V @ weights - 2.0 * weights @ covariance + own


def satterthwaite_df(arrays, templates, sigma, contrasts, *, reml, step=1e-4):
    """Return Satterthwaite's df by differences: of the criterion in (theta, sigma), and of the contrasts' variances.

    `templates` are lower triangular in units in which theta and sigma are of the order of one.
    """
    sizes = [len(t) for t in templates]
    start = np.concatenate([*(t[np.tril_indices(len(t))] for t in templates), [sigma]])

    def unpack(parameters):
        covariances, first = [], 0
        for k in sizes:
            t = np.zeros((k, k))
            t[np.tril_indices(k)] = parameters[first : first + k * (k + 1) // 2]
            first += k * (k + 1) // 2
            covariances.append(t @ t.T)
        return covariances, parameters[-1] ** 2

    def value(parameters):
        covariances, sigma2 = unpack(parameters)
        return unprofiled_criterion(arrays, covariances, sigma2, reml=reml)

    def variances(parameters):
        covariances, sigma2 = unpack(parameters)
        V = marginal_covariance(arrays, covariances)
        vcov = sigma2 * np.linalg.inv(arrays.X.T @ np.linalg.solve(V, arrays.X))
        return np.einsum("mp,pq,mq->m", contrasts, vcov, contrasts)

    steps = step * np.eye(len(start))
    gradient = np.array([(variances(start + e) - variances(start - e)) / (2 * step) for e in steps]).T
    hessian = np.array(
        [
            [value(start + d + e) - value(start + d - e) - value(start - d + e) + value(start - d - e) for e in steps]
            for d in steps
        ]
    ) / (4 * step**2)
    of_variance = np.einsum("mi,ij,mj->m", gradient, 2.0 * np.linalg.inv(hessian), gradient)
    return 2.0 * variances(start) ** 2 / of_variance
