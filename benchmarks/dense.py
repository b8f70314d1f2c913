"""A linear mixed model fitted by brute force: the criterion from its definition, scipy's L-BFGS from random starts.

It shares nothing with mixwidget's engine, not even the reading of the formula, and is the judge of
`benchmarks.global_optimum`. V = I + sum over terms of Z G Z' is formed for every block of rows that no grouping factor
ties to others; with ``r2 = y'Py`` the criterion is ``log|V| [+ log|X'V^-1 X|] + df (1 + log(2 pi r2 / df))``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

OPTIONS = {"maxiter": 400, "maxfun": 600, "ftol": 1e-12, "gtol": 1e-6}
SAME = 1e-3  # criterion units: ends nearer than this are one minimum
PUSHES = 3  # from a minimum, each of which must lead back to it
PUSH = 0.1  # of the size of theta
FAILED = 1e10  # what the optimiser sees where the criterion is not finite


@dataclass(frozen=True)
class Dense:
    """A model in blocks of rows, padded with zeros to the largest.

    Attributes
    ----------
    y : ndarray, shape (B, m)
    X : ndarray, shape (B, m, p)
        Orthonormal columns.
    M : ndarray, shape (pairs, B * m * m)
        dV / dG for each pair of columns of each term.
    sizes : tuple of int
        Columns of each term.
    n : int
    x_logdet : float
        log|X'X| of the columns as they were given.
    reml : bool
    """

    y: np.ndarray
    X: np.ndarray
    M: np.ndarray
    sizes: tuple[int, ...]
    n: int
    x_logdet: float
    reml: bool

    @property
    def n_theta(self):
        return sum(k * (k + 1) // 2 for k in self.sizes)

    def templates(self, theta):
        first, found = 0, []
        for k in self.sizes:
            T = np.zeros((k, k))
            T[np.tril_indices(k)] = theta[first : first + k * (k + 1) // 2]
            first += k * (k + 1) // 2
            found.append(T)
        return found

    def criterion(self, theta):
        """Return the criterion and its gradient in the lower triangles of all templates."""
        B, m, p = self.X.shape
        templates = self.templates(theta)
        G = np.concatenate([(T @ T.T)[np.tril_indices(len(T))] for T in templates])
        V = (G @ self.M).reshape(B, m, m) + np.eye(m)
        try:
            L = np.linalg.cholesky(V)
            inverse = np.linalg.inv(V)
            VX, Vy = inverse @ self.X, (inverse @ self.y[:, :, None])[:, :, 0]
            XVX = self.X.reshape(-1, p).T @ VX.reshape(-1, p)
            C = np.linalg.inv(XVX)
            beta = C @ (self.X.reshape(-1, p).T @ Vy.ravel())
            s = Vy - VX @ beta
            r2 = float(self.y.ravel() @ s.ravel())
            df = self.n - p if self.reml else self.n
            value = 2.0 * np.log(np.diagonal(L, axis1=1, axis2=2)).sum() + df * (1.0 + np.log(2.0 * np.pi * r2 / df))
            if self.reml:
                value += np.linalg.slogdet(XVX)[1] + self.x_logdet
        except np.linalg.LinAlgError:
            return FAILED, np.zeros(len(theta))
        if not np.isfinite(value):
            return FAILED, np.zeros(len(theta))
        slopes = inverse - (df / r2) * s[:, :, None] * s[:, None, :]
        if self.reml:
            slopes = slopes - VX @ C @ VX.transpose(0, 2, 1)
        by_G, gradient, first = self.M @ slopes.ravel(), [], 0
        for T in templates:
            k = len(T)
            lower = np.tril_indices(k)
            own = np.zeros((k, k))
            own[lower] = by_G[first : first + len(lower[0])] * np.where(lower[0] == lower[1], 1.0, 0.5)
            first += len(lower[0])
            symmetric = own + np.tril(own, -1).T
            gradient.append((2.0 * symmetric @ T)[lower])
        return float(value), np.concatenate(gradient)

    def beta(self, theta):
        """Return the coefficients of the orthonormal columns."""
        B, m, p = self.X.shape
        G = np.concatenate([(T @ T.T)[np.tril_indices(len(T))] for T in self.templates(theta)])
        inverse = np.linalg.inv((G @ self.M).reshape(B, m, m) + np.eye(m))
        right = (inverse @ np.concatenate([self.X, self.y[:, :, None]], axis=2)).reshape(-1, p + 1)
        both = self.X.reshape(-1, p).T @ right
        return np.linalg.solve(both[:, :p], both[:, p])

    def descend(self, theta):
        end = minimize(self.criterion, theta, jac=True, method="L-BFGS-B", options=OPTIONS)
        return float(end.fun), end.x

    def random_start(self, rng):
        """Return templates of covariance matrices drawn at random, from small to large beside the residual variance."""
        drawn = [np.atleast_2d(np.cov(rng.normal(size=(k, k + 2)))) for k in self.sizes]
        scaled = [np.linalg.cholesky(cov) * 10.0 ** rng.uniform(-1.5, 2.0) for cov in drawn]
        return np.concatenate([T[np.tril_indices(len(T))] for T in scaled])

    def minima(self, rng, n_starts):
        """Return the distinct minima that random starts lead to, lowest first: (criterion, theta).

        Each but the lowest must be returned to after small pushes, which leaves out saddles and unfinished descents.
        """
        ends = sorted((self.descend(self.random_start(rng)) for _ in range(n_starts)), key=lambda end: end[0])
        value, theta = self.descend(ends[0][1])
        found = [(value, theta)]
        for end_value, end_theta in ends[1:]:
            if end_value - found[-1][0] > SAME and end_value < FAILED:
                confirmed = self._confirmed(end_value, end_theta, rng)
                if confirmed is not None and all(abs(confirmed[0] - value) > SAME for value, _ in found):
                    found.append(confirmed)
        return sorted(found, key=lambda minimum: minimum[0])

    def _confirmed(self, value, theta, rng):
        scale = PUSH * (1e-2 + np.abs(theta).max())
        again = [self.descend(theta)]
        again += [self.descend(theta + scale * rng.normal(size=len(theta))) for _ in range(PUSHES)]
        values = [end[0] for end in again]
        return again[0] if max(values) - min(values) < SAME and abs(min(values) - value) < 10 * SAME else None


def dense_model(formula, frame, *, reml):
    """Read a formula of the kinds of `tests.random_designs`, and form what the criterion needs."""
    frame = frame.reset_index(drop=True)
    response, right = (part.strip() for part in formula.split("~"))
    bars = [(left, bar == "||", group) for left, bar, group in re.findall(r"\(([^|()]+?)(\|\|?)\s*(\w+)\)", right)]
    fixed = _columns(frame, re.sub(r"\+?\s*\([^()]*\|[^()]*\)", "", right))
    terms = []
    for left, splits, group in bars:
        columns = _columns(frame, left)
        parts = [columns[:, [i]] for i in range(columns.shape[1])] if splits else [columns]
        terms += [(part, frame[group].to_numpy()) for part in parts]
    places, rows, m = _blocks(frame, [group for _, group in terms])
    n, n_blocks = len(frame), int(places.max()) + 1

    def padded(values):
        full = np.zeros((n_blocks, m, *values.shape[1:]))
        full[places, rows] = values
        return full

    Q, R = np.linalg.qr(fixed)
    pairs = []
    for columns, group in terms:
        scaled = columns @ np.linalg.inv(np.linalg.qr(columns)[1]) * np.sqrt(n)
        z, codes = padded(scaled), padded(1.0 + pd.factorize(group)[0])
        same = (codes[:, :, None] == codes[:, None, :]) & (codes[:, :, None] > 0)
        for a, b in zip(*np.tril_indices(columns.shape[1]), strict=True):
            product = z[:, :, None, a] * z[:, None, :, b]
            pairs.append((same * (product if a == b else product + product.transpose(0, 2, 1))).ravel())
    return Dense(
        y=padded(frame[response].to_numpy(float)),
        X=padded(Q),
        M=np.array(pairs),
        sizes=tuple(columns.shape[1] for columns, _ in terms),
        n=n,
        x_logdet=2.0 * float(np.log(np.abs(np.diagonal(R))).sum()),
        reml=reml,
    )


def _columns(frame, text):
    names = [name.strip() for name in text.split("+") if name.strip()]
    intercept = [] if "0" in names else [np.ones(len(frame))]
    return np.column_stack([*intercept, *(frame[name].to_numpy(float) for name in names if name not in "01")])


def _blocks(frame, groups):
    """Return the block of each row, its place there, and the size of the largest block."""
    n = len(frame)
    codes = [pd.factorize(group)[0] for group in groups]
    offsets = np.cumsum([n, *(code.max() + 1 for code in codes)])
    columns = np.concatenate([code + offset for code, offset in zip(codes, offsets, strict=False)])
    graph = coo_array((np.ones(len(columns)), (np.tile(np.arange(n), len(codes)), columns)), shape=(offsets[-1],) * 2)
    block = pd.factorize(connected_components(graph, directed=False)[1][:n])[0]
    rows = pd.Series(block).groupby(block).cumcount().to_numpy()
    return block, rows, int(rows.max()) + 1
