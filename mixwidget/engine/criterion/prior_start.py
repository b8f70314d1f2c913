"""A starting value for models with priors of the inverse families: where those have their mode."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mixwidget.engine.criterion.estimates import theta_from_units
from mixwidget.engine.model.prior import Prior
from mixwidget.engine.model.prior_basis import prior_modes
from mixwidget.engine.model.theta import ThetaLayout


def prior_start(
    layout: ThetaLayout, roots: Sequence[np.ndarray], prior: Prior | None, y_scale: float = 1.0
) -> np.ndarray | None:
    """Return theta at the modes of the priors, T = I for terms without one; None if there is none.

    These densities fall on both sides of their mode, towards zero at once and upwards slowly: beside the optimum near
    the data there can be another at the mode, the lower one if it is far below.

    Parameters
    ----------
    layout : ThetaLayout
    roots : sequence of ndarray, shape (k, k)
        Raw columns of each term = standardised columns @ root.
    prior : Prior or None
    y_scale : float
        The response's unit, for densities that are not relative to sigma.
    """
    modes = [] if prior is None else prior_modes(prior, y_scale)
    if all(mode is None for mode in modes):
        return None
    templates = [np.linalg.inv(root) if mode is None else mode for mode, root in zip(modes, roots, strict=True)]
    return theta_from_units(layout, roots, templates)
