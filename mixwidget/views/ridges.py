"""The conditional distributions of the levels as ridges: heights on a small grid, one byte a point."""

from __future__ import annotations

import numpy as np

from mixwidget.fit.conditional_density import conditional_log_density, has_exact_density
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit

REACH = 4.0  # conditional standard deviations to both sides of the mode; beyond 3.5 a normal height is below one byte
POINTS = 33  # a quarter of a standard deviation apart: between them a curve looks smooth
FULL = 255

EXACT = "Ridges: the conditional distributions themselves, by quadrature, given the estimates."
NORMAL = "Ridges: normal distributions by the conditional variances, which is exact for a linear model."
APPROXIMATE = (
    "Ridges: normal distributions by the conditional variances, an approximation here "
    "(exact ones are drawn for one effect of one grouping factor)."
)


def ridge_heights(fit: Fit) -> bytes:
    """Return the heights at `POINTS` places from mode - `REACH` sd to mode + `REACH` sd, 255 at the top.

    One row for each level; a single one where all are normal, which they share.

    Examples
    --------
    >>> import mixwidget as mw
    >>> normal = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy")).fit
    >>> len(ridge_heights(normal)), max(ridge_heights(normal))
    (33, 255)
    """
    if isinstance(fit, GeneralizedFit) and has_exact_density(fit, POINTS):
        logs = conditional_log_density(fit, REACH, POINTS)
    else:
        logs = -0.5 * np.linspace(-REACH, REACH, POINTS)[None, :] ** 2
    top = logs.max(axis=1, keepdims=True)
    return np.rint(FULL * np.exp(logs - top)).astype(np.uint8).tobytes()


def ridge_note(fit: Fit) -> str:
    """Say what the ridges are, and how exact."""
    if not isinstance(fit, GeneralizedFit):
        return NORMAL
    return EXACT if has_exact_density(fit, POINTS) else APPROXIMATE
