"""Directions in which the criterion hardly bends at an optimum."""

from __future__ import annotations

from typing import Any

import numpy as np

from mixwidget.engine.search.optimum import Optimum

FLAT = 1e-4  # criterion units for a change of the parameters by their own size; regular fits have 1 and more
SMALLEST_SIZE = 1e-2  # relative standard deviation below which a parameter counts as this large


def flat_axes(optimum: Optimum[Any, Any]) -> np.ndarray:
    """Return changes of theta that leave no trace in the Hessian, in the columns of a matrix."""
    size = np.maximum(np.abs(optimum.evaluation.theta), SMALLEST_SIZE)
    values, vectors = np.linalg.eigh(size[:, None] * optimum.derivatives.hessian * size)
    return size[:, None] * vectors[:, values < FLAT]
