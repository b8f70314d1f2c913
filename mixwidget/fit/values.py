"""Fitted values and residuals, as ``lme4::fitted`` and ``residuals``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.errors import OptionError
from mixwidget.fit.fit import Fit, once
from mixwidget.fit.ranef import term_modes

RESIDUAL_TYPES = ("response", "pearson", "scaled", "working", "deviance")


@once
def random_part(fit: Fit) -> np.ndarray:
    """Return Z b on the rows that were fitted, shape (n,)."""
    design = fit.design
    total = np.zeros(len(design.y))
    for term, modes in zip(design.terms, term_modes(fit), strict=True):
        codes = design.factors[term.factor].codes
        for column, effects in zip(term.z.T, modes, strict=True):
            total += column * effects[codes]
    return total


@once
def fitted(fit: Fit) -> np.ndarray:
    """Return X beta + Z b + offset on the rows that were fitted, shape (n,), in units of the response."""
    design = fit.design
    mean = random_part(fit) + (design.X @ fit.estimates.beta if design.X.shape[1] else 0.0)
    return mean if design.offset is None else mean + design.offset


def residuals(fit: Fit, kind: str) -> np.ndarray:
    """Return residuals of one type, shape (n,).

    Parameters
    ----------
    fit : Fit
    kind : {"response", "pearson", "scaled", "working", "deviance"}
        ``response`` and ``working`` are y - fitted; ``pearson`` and ``deviance`` are multiplied by the root of the
        prior weights; ``scaled`` are those divided by sigma.

    Raises
    ------
    OptionError
        If the type is not known.
    """
    if kind not in RESIDUAL_TYPES:
        raise OptionError(f"resid: type={kind!r} is not known; choose one of {', '.join(map(repr, RESIDUAL_TYPES))}")
    residual = fit.design.y - fitted(fit)
    if kind in ("response", "working"):
        return residual
    if fit.design.weights is not None:
        residual = residual * np.sqrt(fit.design.weights)
    return residual / fit.estimates.sigma if kind == "scaled" else residual


def on_rows(fit: Fit, values: np.ndarray, name: str) -> pd.Series:
    """Label a copy of values by row; under ``na_action="exclude"`` dropped rows come back as NaN."""
    design = fit.design
    if fit.control.na_action != "exclude" or design.kept.all():
        return pd.Series(values.copy(), index=design.index, name=name)  # pandas 2 would hand out the fit's own memory
    padded = np.full(len(design.kept), np.nan)
    padded[design.kept] = values
    return pd.Series(padded, index=design.data_index, name=name)
