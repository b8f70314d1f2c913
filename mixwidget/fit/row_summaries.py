"""What is told of the rows of a fit in numbers that do not grow with them.

They come from the rows; where these are not held, from the sums of products and from what was counted in reading.
"""

from __future__ import annotations

import numpy as np

from mixwidget.design.distant_rows import DistantRows, RowFacts
from mixwidget.design.rows import Rows
from mixwidget.fit.fit import Fit, once
from mixwidget.fit.pool import pool_of


def facts_of(fit: Fit) -> RowFacts | None:
    """Return what is known of rows that are not held, None where they are."""
    return fit.rows.facts if isinstance(fit.rows, DistantRows) else None


def has_sums(fit: Fit) -> bool:
    """Whether sums of products are held in place of rows; a generalized model holds merged ones."""
    facts = facts_of(fit)
    return facts is not None and facts.products is not None


@once
def level_sizes(fit: Fit) -> tuple[np.ndarray, ...]:
    """Return for each grouping factor the number of rows of each level, shape (J,)."""
    facts = facts_of(fit)
    return tuple(np.bincount(codes) for codes in fit.rows.codes) if facts is None else facts.level_sizes


@once
def random_moments(fit: Fit) -> tuple[np.ndarray, ...]:
    """Return for each random term the mean products of its raw columns, shape (k, k), weights not counted."""
    if facts_of(fit) is None:
        return tuple(z.T @ z / fit.n for z in fit.rows.z)
    pool = pool_of(fit)
    return tuple(z.T @ pool.products @ z / fit.n for z in pool.terms)


@once
def random_mean_squares(fit: Fit) -> np.ndarray:
    """Return for each random term the mean over the rows of z'TT'z, shape (terms,): its variance over sigma squared.

    Of each row apart: of a column far from zero z'Gz would cancel.
    """
    templates = fit.estimates.templates
    if facts_of(fit) is None:
        sums = [float(((z @ template) ** 2).sum()) for z, template in zip(fit.rows.z, templates, strict=True)]
        return np.array(sums) / fit.n
    pool = pool_of(fit)
    columns = [z @ template for z, template in zip(pool.terms, templates, strict=True)]
    return np.array([float(np.trace(made.T @ pool.products @ made)) for made in columns]) / fit.n


@once
def fixed_sizes(fit: Fit) -> np.ndarray:
    """Return the root mean square of each fixed-effects column, shape (p,), weights not counted."""
    if facts_of(fit) is None:
        return np.sqrt((fit.rows.X**2).mean(axis=0))
    products, X, _ = pool_of(fit)
    return np.sqrt(np.einsum("cp,cd,dp->p", X, products, X) / fit.n)


@once
def fixed_means(fit: Fit) -> np.ndarray:
    """Return the mean of each fixed-effects column, shape (p,)."""
    return fit.rows.X.mean(axis=0) if facts_of(fit) is None else pool_of(fit).X[0]


@once
def fixed_spreads(fit: Fit) -> np.ndarray:
    """Return the standard deviation (n - 1) of each fixed-effects column, shape (p,)."""
    if facts_of(fit) is None:
        return fit.rows.X.std(axis=0, ddof=1)
    products, X, _ = pool_of(fit)
    return np.sqrt(np.einsum("cp,cd,dp->p", X[1:], products[1:, 1:], X[1:]) / (fit.n - 1))


@once
def fixed_variance(fit: Fit) -> float:
    """Return the variance (n - 1) of X beta over the rows."""
    beta = fit.estimates.beta
    if not len(beta):
        return 0.0
    if facts_of(fit) is None:
        return float(np.var(fit.rows.X @ beta, ddof=1))
    pool = pool_of(fit)
    made = pool.X[1:] @ beta
    return float(made @ pool.products[1:, 1:] @ made) / (fit.n - 1)


@once
def fixed_root(fit: Fit) -> np.ndarray:
    """Return R, shape (p, p), with ``R'R = X'X``, weights not counted."""
    if facts_of(fit) is None:
        return np.asarray(np.linalg.qr(fit.rows.X, mode="r"))
    pool = pool_of(fit)
    sizes, axes = np.linalg.eigh(pool.products)
    columns = np.sqrt(np.maximum(sizes, 0.0))[:, None] * axes.T @ pool.X
    return np.asarray(np.linalg.qr(columns, mode="r"))


@once
def response_moments(fit: Fit) -> tuple[float, float]:
    """Return mean and standard deviation (n - 1) of the response over the rows."""
    facts = facts_of(fit)
    return (float(fit.rows.y.mean()), float(fit.rows.y.std(ddof=1))) if facts is None else facts.response


@once
def mean_offset(fit: Fit) -> float:
    """Return the mean of the offset over the rows, 0 without any."""
    facts = facts_of(fit)
    if facts is not None:
        return facts.mean_offset
    return 0.0 if fit.rows.offset is None else float(fit.rows.offset.mean())


def mean_response(rows: Rows) -> float:
    """Return the mean of the response over the rows."""
    return rows.facts.response[0] if isinstance(rows, DistantRows) else float(rows.y.mean())
