"""`fit.bootstrap`: the replicates, and their picture."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mixwidget.answers.result_table import ResultTable, shown
from mixwidget.inference.bootstrap import Bootstrap
from mixwidget.views.looks import bootstrap_intervals_look, bootstrap_look

if TYPE_CHECKING:
    from mixwidget.plots.picture import Picture

MAX_BINS = 40


@dataclass(frozen=True, eq=False, repr=False)
class DrawnBootstrap(Bootstrap):
    """Replicates that show and draw themselves.

    Attributes
    ----------
    formula : str
        Of the fit.
    """

    formula: str = ""

    def confint(self, level: float = 0.95, method: str = "percentile") -> ResultTable:
        """Return intervals from the replicates; see `Bootstrap.confint`."""
        return shown(super().confint(level, method), bootstrap_intervals_look(self.type, level, method, self._counts()))

    def to_frame(self) -> ResultTable:
        """Return original, bias and se of each statistic."""
        return shown(super().to_frame(), bootstrap_look(self.type, self._counts()))

    def _counts(self) -> str:
        stopped = "; stopped before the end" if self.was_stopped else ""
        failed = f"{self.n_failed} refits failed, {self.n_singular} were singular{stopped}"
        return f"{len(self.replicates)} replicates ({failed})"

    def __repr__(self) -> str:
        return repr(self.to_frame())

    def _repr_html_(self) -> str | None:
        return self.to_frame().as_html()

    def plot(self, level: float = 0.95, method: str = "percentile") -> Picture:
        """Return a picture: a histogram for each statistic with its original value and its interval.

        Parameters
        ----------
        level, method
            Of the interval, as in `confint`.

        Examples
        --------
        >>> import mixwidget as mw
        >>> fit = mw.lmer("Yield ~ 1 + (1 | Batch)", mw.load_dataset("dyestuff"))
        >>> chart = fit.bootstrap(200, seed=1).plot()
        """
        limits = self.confint(level, method)
        from mixwidget.plots.bootstrap import bootstrap_chart
        from mixwidget.plots.picture import Picture

        lines = pd.concat([self.original.rename("value"), *(limits[end].rename("value") for end in limits)])
        frame = lines.rename_axis("statistic").reset_index()
        frame["is_original"] = np.arange(len(frame)) < len(self.original)
        bins = pd.concat([_bins(values) for _, values in self.replicates.items()], ignore_index=True)
        what = f"{self.type.capitalize()} bootstrap, {len(self.replicates)} replicates"
        words = f"Up: replicates. Orange: the fit itself; dashed: {100 * level:g} % interval ({method})."
        return Picture(bootstrap_chart(bins, frame.dropna(), self._finding(), [self.formula, what, words]))

    def _finding(self) -> str:
        """Name the statistic whose replicates are farthest from the fit, in their own standard deviations."""
        biases = (self.bias / self.se).replace([np.inf, -np.inf], np.nan).dropna()
        if biases.empty:
            return "No statistic varies over its replicates"
        name = biases.abs().idxmax()
        side = "above" if biases[name] > 0 else "below"
        away = f"{abs(biases[name]):.2g} standard errors {side} it on average"
        return f"Farthest from the fit: {name}, whose replicates lie {away}"


def drawn(found: Bootstrap, formula: str) -> DrawnBootstrap:
    """Return the same replicates with a picture."""
    return DrawnBootstrap(**{field.name: getattr(found, field.name) for field in fields(found)}, formula=formula)


def _bins(replicates: pd.Series) -> pd.DataFrame:
    """Count the replicates that there are, in bins as numpy chooses them, at most MAX_BINS."""
    values = replicates.dropna().to_numpy()
    edges = np.histogram_bin_edges(values, "auto") if len(values) else np.zeros(1)
    if len(edges) > MAX_BINS + 1:
        edges = np.histogram_bin_edges(values, MAX_BINS)
    counts = np.histogram(values, edges)[0] if len(values) else np.zeros(0, dtype=int)
    return pd.DataFrame({"statistic": replicates.name, "start": edges[:-1], "end": edges[1:], "count": counts})
