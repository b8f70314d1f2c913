"""The conditional distribution of each level's effect, given the data and the estimates, on a grid about its mode."""

from __future__ import annotations

import numpy as np

from mixwidget.design.gathered_rows import held_rows
from mixwidget.fit.fit import Fit, once
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.ranef import cond_var, term_modes

MAX_WORK = 20_000_000  # rows times points: what takes longer than a second is left normal


def has_exact_density(fit: Fit, points: int) -> bool:
    """Return whether the conditional distributions are not normal and can be had one by one.

    Those of a linear model are normal. Of a generalized model the levels of one factor are independent given the
    estimates, and one effect a level leaves a distribution in one dimension. lme4's criterion of families with a
    dispersion is that of no model (see `Control`), so that its modes are of no distribution.

    Parameters
    ----------
    fit : Fit
    points : int
        Of the grid.
    """
    return (
        isinstance(fit, GeneralizedFit)
        and [len(term.columns) for term in fit.design.terms] == [1]
        and held_rows(fit.rows).n * points <= MAX_WORK
        and not (fit.has_sigma and fit.control.laplace == "lme4")
    )


@once
def conditional_log_density(fit: GeneralizedFit, reach: float, points: int) -> np.ndarray:
    """Return the logarithms of the densities of a scalar term's effects, up to a constant for each level.

    The density of an effect b given the responses y of its level is proportional to ``p(y | b) N(b; 0, sd^2)``.

    Parameters
    ----------
    fit : GeneralizedFit
        With one term of one column.
    reach : float
        Of the grid to both sides of the mode, in conditional standard deviations.
    points : int

    Returns
    -------
    ndarray, shape (J, points)
        -inf where a mean is out of range.
    """
    rows = held_rows(fit.rows)  # the deviance of merged responses is theirs up to a constant
    codes, z = rows.codes[0], rows.z[0][:, 0]
    fixed = rows.X @ fit.estimates.beta + (0.0 if rows.offset is None else rows.offset)
    mode = term_modes(fit)[0][0]
    sd = np.sqrt(np.maximum(next(iter(cond_var(fit).values()))[:, 0, 0], 0.0))
    variance, dispersion = float(fit.estimates.covariances[0][0, 0]), fit.estimates.sigma**2
    response = fit.family.response(rows.y, rows.weights_or_ones)
    found = np.zeros((len(mode), points))
    for k, step in enumerate(np.linspace(-reach, reach, points)):
        effect = mode + step * sd
        deviances = response.at(fixed + z * effect[codes]).deviances
        found[:, k] = np.bincount(codes, deviances, minlength=len(mode)) / dispersion
        found[:, k] += effect**2 / variance if variance > 0.0 else 0.0
    return -0.5 * found
