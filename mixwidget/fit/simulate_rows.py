"""New responses on any rows: those of the fit or new ones, with some random effects held at their modes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.design.newdata import NewRows, whole_random_part
from mixwidget.errors import DataError, OptionError
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_draws import drawn_responses, is_whole
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.predict import check_known_levels, predicted_rows, used_columns
from mixwidget.fit.prediction_variance import row_weights
from mixwidget.fit.ranef import ranef
from mixwidget.fit.rank_deficient import undetermined_rows
from mixwidget.fit.simulate import mode_part, residual_draws, simulate
from mixwidget.fit.tell import tell

NOT_DRAWN = "its draws are NaN; leave the row out, or fit without the terms of that combination"
ROUNDING = 1e-10  # share of the largest variance below which a direction of a covariance matrix is none


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationRequest:
    """What is drawn, and where; see `LmerModel.simulate`."""

    n: int
    condition_on: str | None
    newdata: Any
    re_form: Any
    allow_new_levels: bool
    offset: Any
    weights: Any


def simulation(fit: Fit, request: SimulationRequest, generator: np.random.Generator) -> pd.DataFrame:
    """Draw responses, one column each; see `LmerModel.simulate`.

    Raises
    ------
    OptionError
        If an option is not known, or what to hold is said twice.
    DataError
        If the new data lack a column; if a level whose effects are held is new or missing and that is not allowed.
    """
    if not isinstance(request.n, int | np.integer) or isinstance(request.n, bool) or request.n < 1:
        raise OptionError(f"simulate: n must be a whole number of at least 1, not {request.n!r}")
    held_whole = mode_part(fit, request.condition_on)
    held = used_columns(fit, request.re_form if held_whole is None else None, "simulate")
    if held_whole is not None and any(mask.any() for mask in used_columns(fit, request.re_form, "simulate")):
        raise OptionError("simulate: condition_on and re_form both say what is held; give one of them")
    if request.newdata is None and not _is_partial(held) and request.offset is None and request.weights is None:
        part = held_whole if not any(mask.any() for mask in held) else mode_part(fit, "modes")
        draws, index = simulate(fit, request.n, generator, part), fit.rows.index
    else:
        draws, index = _on_rows(fit, request, held, generator)
    if isinstance(fit, GeneralizedFit) and is_whole(fit, draws):
        draws = draws.astype(np.int64)
    return pd.DataFrame(draws, index=index, columns=[f"sim_{i}" for i in range(1, request.n + 1)])


def _is_partial(held: list[np.ndarray]) -> bool:
    return any(mask.any() for mask in held) and not all(mask.all() for mask in held)


def _on_rows(
    fit: Fit,
    request: SimulationRequest,
    held: list[np.ndarray],
    generator: np.random.Generator,
) -> tuple[np.ndarray, pd.Index]:
    """Return draws, shape (n_rows, n), and the labels of their rows.

    Effects that are held stand at their modes, all others are drawn, one for each level; those of a term held in
    part are drawn given that part: a slope given the intercept.
    """
    if request.newdata is None and request.weights is not None:
        raise OptionError("simulate: the fit has its own weights; weights= is for new data")
    rows = predicted_rows(fit, request.newdata, request.offset, whole_random_part(fit.design), "simulate")
    allowed = request.allow_new_levels
    check_known_levels(fit, rows, held, allow_new_levels=allowed, instead="draws new effects")
    weights, findings = row_weights(fit, request.newdata, request.weights)
    unknown, undetermined = undetermined_rows(fit.design, request.newdata, rows, "NAwarn")
    tell(fit, [*findings, *(replace(finding, hint=NOT_DRAWN) for finding in undetermined)])
    shape = len(rows.index), request.n
    is_generalized = isinstance(fit, GeneralizedFit)
    draws = np.zeros(shape) if is_generalized else residual_draws(fit.estimates.sigma, weights, shape, generator)
    if rows.X.shape[1]:
        draws += (rows.X @ fit.estimates.beta)[:, None]
    if rows.offset is not None:
        draws += rows.offset[:, None]
    modes = ranef(fit)
    taken = dict.fromkeys(modes, 0)
    for i, term in enumerate(fit.design.terms):
        label = fit.design.factors[term.factor].label
        first, taken[label] = taken[label], taken[label] + len(term.columns)
        at_modes = modes[label].to_numpy()[:, first : first + len(term.columns)]
        levels, place = _levels(fit, rows, term.factor)
        effects = _effects(at_modes, levels, held[i], fit.estimates.covariances[i], request.n, generator)
        draws += np.einsum("ra,ran->rn", rows.z[i], effects[place])
    draws[unknown] = np.nan
    if isinstance(fit, GeneralizedFit):
        draws = drawn_responses(fit, draws, weights, generator)
    return draws, rows.index


def _levels(fit: Fit, rows: NewRows, position: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the levels that occur (a position of the fit, or -1 for a new one) and for each row its place in them.

    New levels of the same name are one; each row whose level is missing has one of its own.
    """
    factor, codes, fresh = fit.design.factors[position], rows.codes[position], rows.new_codes[position]
    lost = [level for i, level in enumerate(rows.new_levels[position]) if i not in fresh]
    if lost:
        raise DataError(
            f"simulate: the new levels of '{factor.label}' ({lost[0]!r}, ...) cannot be told apart inside a function; "
            "make the grouping factor a column of the data"
        )
    n_known, n_fresh = len(factor.levels), len(rows.new_levels[position])
    missing = (codes < 0) & (fresh < 0)
    names = np.where(codes >= 0, codes, n_known + fresh).astype(np.int64)
    names[missing] = n_known + n_fresh + np.arange(int(missing.sum()))
    occurring, place = np.unique(names, return_inverse=True)
    return np.where(occurring < n_known, occurring, -1), place.reshape(-1)


def _effects(
    modes: np.ndarray, levels: np.ndarray, held: np.ndarray, cov: np.ndarray, n: int, generator: np.random.Generator
) -> np.ndarray:
    """Return the effects of each level in each draw, shape (levels, k, n)."""
    is_known = levels >= 0
    effects = np.empty((len(levels), len(held), n))
    effects[~is_known] = _normal((int((~is_known).sum()), n), cov, generator)
    known = modes[levels[is_known]]
    slopes, remainder = _given(cov, held)
    some = np.repeat(known[:, :, None], n, axis=2)
    drawn = _normal((len(known), n), remainder, generator)
    some[:, ~held] = (known[:, held] @ slopes)[:, :, None] + drawn
    effects[is_known] = some
    return effects


def _given(cov: np.ndarray, held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the regression of the effects that are drawn on those held, (held, drawn), and what it leaves of cov."""
    between = cov[np.ix_(held, ~held)]
    slopes = np.linalg.pinv(cov[np.ix_(held, held)], rcond=ROUNDING, hermitian=True) @ between
    return slopes, cov[np.ix_(~held, ~held)] - between.T @ slopes


def _normal(shape: tuple[int, int], cov: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return draws with a covariance matrix that may be singular, shape (levels, k, n)."""
    sizes, axes = np.linalg.eigh(cov) if len(cov) else (np.zeros(0), cov)
    root = axes * np.sqrt(np.maximum(sizes, 0.0))
    return np.einsum("ab,jbn->jan", root, generator.standard_normal((shape[0], len(cov), shape[1])))
