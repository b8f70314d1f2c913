"""New responses from a fitted model, as ``lme4::simulate``."""

from __future__ import annotations

import numpy as np

from mixwidget.design.gathered_rows import MergedRows, held_rows
from mixwidget.design.rows import Rows
from mixwidget.errors import OptionError
from mixwidget.fit import values
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_draws import drawn_responses
from mixwidget.fit.generalized_fit import GeneralizedFit


def simulate(fit: Fit, n: int, generator: np.random.Generator, mode_part: np.ndarray | None) -> np.ndarray:
    """Draw n responses, shape (n_rows, n), on the scale of the mean: of trials proportions.

    Parameters
    ----------
    fit : Fit
    n : int
    generator : numpy.random.Generator
    mode_part : ndarray, shape (n_rows,), or None
        Z b at the conditional modes, to hold the random effects fixed; None draws new random effects.
    """
    return _drawn(fit, fit.rows, n, generator, mode_part)


def simulate_held(fit: Fit, n: int, generator: np.random.Generator) -> np.ndarray:
    """Draw n responses with new random effects, of merged rows where single ones are not held, shape (m, n).

    That is exact without a dispersion, at a given shape: the sum of the rows of a cell has a distribution of the same
    family, that of one row with the sum of their weights, and the likelihood depends on the parameters through this
    sum alone.

    Raises
    ------
    RowsNeededError
        If the rows were merged, and their sums are not all that counts.
    """
    is_exact = isinstance(fit, GeneralizedFit) and not fit.has_sigma and not fit.free_shape
    return _drawn(fit, held_rows(fit.rows) if is_exact else fit.rows, n, generator, None)


def n_simulated(fit: Fit) -> int:
    """Return how many numbers a response of `simulate_held` has."""
    return held_rows(fit.rows).n


def _drawn(
    fit: Fit, rows: Rows | MergedRows, n: int, generator: np.random.Generator, mode_part: np.ndarray | None
) -> np.ndarray:
    sigma = fit.estimates.sigma
    mean = rows.X @ fit.estimates.beta if rows.X.shape[1] else np.zeros(rows.n)
    if rows.offset is not None:
        mean = mean + rows.offset
    if mode_part is not None:
        mean = mean + mode_part
    is_generalized = isinstance(fit, GeneralizedFit)
    draws = np.zeros((rows.n, n)) if is_generalized else residual_draws(sigma, rows.weights, (rows.n, n), generator)
    draws += mean[:, None]
    if mode_part is None:
        _add_effects(fit, rows, draws, generator)
    return drawn_responses(fit, draws, rows.weights, generator) if is_generalized else draws


def residual_draws(
    sigma: float, weights: np.ndarray | None, shape: tuple[int, int], generator: np.random.Generator
) -> np.ndarray:
    """Return normal residuals of rows, shape (n_rows, n)."""
    draws = generator.standard_normal(shape)
    draws *= sigma
    if weights is not None:
        draws /= np.sqrt(weights)[:, None]
    return draws


def _add_effects(fit: Fit, rows: Rows | MergedRows, draws: np.ndarray, generator: np.random.Generator) -> None:
    """Add new random effects of all terms to draws, shape (n_rows, n)."""
    estimates, n = fit.estimates, draws.shape[1]
    for term, z, template in zip(fit.design.terms, rows.z, estimates.templates, strict=True):
        n_levels = len(fit.design.factors[term.factor].levels)
        spherical = generator.standard_normal((n_levels, len(term.columns), n))
        effects = estimates.sigma * np.einsum("ab,jbn->ajn", template, spherical)
        for a in range(len(term.columns)):
            drawn = effects[a][rows.codes[term.factor]]
            drawn *= z[:, a, None]
            draws += drawn


def mode_part(fit: Fit, condition_on: str | None) -> np.ndarray | None:
    """Return Z b at the conditional modes if they are to be held, None if random effects are to be drawn.

    Raises
    ------
    OptionError
        If something else is to be held.
    """
    if condition_on is None:
        return None
    if condition_on != "modes":
        raise OptionError(
            f"simulate: condition_on={condition_on!r} is not known; choose None (draw new random effects) or 'modes' "
            "(hold them at their conditional modes)"
        )
    return values.random_part(fit)
