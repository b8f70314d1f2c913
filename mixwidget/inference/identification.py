"""Variances that the data do not determine: the covariance matrices change along a line, the criterion does not."""

from __future__ import annotations

import numpy as np

from mixwidget.fit.fit import Fit

FLAT = 1e-4  # criterion units for a change of the parameters by their own size; regular fits have 1 and more
SMALLEST_SIZE = 1e-2  # relative standard deviation below which a parameter counts as this large
MOVES = 1e-2  # relative change of G along a flat direction that is more than another way of writing the same G


def undetermined_terms(fit: Fit) -> list[int]:
    """Return the positions of the terms whose covariance matrices can change without a trace in the criterion.

    The average information of such a change is zero: two terms with the same columns, columns that determine each
    other, or one residual degree of freedom. Rotations of a singular template are no such change: G stays.
    """
    optimum = fit.optimum
    layout, theta = optimum.arrangement.layout, optimum.evaluation.theta
    size = np.maximum(np.abs(theta), SMALLEST_SIZE)
    values, vectors = np.linalg.eigh(size[:, None] * optimum.derivatives.hessian * size)
    found: set[int] = set()
    for direction in vectors[:, values < FLAT].T:
        step = layout.templates(size * direction)
        for term in range(len(layout.term_sizes)):
            change = layout.term_template(step, term)
            template = layout.term_template(optimum.evaluation.templates, term)
            moved = change @ template.T + template @ change.T
            if np.linalg.norm(moved) > MOVES * (np.linalg.norm(template) ** 2 + SMALLEST_SIZE**2):
                found.add(term)
    return sorted(found)
