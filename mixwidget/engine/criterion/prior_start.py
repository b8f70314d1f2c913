"""A starting value for models with priors of the inverse families: where those have their mode."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.estimates import standardised_theta
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.model.prior import Prior
from mixwidget.engine.model.prior_basis import prior_modes


def prior_start(arrangement: Arrangement, prior: Prior | None) -> np.ndarray | None:
    """Return theta at the modes of the priors, T = I for terms without one; None if there is none.

    These densities fall on both sides of their mode, towards zero at once and upwards slowly: beside the optimum near
    the data there can be another at the mode, the lower one if it is far below.
    """
    if prior is None:
        return None
    basis = arrangement.basis
    modes = prior_modes(basis, prior)
    if all(mode is None for mode in modes):
        return None
    templates = [
        np.linalg.inv(root) if mode is None else mode for mode, root in zip(modes, basis.term_roots, strict=True)
    ]
    return standardised_theta(arrangement, templates)
