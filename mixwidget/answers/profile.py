"""`fit.profile`: the profiles of the likelihood, and their pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mixwidget.answers.result_table import ResultTable, shown
from mixwidget.errors import OptionError
from mixwidget.fit.fit import Fit
from mixwidget.inference.confint import profile as trace
from mixwidget.inference.profile import Profile
from mixwidget.views.looks import profile_look

if TYPE_CHECKING:
    from mixwidget.plots.picture import Picture

KINDS = ("zeta", "density")
DRAWN = 80  # points of a curve in a panel of 190 pixels
LEVELS = (0.5, 0.8, 0.95, 0.99)  # of the intervals whose ends are marked


@dataclass(frozen=True, eq=False, repr=False)
class DrawnProfile(Profile):
    """Profiles that show and draw themselves.

    Attributes
    ----------
    formula : str
        Of the fit.
    """

    formula: str = ""

    def confint(self, level: float = 0.95) -> ResultTable:
        """Return the intervals of all profiled parameters by interpolation; `LmerModel.confint` finds them exactly."""
        return shown(super().confint(level), profile_look(level))

    def __repr__(self) -> str:
        return repr(self.confint())

    def _repr_html_(self) -> str | None:
        return self.confint().as_html()

    def plot(self, kind: str = "zeta") -> Picture:
        """Return a picture of all profiles, with the ends of the 50, 80, 95 and 99 % intervals.

        Parameters
        ----------
        kind : {"zeta", "density"}
            The signed root of the change in deviance, as lme4's ``xyplot`` (a straight line is a likelihood for which
            Wald intervals are right); or the density for which the profile stands, as ``densityplot``.

        Examples
        --------
        >>> import mixwidget as mw
        >>> fit = mw.lmer("Yield ~ 1 + (1 | Batch)", mw.load_dataset("dyestuff"))
        >>> chart = fit.profile().plot("density")
        """
        if kind not in KINDS:
            raise OptionError(f"profile: kind={kind!r} is not known; choose 'zeta' or 'density'")
        from mixwidget.plots.picture import Picture
        from mixwidget.plots.profile import density_chart, zeta_chart

        curves = self._by_parameter({name: self.density(name, DRAWN) for name in self.curves})
        limits = self._by_parameter({name: self._ends(name) for name in self.curves})
        chart = zeta_chart if kind == "zeta" else density_chart
        return Picture(chart(curves, limits, self._finding(), self.formula))

    def _finding(self) -> str:
        """Name the parameter whose interval is the most lopsided: what a Wald interval would miss."""
        reach = {name: self._reach(name) for name in self.curves}
        name = max(reach, key=lambda key: max(reach[key], 1 / reach[key]) if reach[key] > 0 else np.inf)
        up = reach[name]
        if not 0 < up < np.inf:
            side = "downwards" if up == np.inf else "upwards"
            return f"The 95 % interval of {name} ends at the edge of its range {side}"
        ratio, farther, nearer = (up, "up", "down") if up >= 1 else (1 / up, "down", "up")
        return f"The most lopsided: {name}, whose 95 % interval reaches {ratio:.2g} times as far {farther} as {nearer}"

    def _reach(self, name: str) -> float:
        """How far the 95 % interval reaches up, over how far down; infinity and 0 where it ends with the range."""
        low, high = self.interval(name, 0.95)
        estimate = self.estimates[name]
        if low <= self.ranges[name][0]:
            return np.inf
        return 0.0 if high >= self.ranges[name][1] else (high - estimate) / (estimate - low)

    def _ends(self, name: str) -> pd.DataFrame:
        """Return the ends of the intervals that lie within the profile."""
        ends = [(value, f"{100 * level:g} %") for level in LEVELS for value in self.interval(name, level)]
        frame = self.density(name, values=np.array([value for value, _ in ends]))
        return frame.assign(level=[label for _, label in ends]).dropna()

    @staticmethod
    def _by_parameter(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
        return pd.concat([frame.assign(parameter=name) for name, frame in frames.items()], ignore_index=True)


def profile(fit: Fit, names: Sequence[str] | None, progress: Callable[[int, int], None] | None) -> DrawnProfile:
    """Trace the profiles of all parameters, or of those that are named."""
    traced = trace(fit, names, progress)
    return DrawnProfile(traced.curves, traced.estimates, traced.ranges, fit.design.formula.text)
