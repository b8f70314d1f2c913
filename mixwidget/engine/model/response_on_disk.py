"""Responses of rows on disk, of which some at a time are in memory."""

from __future__ import annotations

import numpy as np

from mixwidget.engine.model.family import Family, Local, Response


class ResponseOnDisk:
    """Responses with their prior weights, arrays on disk.

    Parameters
    ----------
    family : Family
    y, weights : ndarray, shape (n,)
    """

    def __init__(self, family: Family, y: np.ndarray, weights: np.ndarray) -> None:
        self.family, self.y, self.weights = family, y, weights

    def some(self, rows: slice) -> Response:
        """Return some of the rows, to be held in memory."""
        return self.family.response(self.y[rows], self.weights[rows])

    def at(self, eta: np.ndarray) -> Local:
        """Expand all rows at linear predictors that are held, shape (n,) or (nodes, n)."""
        return self.some(slice(None)).at(eta)
