"""`fit.bootstrap`: the replicates, and their picture."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.answers.result_table import ResultTable, shown
from mixwidget.inference.bootstrap import Bootstrap
from mixwidget.views.looks import bootstrap_intervals_look, bootstrap_look

MAX_BINS = 40


@dataclass(frozen=True, eq=False, repr=False)
class DrawnBootstrap(Bootstrap):
    """Replicates that show and draw themselves."""

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

    def plot(self, level: float = 0.95, method: str = "percentile") -> Any:
        """Return an altair chart: a histogram for each statistic with its original value and its interval.

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

        lines = pd.concat([self.original.rename("value"), *(limits[end].rename("value") for end in limits)])
        frame = lines.rename_axis("statistic").reset_index()
        frame["is_original"] = np.arange(len(frame)) < len(self.original)
        bins = pd.concat([_bins(values) for _, values in self.replicates.items()], ignore_index=True)
        title = f"{self.type.capitalize()} bootstrap, {len(self.replicates)} replicates"
        subtitle = f"orange: the fit itself; dashed: {100 * level:g} % interval ({method})"
        return bootstrap_chart(bins, frame.dropna(), title, subtitle)


def drawn(found: Bootstrap) -> DrawnBootstrap:
    """Return the same replicates with a picture."""
    return DrawnBootstrap(**{field.name: getattr(found, field.name) for field in fields(found)})


def _bins(replicates: pd.Series) -> pd.DataFrame:
    """Count the replicates that there are, in bins as numpy chooses them, at most MAX_BINS."""
    values = replicates.dropna().to_numpy()
    edges = np.histogram_bin_edges(values, "auto") if len(values) else np.zeros(1)
    if len(edges) > MAX_BINS + 1:
        edges = np.histogram_bin_edges(values, MAX_BINS)
    counts = np.histogram(values, edges)[0] if len(values) else np.zeros(0, dtype=int)
    return pd.DataFrame({"statistic": replicates.name, "start": edges[:-1], "end": edges[1:], "count": counts})
