"""Responses of a fit without rows, drawn as the sums in which its model sees them."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.model.sum_draws import DrawnSums, SumDraws
from mixwidget.fit.fit import once
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.threads import one_thread


@once
def sum_draws(fit: LinearFit) -> SumDraws:
    """Return what draws the sums of responses, found once for a fit.

    Raises
    ------
    ProblemTooLargeError
        If its crossed factors leave more columns than ``Control(max_dense_columns=...)`` allows.
    """
    with one_thread():
        return SumDraws(fit.cross, fit.control.max_dense_columns)


def simulate_sums(fit: LinearFit, n: int, generator: np.random.Generator) -> DrawnSums:
    """Draw n responses with new random effects, which have the distribution of `mixwidget.fit.simulate.simulate`.

    The same seed gives the same draws, and others than those of rows.
    """
    estimates = fit.estimates
    with one_thread():
        return sum_draws(fit).draw(n, estimates.sigma, estimates.beta, estimates.templates, generator)
