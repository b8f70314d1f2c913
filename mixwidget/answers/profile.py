"""`fit.profile`: the profiles of the likelihood, and their pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.answers.result_table import ResultTable, shown
from mixwidget.errors import OptionError
from mixwidget.fit.fit import Fit
from mixwidget.inference.confint import profile as trace
from mixwidget.inference.profile import Profile
from mixwidget.views.looks import profile_look

KINDS = ("zeta", "density")
LEVELS = (0.5, 0.8, 0.95, 0.99)  # of the intervals whose ends are marked


@dataclass(frozen=True, eq=False, repr=False)
class DrawnProfile(Profile):
    """Profiles that show and draw themselves."""

    def confint(self, level: float = 0.95) -> ResultTable:
        """Return the intervals of all profiled parameters by interpolation; `LmerModel.confint` finds them exactly."""
        return shown(super().confint(level), profile_look(level))

    def __repr__(self) -> str:
        return repr(self.confint())

    def _repr_html_(self) -> str | None:
        return self.confint().as_html()

    def plot(self, kind: str = "zeta") -> Any:
        """Return an altair chart of all profiles, with the ends of the 50, 80, 95 and 99 % intervals.

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
        from mixwidget.plots.profile import density_chart, zeta_chart

        curves = self._by_parameter({name: self.density(name) for name in self.curves})
        limits = self._by_parameter({name: self._ends(name) for name in self.curves})
        return (zeta_chart if kind == "zeta" else density_chart)(curves, limits)

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
    return DrawnProfile(traced.curves, traced.estimates, traced.ranges)
