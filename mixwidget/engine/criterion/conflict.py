"""Whether the data tell two stories: a score test of slopes within levels against slopes between them.

Mundlak (1978), Econometrica 46(1): where the level means of a fixed-effects column have a coefficient of their own, the
model without them is torn between two values of the slope, and each can be the bottom of a valley. The test is made at
the end of a descent with what is there already: ``w'Py`` for ``w = x - (its mean in the level)``, in O(levels).
"""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.standpoint import Standpoint
from mixwidget.linalg import levelwise

LEVEL_CONSTANT = 1e-8  # share of a column's sum of squares within levels below which it has no part within
MANY_LEVELS = 20_000  # show a difference that matters even if the variance within counts in full
SMALLEST = float(np.finfo(np.float64).tiny)
LEAST_VARIANCE = 1e-10  # of that sum: a smaller variance of the score is rounding


def conflict(here: Standpoint) -> float:
    """Return the largest squared score statistic of a difference between slopes within and between levels.

    About chi-squared with one degree of freedom where there is no difference and one factor; with several factors the
    variance is an upper bound, since the other factors' part is left out of V in it.

    Parameters
    ----------
    here : Standpoint
        Near a minimum.
    """
    if here.p == 0:
        return 0.0
    return max(_of_factor(here, f) for f in range(len(here.arrangement.cross.factors)))


def _of_factor(here: Standpoint, factor: int) -> float:
    arrangement, at, derivatives, p = here.arrangement, here.at, here.derivatives, here.p
    own, with_x = arrangement.by_factor.own(factor), arrangement.by_factor.right(factor)[:, :-1]
    weight = np.maximum(own[0, 0], SMALLEST)
    means = with_x[0] / weight
    squares = np.diagonal(arrangement.blocks.right)[:p]
    within = squares - (means * with_x[0]).sum(axis=1)
    varies = np.flatnonzero(within > LEVEL_CONSTANT * squares)
    if not len(varies):
        return 0.0
    means, within = means[varies], within[varies]
    scores = means @ derivatives.scores[factor][0]  # -w'Py, since X'Py = 0
    template = at.templates[factor]
    spread = within
    if len(weight) < MANY_LEVELS:
        half = _whitening(own, template, with_x[:, varies] - means * own[:, :1])
        spread = within - (half * half).sum(axis=(0, 2))
    by_x = at.state.right[varies, :p] - means @ derivatives.projected[factor][0].T
    projected = by_x @ at.x_inverse.T
    spread = np.maximum(spread - (projected * projected).sum(axis=1), LEAST_VARIANCE * within)
    return float((scores**2 / spread).max()) * at.df / at.r2


def _whitening(own: np.ndarray, template: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return ``L^-1 T' Z'w`` with ``L L' = T' Z'Z T + I`` of each level, shape (k, v, J)."""
    k = len(template)
    inner = levelwise.left_multiply(template.T, levelwise.right_multiply(own, template))
    diagonal = np.arange(k)
    inner[diagonal, diagonal] += 1.0
    return levelwise.solve_lower(levelwise.cholesky(inner), levelwise.left_multiply(template.T, columns))
