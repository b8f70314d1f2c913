"""Fitted values and residuals, as ``lme4::fitted`` and ``residuals``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.errors import OptionError
from mixwidget.fit.fit import Fit, once
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.generalized_values import generalized_residuals
from mixwidget.fit.mean import mean_of
from mixwidget.fit.ranef import term_modes

RESIDUAL_TYPES = ("response", "pearson", "scaled", "working", "deviance")


@once
def random_part(fit: Fit) -> np.ndarray:
    """Return Z b on the rows that were fitted, shape (n,)."""
    rows = fit.rows
    total = np.zeros(rows.n)
    for term, z, modes in zip(fit.design.terms, rows.z, term_modes(fit), strict=True):
        for column, effects in zip(z.T, modes, strict=True):
            total += column * effects[rows.codes[term.factor]]
    return total


@once
def linear_predictor(fit: Fit) -> np.ndarray:
    """Return X beta + Z b + offset on the rows that were fitted, shape (n,)."""
    rows = fit.rows
    eta = random_part(fit) + (rows.X @ fit.estimates.beta if rows.X.shape[1] else 0.0)
    return eta if rows.offset is None else eta + rows.offset


@once
def fitted(fit: Fit) -> np.ndarray:
    """Return the means of the rows that were fitted, shape (n,), in units of the response."""
    return mean_of(fit, linear_predictor(fit))


def residuals(fit: Fit, kind: str, seed: int | np.random.Generator = 0) -> np.ndarray:
    """Return residuals of one type, shape (n,).

    Parameters
    ----------
    fit : Fit
    kind : {"response", "pearson", "scaled", "working", "deviance"}
        Of a linear model ``response`` and ``working`` are y - fitted; ``pearson`` and ``deviance`` are multiplied by
        the root of the prior weights; ``scaled`` are those divided by sigma. Of others see `generalized_residuals`.
    seed : int or numpy.random.Generator
        Of residuals that are drawn.

    Raises
    ------
    OptionError
        If the type is not known.
    """
    if isinstance(fit, GeneralizedFit):
        return generalized_residuals(fit, kind, linear_predictor(fit), seed)
    if kind not in RESIDUAL_TYPES:
        raise OptionError(f"resid: type={kind!r} is not known; choose one of {', '.join(map(repr, RESIDUAL_TYPES))}")
    residual = fit.rows.y - fitted(fit)
    if kind in ("response", "working"):
        return residual
    if fit.rows.weights is not None:
        residual = residual * np.sqrt(fit.rows.weights)
    return residual / fit.estimates.sigma if kind == "scaled" else residual


def on_rows(fit: Fit, values: np.ndarray, name: str) -> pd.Series:
    """Label a copy of values by row; under ``na_action="exclude"`` dropped rows come back as NaN."""
    rows = fit.rows
    if fit.control.na_action != "exclude" or rows.kept.all():
        return pd.Series(values.copy(), index=rows.index, name=name)  # pandas 2 would hand out the fit's own memory
    padded = np.full(len(rows.kept), np.nan)
    padded[rows.kept] = values
    return pd.Series(padded, index=rows.data_index, name=name)
