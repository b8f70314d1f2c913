"""Starting values for models with priors of the inverse families: where those have their mode, wholly or in part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mixwidget.engine.criterion.estimates import theta_from_units
from mixwidget.engine.model.prior import Prior
from mixwidget.engine.model.prior_basis import prior_modes
from mixwidget.engine.model.theta import ThetaLayout
from mixwidget.linalg.triangle import lower_triangle, solve_upper


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


def mixed_starts(
    layout: ThetaLayout, roots: Sequence[np.ndarray], prior: Prior, theta: np.ndarray, y_scale: float = 1.0
) -> dict[str, np.ndarray]:
    """Return starts with one column of a term at the mode of its prior, and all others as the data have them.

    A prior whose mode is far below the data gives way in all directions but one. Which one the optimum has depends on
    the units: with sleepstudy's days in thousands and IW(4, 0.01), the minimum that holds the slopes lies 35 below the
    one that holds a combination of both, where every other start ends.

    Parameters
    ----------
    layout, roots, prior, y_scale
        As those of `prior_start`.
    theta : ndarray
        Where the data alone would begin, in the standardised basis.

    Returns
    -------
    dict of str to ndarray, shape (n_theta,)
    """
    templates = layout.templates(theta[: layout.n_theta])
    raw = [solve_upper(root, layout.term_template(templates, term)) for term, root in enumerate(roots)]
    starts = {}
    for term, mode in enumerate(prior_modes(prior, y_scale)):
        size = layout.term_sizes[term]
        if mode is None or size == 1:
            continue
        for column in range(size):
            mixed = np.column_stack([raw[term], np.zeros(size)])
            mixed[column] = 0.0
            mixed[column, -1] = np.linalg.norm(mode[column])
            changed = [lower_triangle(mixed) if t == term else template for t, template in enumerate(raw)]
            starts[f"prior on column {column + 1} of term {term + 1}"] = theta_from_units(layout, roots, changed)
    return starts
