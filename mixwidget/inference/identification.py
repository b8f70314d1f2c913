"""Variances that the data do not determine: the covariance matrices change along a line, the criterion does not."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.search.flatness import SMALLEST_SIZE, flat_axes
from mixwidget.fit.fit import Fit

MOVES = 1e-2  # relative change of G along a flat direction that is more than another way of writing the same G


def undetermined_terms(fit: Fit) -> list[int]:
    """Return the positions of the terms whose covariance matrices can change without a trace in the criterion.

    The average information of such a change is zero: two terms with the same columns, columns that determine each
    other, or one residual degree of freedom. Rotations of a singular template are no such change: G stays.
    """
    optimum = fit.optimum
    layout = fit.layout
    found: set[int] = set()
    for direction in flat_axes(optimum).T:
        step = layout.templates(direction)
        for term in range(len(layout.term_sizes)):
            change = layout.term_template(step, term)
            template = layout.term_template(optimum.evaluation.templates, term)
            moved = change @ template.T + template @ change.T
            if np.linalg.norm(moved) > MOVES * (np.linalg.norm(template) ** 2 + SMALLEST_SIZE**2):
                found.add(term)
    return sorted(found)
