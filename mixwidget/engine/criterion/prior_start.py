"""A starting value for priors that are strong beside the data: where they have their mode."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.criterion.estimates import standardised_theta
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.model.prior import CovariancePenalty, Prior

FAR = 100.0  # relative standard deviation that no start from standardised data comes near


def prior_start(arrangement: Arrangement, prior: Prior | None) -> np.ndarray | None:
    """Return theta at the modes of the priors, None if data alone would lead as far.

    Inverse families in units that are not the data's ask for variances many orders of magnitude larger; a descent from
    where the data are would have to pass a region in which the penalty is all there is.
    """
    if prior is None:
        return None
    basis = arrangement.basis
    pairs = zip(prior.covariances, basis.term_roots, strict=True)
    templates = [_template(penalty, root, basis.y_scale) for penalty, root in pairs]
    theta = standardised_theta(arrangement, templates)
    return theta if np.abs(theta).max(initial=0.0) > FAR else None


def _template(penalty: CovariancePenalty | None, root: np.ndarray, y_scale: float) -> np.ndarray:
    """Return a root of the mode relative to the response's variance, of the standardised identity without one."""
    mode = None if penalty is None else penalty.mode()
    if penalty is None or mode is None:
        return np.linalg.inv(root)
    return np.linalg.cholesky(mode) / (1.0 if penalty.common_scale else y_scale)
