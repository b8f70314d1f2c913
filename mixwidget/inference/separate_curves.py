"""Curves without partial pooling: by a model of each level alone, and by one of all rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.plain_glm import Glm
from mixwidget.inference.plain_models import level_models, plain_columns, pooled_model
from mixwidget.inference.response_curves import ResponseCurves


@dataclass(frozen=True, slots=True, eq=False)
class PlainCurves:
    """The same curves as of a mixed model, each by a model without random effects.

    Attributes
    ----------
    curves : ResponseCurves
    models : tuple of Glm
        One for each curve.
    """

    curves: ResponseCurves
    models: tuple[Glm, ...]

    @property
    def is_known(self) -> np.ndarray:
        """Whether each curve is determined, shape (m,)."""
        return np.array([one.has_ended for one in self.models]) & np.isfinite(self.scanned(self._ends)).all(axis=0)

    @property
    def _ends(self) -> np.ndarray:
        return np.array([self.curves.low, self.curves.high])

    def scanned(self, x: np.ndarray) -> np.ndarray:
        """Return the linear predictors of all curves at some places, shape (n_x, m); NaN where there is none."""
        m = len(self.models)
        flat = self.at(np.repeat(x, m), np.tile(np.arange(m), len(x)))
        return flat.reshape(len(x), m)

    def at(self, x: np.ndarray, curve: np.ndarray) -> np.ndarray:
        """Return the linear predictors of some curves, shape (r,), each at its place."""
        rows = self.curves.rows(self.curves.cell[curve], x)
        eta = np.zeros(len(x)) if rows.offset is None else rows.offset.copy()
        columns = plain_columns(self.curves.fit, self.curves.factor, rows.X, rows.z)
        for i in np.unique(curve):
            mine = curve == i
            eta[mine] += self.models[i].predictor(columns[mine])
        return eta


def separate_curves(curves: ResponseCurves) -> PlainCurves:
    """Return the curves of a model of each level alone."""
    if curves.factor is None:
        return pooled_curves(curves)
    levels = np.unique(curves.level).tolist()
    models = dict(zip(levels, level_models(curves.fit, curves.factor, levels), strict=True))
    return PlainCurves(curves, tuple(models[level] for level in curves.level.tolist()))


def pooled_curves(curves: ResponseCurves) -> PlainCurves:
    """Return the curves of a model of all rows, as if there were no groups."""
    return PlainCurves(curves, (pooled_model(curves.fit, curves.factor),) * len(curves.cell))
