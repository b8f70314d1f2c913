"""The bootstrap of a mixed model, as ``lme4::bootMer``, with all responses of a plain model fitted in batches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mixwidget.errors import FitCancelled, OptionError
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.inference.interrupts import Progress
from mixwidget.inference.intervals import check_level, percent_names
from mixwidget.inference.replicates import Replicates, Resampling, replicates
from mixwidget.inference.tails import normal_quantile

TYPES = ("parametric", "residual", "case")
INTERVALS = ("percentile", "basic", "shortest", "normal")


@dataclass(frozen=True, eq=False, repr=False)
class Bootstrap:
    """Replicates of some statistics.

    Attributes
    ----------
    original : Series
        The statistics of the fit itself.
    replicates : DataFrame, shape (n, statistics)
        NaN where a refit failed.
    n_failed, n_singular : int
        Refits that failed; refits with a singular covariance matrix (which count).
    type : str
    was_stopped : bool
        Whether it was interrupted before all replicates were there.
    """

    original: pd.Series
    replicates: pd.DataFrame
    n_failed: int
    n_singular: int
    type: str
    was_stopped: bool = False

    @cached_property
    def se(self) -> pd.Series:
        """Standard deviations of the replicates."""
        return self.replicates.std(ddof=1).rename("se")

    @cached_property
    def bias(self) -> pd.Series:
        """Means of the replicates less the original."""
        return (self.replicates.mean() - self.original).rename("bias")

    def confint(self, level: float = 0.95, method: str = "percentile") -> pd.DataFrame:
        """Return intervals from the replicates.

        Parameters
        ----------
        level : float
        method : {"percentile", "basic", "shortest", "normal"}
            Quantiles; quantiles mirrored at the original; the shortest interval that holds that share; original less
            bias, -/+ normal quantile * se.

        References
        ----------
        Davison & Hinkley (1997), Bootstrap Methods and their Application, chapter 5.
        """
        check_level(level, "confint")
        if method not in INTERVALS:
            raise OptionError(
                f"confint: method={method!r} is not known; choose one of {', '.join(map(repr, INTERVALS))}"
            )
        limits = [
            _interval(column.dropna().to_numpy(), float(self.original[str(name)]), level, method)
            for name, column in self.replicates.items()
        ]
        return pd.DataFrame(limits, index=self.replicates.columns, columns=list(percent_names(level)))

    def to_frame(self) -> pd.DataFrame:
        """Return original, bias and se of each statistic."""
        return pd.DataFrame({"original": self.original, "bias": self.bias, "se": self.se})


def bootstrap(
    resampling: Resampling,
    n: int,
    generator: np.random.Generator,
    progress: Progress | None = None,
    processes: int = 1,
) -> Bootstrap:
    """Fit the model to n new data sets in the image of the fit; see `LmerModel.bootstrap`."""
    if resampling.kind not in TYPES:
        is_linear = isinstance(resampling.fit, LinearFit)
        listed = ", ".join(repr(kind) for kind in TYPES if is_linear or kind != "residual")
        raise OptionError(f"bootstrap: type={resampling.kind!r} is not known; choose one of {listed}")
    for name, value in (("n", n), ("processes", processes)):
        if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
            raise OptionError(f"bootstrap: {name} must be a whole number of at least 1, not {value!r}")
    original = resampling.original()
    parts: list[Replicates] = []
    done, was_stopped = 0, False
    try:
        for part in replicates(resampling, n, generator, processes):
            parts.append(part)
            done += len(part.rows)
            if progress is not None:
                progress(done, n)
    except (KeyboardInterrupt, FitCancelled):
        was_stopped = True
        if not parts:
            raise
    values = np.concatenate([part.rows for part in parts])
    singular = int(sum(part.is_singular.sum() for part in parts))
    failed = int(np.isnan(values).all(axis=1).sum())
    frame = pd.DataFrame(values, columns=original.index)
    return Bootstrap(original, frame, failed, singular, resampling.kind, was_stopped)


def _interval(values: np.ndarray, original: float, level: float, method: str) -> tuple[float, float]:
    tail = (1.0 - level) / 2.0
    if not len(values):
        return np.nan, np.nan
    if method == "normal":
        centre, half = 2.0 * original - values.mean(), float(normal_quantile(1.0 - tail)) * values.std(ddof=1)
        return float(centre - half), float(centre + half)
    low, high = (float(q) for q in np.quantile(values, [tail, 1.0 - tail]))
    if method == "basic":
        return 2.0 * original - high, 2.0 * original - low
    if method == "percentile":
        return low, high
    ordered = np.sort(values)
    inside = max(1, int(np.ceil(level * len(ordered))))
    widths = ordered[inside - 1 :] - ordered[: len(ordered) - inside + 1]
    start = int(np.argmin(widths))
    return float(ordered[start]), float(ordered[start + inside - 1])
