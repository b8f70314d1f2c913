"""New responses from a fitted model, as ``lme4::simulate``."""

from __future__ import annotations

import numpy as np

from mixwidget.errors import OptionError
from mixwidget.fit import values
from mixwidget.fit.fit import Fit


def simulate(fit: Fit, n: int, generator: np.random.Generator, mode_part: np.ndarray | None) -> np.ndarray:
    """Draw n responses, shape (n_rows, n), in units of the response.

    Parameters
    ----------
    fit : Fit
    n : int
    generator : numpy.random.Generator
    mode_part : ndarray, shape (n_rows,), or None
        Z b at the conditional modes, to hold the random effects fixed; None draws new random effects.
    """
    rows, estimates = fit.rows, fit.estimates
    mean = rows.X @ estimates.beta if rows.X.shape[1] else np.zeros(rows.n)
    if rows.offset is not None:
        mean = mean + rows.offset
    if mode_part is not None:
        mean = mean + mode_part
    draws = generator.standard_normal((rows.n, n))
    draws *= estimates.sigma
    if rows.weights is not None:
        draws /= np.sqrt(rows.weights)[:, None]
    draws += mean[:, None]
    if mode_part is not None:
        return draws
    for term, z, template in zip(fit.design.terms, rows.z, estimates.templates, strict=True):
        n_levels = len(fit.design.factors[term.factor].levels)
        spherical = generator.standard_normal((n_levels, len(term.columns), n))
        effects = estimates.sigma * np.einsum("ab,jbn->ajn", template, spherical)
        for a in range(len(term.columns)):
            drawn = effects[a][rows.codes[term.factor]]
            drawn *= z[:, a, None]
            draws += drawn
    return draws


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
