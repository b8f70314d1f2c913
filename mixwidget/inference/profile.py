"""Profile likelihood of several parameters, as ``lme4::profile``: curves, intervals and densities.

Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), section 5.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mixwidget.engine.criterion.held_parameter import Target
from mixwidget.fit.fit import Fit
from mixwidget.fit.threads import one_thread
from mixwidget.inference.curve import MAX_STEPS, Curve, CurvePoint, Parameter
from mixwidget.inference.curves import curve_of
from mixwidget.inference.interrupts import Progress, finished
from mixwidget.inference.intervals import percent_names
from mixwidget.inference.tails import normal_density, normal_quantile

if TYPE_CHECKING:
    from scipy.interpolate import CubicHermiteSpline

GRID_STEP = 0.6  # in zeta, between the points of a profile of a standard deviation or correlation
WIDE_STEP = 1.1  # the same for a fixed effect or sigma, whose zeta is nearly a straight line
ZETA_ROUNDING = 1e-9  # zeta has no unit: points of a curve that are nearer than this are one
GRID_END = 3.3  # in zeta: a profile reaches a little beyond 99.9 % intervals


@dataclass(frozen=True, eq=False, repr=False)
class Profile:
    """Profiles of some parameters.

    Attributes
    ----------
    curves : dict of str to ndarray, shape (m, 3)
        Held values, zeta and d zeta / d value, rising in the value.
    estimates : dict of str to float
    ranges : dict of str to (float, float)
    """

    curves: dict[str, np.ndarray]
    estimates: dict[str, float]
    ranges: dict[str, tuple[float, float]]

    def spline(self, name: str) -> CubicHermiteSpline:
        """Return zeta as a smooth function of a parameter, within the values that were computed."""
        values, zeta, slope = self.curves[name].T
        return _hermite(values, zeta, slope)

    def interval(self, name: str, level: float) -> tuple[float, float]:
        """Return the limits at which zeta reaches the normal quantiles, by interpolation."""
        values, zeta, slope = self.curves[name].T
        backward = _hermite(zeta, values, 1.0 / slope)
        quantile = float(normal_quantile(0.5 + level / 2.0))
        limits = [float(backward(side)) for side in (-quantile, quantile)]
        low, high = self.ranges[name]
        return (low if np.isnan(limits[0]) else limits[0], high if np.isnan(limits[1]) else limits[1])

    def confint(self, level: float = 0.95) -> pd.DataFrame:
        """Return the intervals of all profiled parameters by interpolation; `LmerModel.confint` finds them exactly."""
        limits = [self.interval(name, level) for name in self.curves]
        return pd.DataFrame(limits, index=list(self.curves), columns=list(percent_names(level)))

    def density(self, name: str, n: int = 200, values: np.ndarray | None = None) -> pd.DataFrame:
        """Return the profile as a density, phi(zeta) * d zeta / d value: columns value, zeta, density.

        Parameters
        ----------
        name : str
        n : int
            Equally spaced values over what was computed.
        values : ndarray, shape (m,), optional
            Values of one's own instead; NaN beyond what was computed.
        """
        spline = self.spline(name)
        first, last = self.curves[name][[0, -1], 0]
        points = np.linspace(first, last, n) if values is None else values
        zeta = spline(points)
        density = normal_density(zeta) * spline.derivative()(points)
        return pd.DataFrame({"value": points, "zeta": zeta, "density": density})

    def to_frame(self) -> pd.DataFrame:
        """Return all computed points: parameter, value, zeta."""
        parts = [
            pd.DataFrame({"parameter": name, "value": rows[:, 0], "zeta": rows[:, 1]})
            for name, rows in self.curves.items()
        ]
        return pd.concat(parts, ignore_index=True)


def profile_curves(fit: Fit, chosen: list[Parameter], progress: Progress | None = None) -> Profile:
    """Trace the profiles of some parameters of a maximum-likelihood fit."""
    with one_thread():
        curves = [curve_of(fit, parameter) for parameter in chosen]
        sides = [(curve, side) for curve in curves for side in (-1.0, 1.0)]
        branches = finished(sides, lambda one: _branch(*one), "tracing both sides of profiles", progress, least=2)
    pairs = zip(branches[::2], branches[1::2], strict=False)
    rows = {curve.parameter.name: _rows(curve, *pair) for curve, pair in zip(curves, pairs, strict=False)}
    traced = [parameter for parameter in chosen if parameter.name in rows]
    return Profile(
        rows,
        {parameter.name: parameter.estimate for parameter in traced},
        {parameter.name: (parameter.lower, parameter.upper) for parameter in traced},
    )


def _rows(curve: Curve, below: list[CurvePoint], above: list[CurvePoint]) -> np.ndarray:
    """Return value, zeta and slope of all points of a curve, rising."""
    points = [*reversed(below), curve.origin, *above]
    rows = np.array([(point.value, point.zeta, point.slope) for point in points])
    kept = np.concatenate([[True], (np.diff(rows[:, 1]) > ZETA_ROUNDING) & (np.diff(rows[:, 0]) > 0)])
    return rows[kept]


def _branch(curve: Curve, side: float) -> list[CurvePoint]:
    """Follow the profile to one side in steps of about equal zeta."""
    points, last, target = list[CurvePoint](), curve.origin, curve.parameter.target
    width = GRID_STEP if isinstance(target, Target) and target.kind != "sigma" else WIDE_STEP
    bound = curve.end_of_range[int(side > 0)]
    while abs(last.zeta) < GRID_END and len(points) < MAX_STEPS:
        value = last.value + side * width / curve.steepness(last)
        if (value - bound) * side >= 0:
            value = 0.5 * (last.value + bound) if np.isfinite(bound) else value
            if abs(value - last.value) < 0.02 * abs(bound - curve.parameter.estimate):
                break
        point = curve.at(value, last)
        if abs(point.zeta) <= abs(last.zeta):
            break
        points.append(point)
        last = point
    return points


def _hermite(x: np.ndarray, y: np.ndarray, slope: np.ndarray) -> CubicHermiteSpline:
    from scipy.interpolate import CubicHermiteSpline  # slow to load

    return CubicHermiteSpline(x, y, slope, extrapolate=False)
