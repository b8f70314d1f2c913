"""The deviance of rows on disk expanded at effects: formed again, some rows at a time, whenever it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

import numpy as np

from mixwidget.engine.model.family import Local
from mixwidget.engine.model.generalized import Generalized
from mixwidget.engine.model.walk import Piece, RowValues, Unheld, filled, pieces

Stacks = tuple[np.ndarray, ...]


class LocalOnDisk:
    """A `Local` that holds effects instead of rows; an array of all rows is on disk, and not kept.

    Parameters
    ----------
    model : Generalized
    beta : ndarray, shape (p,)
    b : tuple of ndarray, shape (K, J), or None
        Standardised effects of each factor; None where all are zero.
    """

    def __init__(self, model: Generalized, beta: np.ndarray, b: Stacks | None) -> None:
        self.model, self.beta, self.b = model, beta, b
        self._deviance: float | None = None

    def predictor(self, piece: Piece) -> np.ndarray:
        """Return linear predictors of some rows."""
        fixed = piece.offset + self.beta @ piece.X
        return fixed if self.b is None else fixed + piece.frame.effects(self.b)

    @property
    def deviance(self) -> float:
        """The sum of the deviances; infinite where a mean is out of range."""
        if self._deviance is None:
            self._deviance = 0.0
            for piece in pieces(self.model):
                self._deviance += piece.of(self).deviance
        return self._deviance

    def pearson(self, within: np.ndarray | None) -> float:
        """Return the Pearson statistic; rows on disk are not merged, so that there is nothing within."""
        del within
        return sum((piece.of(self).pearson(None) for piece in pieces(self.model)), 0.0)

    def _filled(self, of: Callable[[Local], np.ndarray]) -> np.ndarray:
        return filled(self.model, lambda piece: of(piece.of(self)))

    @property
    def eta(self) -> np.ndarray:
        return filled(self.model, self.predictor)

    @property
    def mean(self) -> np.ndarray:
        return self._filled(attrgetter("mean"))

    @property
    def deviances(self) -> np.ndarray:
        return self._filled(attrgetter("deviances"))

    @property
    def score(self) -> np.ndarray:
        return self._filled(attrgetter("score"))

    @property
    def expected(self) -> np.ndarray:
        return self._filled(attrgetter("expected"))

    @property
    def observed(self) -> np.ndarray:
        return self._filled(attrgetter("observed"))

    @property
    def expected_slope(self) -> np.ndarray:
        return self._filled(attrgetter("expected_slope"))

    @property
    def observed_slope(self) -> np.ndarray:
        return self._filled(attrgetter("observed_slope"))

    @property
    def shape_slopes(self) -> np.ndarray:
        return self._filled(attrgetter("shape_slopes"))

    @property
    def shape_shares(self) -> np.ndarray:
        return self._filled(attrgetter("shape_shares"))

    @property
    def shape_bends(self) -> np.ndarray:
        return self._filled(attrgetter("shape_bends"))


def local_at(model: Generalized, eta: RowValues, beta: np.ndarray, b: Stacks) -> Local:
    """Expand the deviance at linear predictors; on disk at the effects that they are made of."""
    if isinstance(eta, Unheld):
        return LocalOnDisk(model, beta, b if any(effects.any() for effects in b) else None)
    return model.response.at(eta)
