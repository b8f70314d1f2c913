"""New data sets in the image of a fit: drawn from the model, from its residuals, or from its groups."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from mixwidget.design.design import Design, GroupingFactor
from mixwidget.design.filled import FilledDesign
from mixwidget.design.rows import Rows
from mixwidget.errors import OptionError
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.ranef import ranef
from mixwidget.fit.values import fitted, random_part


def residual_responses(fit: Fit, n: int, generator: np.random.Generator) -> np.ndarray:
    """Draw responses from reflated residuals and modes, shape (n_rows, n).

    Modes and residuals of a fit vary less than what they estimate, so they are rescaled to the estimated covariance
    matrices before they are drawn with replacement.

    Raises
    ------
    OptionError
        If the model is a generalized one.

    References
    ----------
    Carpenter, Goldstein & Rasbash (2003), Appl. Statist. 52(4), section 3.
    """
    if isinstance(fit, GeneralizedFit):
        raise OptionError(
            "bootstrap: type='residual' draws the residuals of a linear model, and those of a generalized one are not "
            "alike; choose 'parametric' or 'case'"
        )
    design, rows, estimates = fit.design, fit.rows, fit.estimates
    fitted_values = fitted(fit)
    mean = fitted_values - random_part(fit)
    root = np.sqrt(rows.weights_or_ones)
    residual = (rows.y - fitted_values) * root
    residual = residual - residual.mean()
    residual *= estimates.sigma / residual.std()
    draws = mean[:, None] + generator.choice(residual, size=(rows.n, n)) / root[:, None]
    modes = ranef(fit)
    taken = dict.fromkeys(modes, 0)
    for term, z, cov in zip(design.terms, rows.z, estimates.covariances, strict=True):
        factor = design.factors[term.factor]
        first, k = taken[factor.label], len(term.columns)
        taken[factor.label] = first + k
        effects = _reflated(modes[factor.label].to_numpy()[:, first : first + k], cov)
        chosen = generator.integers(len(effects), size=(len(effects), n))
        for a in range(k):
            draws += z[:, a, None] * effects[chosen, a][rows.codes[term.factor]]
    return draws


def _reflated(effects: np.ndarray, cov: np.ndarray) -> np.ndarray:
    """Return the effects, centred and turned so that their covariance matrix is `cov`."""
    centred = effects - effects.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    kept = values > 1e-12 * max(float(values[-1]), 1e-300)
    whitened = centred @ vectors[:, kept] / np.sqrt(values[kept])
    wanted, directions = np.linalg.eigh(vectors[:, kept].T @ cov @ vectors[:, kept])
    return whitened @ (directions * np.sqrt(np.maximum(wanted, 0.0))).T @ vectors[:, kept].T


def resampled_groups(fit: Fit, generator: np.random.Generator) -> FilledDesign:
    """Return whole groups drawn with replacement: those of the coarsest of nested factors.

    Raises
    ------
    OptionError
        If the grouping factors are crossed: no factor's groups are independent then.
    """
    design, rows = fit.design, fit.rows
    top = min(range(len(design.factors)), key=lambda i: len(design.factors[i].levels))
    _check_nested(design, rows, top)
    members = [np.flatnonzero(rows.codes[top] == level) for level in range(len(design.factors[top].levels))]
    drawn = generator.integers(len(members), size=len(members))
    places = np.concatenate([members[level] for level in drawn])
    copy = np.repeat(np.arange(len(drawn)), [len(members[level]) for level in drawn])
    renamed = [_renamed(*pair, places, copy) for pair in zip(design.factors, rows.codes, strict=True)]
    return FilledDesign(
        replace(design, factors=tuple(factor for factor, _ in renamed)),
        Rows(
            y=rows.y[places],
            X=np.asfortranarray(rows.X[places]),
            z=tuple(np.asfortranarray(z[places]) for z in rows.z),
            codes=tuple(codes for _, codes in renamed),
            weights=None if rows.weights is None else rows.weights[places],
            offset=None if rows.offset is None else rows.offset[places],
            index=pd.RangeIndex(len(places)),
            kept=np.ones(len(places), dtype=bool),
            data_index=pd.RangeIndex(len(places)),
        ),
    )


def _check_nested(design: Design, rows: Rows, top: int) -> None:
    """Refuse factors that are crossed with the one whose groups are drawn."""
    above = rows.codes[top]
    for factor, codes in zip(design.factors, rows.codes, strict=True):
        first = np.zeros(len(factor.levels), dtype=above.dtype)
        first[codes] = above
        if not np.array_equal(first[codes], above):
            raise OptionError(
                f"bootstrap: type='case' draws whole groups, but '{factor.label}' and "
                f"'{design.factors[top].label}' are crossed; use 'parametric' or 'residual'"
            )


def _renamed(
    factor: GroupingFactor, codes: np.ndarray, places: np.ndarray, copy: np.ndarray
) -> tuple[GroupingFactor, np.ndarray]:
    """Give a level that was drawn twice two names; return the factor and the codes of the drawn rows."""
    key = copy.astype(np.int64) * len(factor.levels) + codes[places]
    unique, renamed = np.unique(key, return_inverse=True)
    levels = tuple(f"{factor.levels[k % len(factor.levels)]}.{k // len(factor.levels)}" for k in unique.tolist())
    return GroupingFactor(factor.label, levels), renamed.astype(np.int32)
