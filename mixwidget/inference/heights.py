"""The height of the criterion over two of its parameters, as a map needs it: axes, and lines of a linear model."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from mixwidget.engine.criterion.estimates import standardised_theta
from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.fit.fit import Fit
from mixwidget.fit.linear_fit import LinearFit

MARGIN = 2.5  # factor beyond what the paths and optima span on an axis of standard deviations
SPAN = (2e-3, 1e4)  # relative standard deviations that are shown at most
FIXED_MARGIN = 0.35  # the same for a fixed effect, as a share of its span
FIXED_REACH = 4.0  # standard errors to each side of a fixed effect that are always shown


@dataclass(frozen=True, slots=True)
class SdAxis:
    """A standard deviation relative to sigma: one row of a template in the user's units."""

    term: int
    row: int
    name: str

    def grid(self, span: pd.Series, points: int) -> np.ndarray:
        """Return equal ratios over a span and beyond."""
        low = max(float(span.min()) / MARGIN, SPAN[0])
        high = min(max(float(span.max()) * MARGIN, 10 * low), SPAN[1])
        return np.geomspace(low, high, points)


@dataclass(frozen=True, slots=True)
class FixefAxis:
    """A fixed effect in the user's units, with its standard error."""

    column: int
    name: str
    se: float

    def grid(self, span: pd.Series, points: int) -> np.ndarray:
        """Return equal steps over a span and beyond."""
        low, high = float(span.min()), float(span.max())
        margin = max(FIXED_MARGIN * (high - low), FIXED_REACH * self.se)
        return np.linspace(low - margin, high + margin, points)


Axis = SdAxis | FixefAxis


class Heights(Protocol):
    """What a map asks of a model.

    Attributes
    ----------
    points : int
        Per axis.
    """

    points: int

    @abstractmethod
    def place(self, theta: np.ndarray, axes: Sequence[Axis]) -> list[float]:
        """Return where a theta of the criterion lies on axes."""
        ...

    @abstractmethod
    def line(self, x: SdAxis, value: float, y: Axis, y_values: np.ndarray) -> np.ndarray:
        """Return the criterion at one value of x and all of y."""
        ...


def sd_of(fit: Fit, templates: tuple[np.ndarray, ...], axis: SdAxis) -> float:
    """Return the relative standard deviation at templates of the standardised columns, shape (K, K) each."""
    template = np.linalg.solve(fit.roots[axis.term], fit.layout.term_template(templates, axis.term))
    return float(np.linalg.norm(template[axis.row]))


def stretched(fit: Fit, values: dict[SdAxis, float]) -> list[np.ndarray]:
    """Return the fit's templates with some rows stretched to given lengths."""
    templates = [template.copy() for template in fit.estimates.templates]
    for axis, value in values.items():
        row = templates[axis.term][axis.row]
        length = float(np.linalg.norm(row))
        templates[axis.term][axis.row] = row * (value / length) if length > 0 else value * np.eye(len(row))[axis.row]
    return templates


class LinearHeights(Heights):
    """The profiled criterion of a linear model: the fixed effects need no search."""

    points = 45

    def __init__(self, fit: LinearFit) -> None:
        self.fit = fit

    def place(self, theta: np.ndarray, axes: Sequence[Axis]) -> list[float]:
        """Return where a theta lies on axes."""
        at = self.fit.optimum.criterion.evaluate(theta)
        return [
            sd_of(self.fit, at.templates, axis)
            if isinstance(axis, SdAxis)
            else _fixed_effect(self.fit.optimum.arrangement, at, axis.column)[0]
            for axis in axes
        ]

    def line(self, x: SdAxis, value: float, y: Axis, y_values: np.ndarray) -> np.ndarray:
        """Return the criterion at one value of x and all of y."""
        if isinstance(y, SdAxis):
            return np.array([self._at({x: value, y: float(other)}).value for other in y_values])
        at, arrangement = self._at({x: value}), self.fit.optimum.arrangement
        estimate, variance = _fixed_effect(arrangement, at, y.column)
        distance = ((y_values - estimate) / arrangement.basis.y_scale) ** 2 / variance
        return at.value + at.df * np.log1p(distance / at.r2)

    def _at(self, values: dict[SdAxis, float]) -> Evaluation:
        self.fit.control.poll("the landscape")
        theta = standardised_theta(self.fit.optimum.arrangement, stretched(self.fit, values))
        return self.fit.optimum.criterion.evaluate(theta)


def _fixed_effect(arrangement: Arrangement, at: Evaluation, column: int) -> tuple[float, float]:
    """Return the estimate of a fixed effect at given theta and its variance over sigma squared."""
    basis = arrangement.basis
    weights = np.linalg.solve(basis.x_root.T, np.eye(len(at.beta))[column])
    half = at.x_inverse @ weights
    return float(weights @ (basis.ols + basis.y_scale * at.beta)), float(half @ half)
