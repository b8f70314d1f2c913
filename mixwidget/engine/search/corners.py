"""Starts at the ends of theta space, where the data's other explanations lie.

A second minimum is another story about the same rows: which factor carries the variation, and whether the fixed effects
follow the differences within levels or those between them. Large variances leave the fixed effects to what happens
within levels, small ones pool everything; with several terms each can be the large one.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from mixwidget.engine.model.theta import ThetaLayout

SMALL_SD, LARGE_SD = 0.1, 10.0  # relative to sigma, in the standardised basis
POOLED_SD = 0.03  # the same; at 0.1 some data sets had left the valley that ends at zero
POOLED = "pooled"
POOLED_REACH = 2.0  # a descent from small variances that may jump leaves their valley at once
MOST_TERMS = 3  # with more, only one term at a time is large


def pooled_start(layout: ThetaLayout) -> np.ndarray:
    """Return small variances everywhere: the fixed effects are nearly those of least squares."""
    return np.where(layout.is_diagonal, POOLED_SD, 0.0)


def corner_starts(layout: ThetaLayout) -> dict[str, np.ndarray]:
    """Return the starts with each term large or small, *pooled* among them, and those with small intercepts.

    Parameters
    ----------
    layout : ThetaLayout

    Returns
    -------
    dict of str to ndarray, shape (n_theta,)

    Examples
    --------
    >>> from mixwidget.engine.model.theta import theta_layout
    >>> list(corner_starts(theta_layout((2, 2), (0, 1), 2)))
    ['corner SL', 'corner LS', 'corner LL', 'pooled', 'corner slopes SL', 'corner slopes LS', 'corner slopes LL']
    """
    n_terms = len(layout.term_sizes)
    corners = list(product((SMALL_SD, LARGE_SD), repeat=n_terms))[1:]
    if n_terms > MOST_TERMS:
        corners = [corner for corner in corners if corner.count(LARGE_SD) == 1]
    starts = {f"corner {_letters(corner)}": _corner(layout, corner, slopes_only=False) for corner in corners}
    starts[POOLED] = pooled_start(layout)
    if max(layout.term_sizes) > 1:
        starts |= {f"corner slopes {_letters(corner)}": _corner(layout, corner, slopes_only=True) for corner in corners}
    return starts


def _letters(corner: tuple[float, ...]) -> str:
    return "".join("L" if sd == LARGE_SD else "S" for sd in corner)


def _corner(layout: ThetaLayout, corner: tuple[float, ...], *, slopes_only: bool) -> np.ndarray:
    templates = []
    for sd, size in zip(corner, layout.term_sizes, strict=True):
        sds = np.full(size, sd)
        if slopes_only and size > 1:
            sds[0] = SMALL_SD
        templates.append(np.diag(sds))
    return layout.from_terms(templates)
