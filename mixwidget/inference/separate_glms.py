"""Curves without partial pooling: generalized linear models of each level alone, and of all rows as one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.plain_glm import Glm, glm
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
        for i in np.unique(curve):
            model, mine = self.models[i], curve == i
            known = model.knows(rows.X[mine]) & model.has_ended
            eta[mine] += np.where(known, rows.X[mine] @ model.beta, np.nan)
        return eta


def separate_curves(fit: GeneralizedFit, curves: ResponseCurves) -> PlainCurves:
    """Return the curves of a GLM of each level alone."""
    if curves.factor is None:
        return pooled_curves(fit, curves)
    codes = fit.rows.codes[curves.factor]
    models = {level: _glm_of_rows(fit, codes == level) for level in np.unique(curves.level).tolist()}
    return PlainCurves(curves, tuple(models[level] for level in curves.level.tolist()))


def pooled_curves(fit: GeneralizedFit, curves: ResponseCurves) -> PlainCurves:
    """Return the curves of a GLM of all rows, as if there were no groups."""
    return PlainCurves(curves, (_glm_of_rows(fit, np.ones(fit.n, dtype=bool)),) * len(curves.cell))


def _glm_of_rows(fit: GeneralizedFit, chosen: np.ndarray) -> Glm:
    rows = fit.rows
    offset = np.zeros(rows.n) if rows.offset is None else rows.offset
    return glm(fit.family, rows.X[chosen], rows.y[chosen], rows.weights_or_ones[chosen], offset[chosen])
