"""Working weights of the rows of a piece, and what a regression with them needs."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TypeAlias

import numpy as np

from mixwidget.engine.model.family import Local
from mixwidget.engine.model.walk import Piece

Weights: TypeAlias = Callable[[Local], np.ndarray]  # which ones

expected_weights: Weights = attrgetter("expected")
observed_weights: Weights = attrgetter("observed")


def regression_sums(piece: Piece, local: Local, weights: Weights = expected_weights) -> tuple[np.ndarray, np.ndarray]:
    """Return ``X'WX`` and ``X'r`` of some rows; `local` is that of all rows."""
    here = piece.of(local)
    return (piece.X * weights(here)) @ piece.X.T, piece.X @ here.score


def largest(values: np.ndarray) -> float:
    """Return the largest absolute value, without another array as long; NaN if there is one.

    Examples
    --------
    >>> largest(np.array([1.0, -3.0]))
    3.0
    """
    return max(float(values.max()), -float(values.min()))
