"""New data sets in the image of a fit: drawn from the model, from its residuals, or from its groups."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from mixwidget.design.design import Design, GroupingFactor
from mixwidget.errors import OptionError
from mixwidget.fit.fit import Fit
from mixwidget.fit.ranef import ranef
from mixwidget.fit.values import fitted, random_part


def residual_responses(fit: Fit, n: int, generator: np.random.Generator) -> np.ndarray:
    """Draw responses from reflated residuals and modes, shape (n_rows, n).

    Modes and residuals of a fit vary less than what they estimate, so they are rescaled to the estimated covariance
    matrices before they are drawn with replacement.

    References
    ----------
    Carpenter, Goldstein & Rasbash (2003), Appl. Statist. 52(4), section 3.
    """
    design, estimates = fit.design, fit.estimates
    fitted_values = fitted(fit)
    mean = fitted_values - random_part(fit)
    root = np.ones(len(design.y)) if design.weights is None else np.sqrt(design.weights)
    residual = (design.y - fitted_values) * root
    residual = residual - residual.mean()
    residual *= estimates.sigma / residual.std()
    draws = mean[:, None] + generator.choice(residual, size=(len(design.y), n)) / root[:, None]
    modes = ranef(fit)
    taken = dict.fromkeys(modes, 0)
    for term, cov in zip(design.terms, estimates.covariances, strict=True):
        factor = design.factors[term.factor]
        first, k = taken[factor.label], len(term.columns)
        taken[factor.label] = first + k
        effects = _reflated(modes[factor.label].to_numpy()[:, first : first + k], cov)
        chosen = generator.integers(len(effects), size=(len(effects), n))
        for a in range(k):
            draws += term.z[:, a, None] * effects[chosen, a][factor.codes]
    return draws


def _reflated(effects: np.ndarray, cov: np.ndarray) -> np.ndarray:
    """Return the effects, centred and turned so that their covariance matrix is `cov`."""
    centred = effects - effects.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    kept = values > 1e-12 * max(float(values[-1]), 1e-300)
    whitened = centred @ vectors[:, kept] / np.sqrt(values[kept])
    wanted, directions = np.linalg.eigh(vectors[:, kept].T @ cov @ vectors[:, kept])
    return whitened @ (directions * np.sqrt(np.maximum(wanted, 0.0))).T @ vectors[:, kept].T


def resampled_groups(design: Design, generator: np.random.Generator) -> Design:
    """Return a design of whole groups drawn with replacement: those of the coarsest of nested factors.

    Raises
    ------
    OptionError
        If the grouping factors are crossed: no factor's groups are independent then.
    """
    top = min(range(len(design.factors)), key=lambda i: len(design.factors[i].levels))
    codes = design.factors[top].codes
    for factor in design.factors:
        first = np.zeros(len(factor.levels), dtype=codes.dtype)
        first[factor.codes] = codes
        if not np.array_equal(first[factor.codes], codes):
            raise OptionError(
                f"bootstrap: type='case' draws whole groups, but '{factor.label}' and "
                f"'{design.factors[top].label}' are crossed; use 'parametric' or 'residual'"
            )
    members = [np.flatnonzero(codes == level) for level in range(len(design.factors[top].levels))]
    drawn = generator.integers(len(members), size=len(members))
    rows = np.concatenate([members[level] for level in drawn])
    copy = np.repeat(np.arange(len(drawn)), [len(members[level]) for level in drawn])
    return replace(
        design,
        y=design.y[rows],
        X=np.asfortranarray(design.X[rows]),
        terms=tuple(replace(term, z=np.asfortranarray(term.z[rows])) for term in design.terms),
        factors=tuple(_renamed(factor, rows, copy) for factor in design.factors),
        weights=None if design.weights is None else design.weights[rows],
        offset=None if design.offset is None else design.offset[rows],
        index=pd.RangeIndex(len(rows)),
        kept=np.ones(len(rows), dtype=bool),
        data_index=pd.RangeIndex(len(rows)),
    )


def _renamed(factor: GroupingFactor, rows: np.ndarray, copy: np.ndarray) -> GroupingFactor:
    """Give a level that was drawn twice two names."""
    key = copy.astype(np.int64) * len(factor.levels) + factor.codes[rows]
    unique, codes = np.unique(key, return_inverse=True)
    levels = tuple(f"{factor.levels[k % len(factor.levels)]}.{k // len(factor.levels)}" for k in unique.tolist())
    return GroupingFactor(factor.label, levels, codes.astype(np.int32))
