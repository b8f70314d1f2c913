"""Models without random effects: of the rows of each level alone (no pooling), and of all rows as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.least_squares import least_squares
from mixwidget.fit.plain_glm import Glm, glm


def level_models(fit: Fit, factor: int, levels: Sequence[int]) -> list[Glm]:
    """Return a model of the rows of each of some levels alone.

    It has the fixed effects of the fit, and the random effects by this factor that are none of these.

    Parameters
    ----------
    fit : Fit
    factor : int
        Position of the grouping factor.
    levels : sequence of int
        Positions of the levels.
    """
    codes = fit.rows.codes[factor]
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(codes.max() + 2))
    return _models(fit, factor, (order[starts[level] : starts[level + 1]] for level in levels))


def pooled_model(fit: Fit, factor: int | None) -> Glm:
    """Return the same model of all rows, as if there were no groups."""
    return _models(fit, factor, [np.arange(fit.rows.n)])[0]


def plain_columns(fit: Fit, factor: int | None, X: np.ndarray, z: Sequence[np.ndarray]) -> np.ndarray:
    """Return the columns of a model without random effects: those of X, and those of z that X does not have.

    Parameters
    ----------
    fit : Fit
    factor : int or None
        Position of the grouping factor whose terms count.
    X : ndarray, shape (..., p)
    z : sequence of ndarray, shape (..., k)
        Of each term of the design.
    """
    design, pieces = fit.design, [X]
    for term, block in zip(design.terms, z, strict=True):
        own = [i for i, name in enumerate(term.columns) if term.factor == factor and name not in design.x_names]
        if own:
            pieces.append(block[..., own])
    return np.concatenate(pieces, axis=-1)


def _models(fit: Fit, factor: int | None, groups: Iterable[np.ndarray]) -> list[Glm]:
    """Return a model of each of some groups of rows, of the kind of the fit."""
    rows = fit.rows
    X, y, weights = plain_columns(fit, factor, rows.X, rows.z), rows.y, rows.weights_or_ones
    offset = np.zeros(rows.n) if rows.offset is None else rows.offset
    if isinstance(fit, GeneralizedFit):
        return [glm(fit.family, X[chosen], y[chosen], weights[chosen], offset[chosen]) for chosen in groups]
    y = y - offset
    return [least_squares(X[chosen], y[chosen], weights[chosen]) for chosen in groups]
