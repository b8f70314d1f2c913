"""The height of a generalized criterion over two parameters: at each place the fixed effects are searched for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mixwidget.engine.criterion.estimates import solve_upper, theta_from_units
from mixwidget.engine.criterion.held_generalized import HeldGeneralized, Hold, Spot, hold_covariances, hold_effect
from mixwidget.engine.search.newton import minimise
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.heights import Axis, Heights, SdAxis, sd_of, stretched

TOLERANCE = 1e-3  # Newton decrement, in units of the criterion: a map shows no smaller differences
MAX_EVALUATIONS = 30


class GeneralizedHeights(Heights):
    """The criterion of a generalized model, minimised over what neither axis nor slice holds."""

    points = 25

    def __init__(self, fit: GeneralizedFit) -> None:
        self.fit, self.criterion = fit, fit.optimum.criterion
        self.n_theta = fit.layout.n_theta
        self.best = fit.optimum.evaluation.theta[self.n_theta :]  # fixed effects and a shape
        self.root = fit.optimum.model.X.root

    def place(self, theta: np.ndarray, axes: Sequence[Axis]) -> list[float]:
        """Return where a theta lies on axes."""
        templates = self.fit.layout.templates(theta[: self.n_theta])
        beta = theta[self.n_theta : self.n_theta + len(self.root)]
        raw = solve_upper(self.root, beta) if len(beta) else beta  # without any as parameters there is no such axis
        return [
            sd_of(self.fit, templates, axis) if isinstance(axis, SdAxis) else float(raw[axis.column]) for axis in axes
        ]

    def line(self, x: SdAxis, value: float, y: Axis, y_values: np.ndarray) -> np.ndarray:
        """Return the criterion at one value of x and all of y, each search starting at the end of the one before."""
        heights = np.empty(len(y_values))
        held: dict[SdAxis, float] = {x: value}
        if isinstance(y, SdAxis):
            u = self.best
            for i, other in enumerate(y_values.tolist()):
                heights[i], u = self._lowest(hold_covariances(self._theta({**held, y: other})), 0.0, u)
            return heights
        theta, n = self._theta(held), len(self.best)
        effect = hold_effect(np.eye(len(self.root))[y.column], self.root, 0, n)
        hold, u = _behind(theta, effect), effect.free(self.best)
        for i, other in enumerate(y_values.tolist()):
            heights[i], u = self._lowest(hold, other, u)
        return heights

    def _theta(self, values: dict[SdAxis, float]) -> np.ndarray:
        return theta_from_units(self.fit.layout, self.fit.roots, stretched(self.fit, values))

    def _lowest(self, hold: Hold, value: float, u: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the lowest criterion and where it is; infinite where means are out of range."""
        self.fit.control.poll("the landscape")
        held = HeldGeneralized(self.criterion, hold, value)
        start = held.evaluate(u)
        if not np.isfinite(start.value) or not len(u):
            return start.value, u
        end = minimise(held, start, tolerance=TOLERANCE, max_evaluations=MAX_EVALUATIONS, has_metric=True).point
        return end.value, end.theta


def _behind(theta: np.ndarray, effect: Hold) -> Hold:
    """Hold the covariance parameters and a fixed effect."""

    def place(u: np.ndarray, value: float) -> Spot:
        spot = effect.place(u, value)
        moves = np.vstack([np.zeros((len(theta), len(u))), spot.moves])
        return Spot(np.concatenate([theta, spot.theta]), moves, np.append(np.zeros(len(theta)), spot.by_held))

    return Hold(place, lambda whole: effect.free(whole[len(theta) :]))
