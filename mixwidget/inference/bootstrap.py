"""The bootstrap of a mixed model, as ``lme4::bootMer``, with all responses of a plain model fitted in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from mixwidget.errors import FitError, OptionError
from mixwidget.fit.parameters import parameter_names, parameter_values
from mixwidget.fit.resample import resampled_groups, residual_responses
from mixwidget.fit.responses import fit_responses
from mixwidget.fit.simulate import simulate
from mixwidget.fit.solution import Solution, resolve, solve
from mixwidget.inference.intervals import check_level, percent_names

TYPES = ("parametric", "residual", "case")
INTERVALS = ("percentile", "basic", "shortest", "normal")
CHUNK = 250  # responses that are drawn at once: memory, and how often progress is shown


@dataclass(frozen=True, eq=False)
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
            _interval(column.dropna().to_numpy(), float(self.original[name]), level, method)
            for name, column in self.replicates.items()
        ]
        return pd.DataFrame(limits, index=self.replicates.columns, columns=list(percent_names(level)))

    def to_frame(self) -> pd.DataFrame:
        """Return original, bias and se of each statistic."""
        return pd.DataFrame({"original": self.original, "bias": self.bias, "se": self.se})

    def _heading(self) -> str:
        stopped = "; stopped before the end" if self.was_stopped else ""
        counts = f"{self.n_failed} refits failed, {self.n_singular} were singular{stopped}"
        return f"{self.type} bootstrap, {len(self.replicates)} replicates ({counts})"

    def __repr__(self) -> str:
        return f"{self._heading()}\n{self.to_frame().to_string()}"

    def _repr_html_(self) -> str:
        return f"<p>{self._heading()}</p>{self.to_frame().to_html()}"


def bootstrap(
    solution: Solution,
    modes: dict[str, pd.DataFrame],
    n: int,
    *,
    stat: Callable[[Solution], Any] | None,
    kind: str,
    generator: np.random.Generator,
    progress: Callable[[int, int], None] | None = None,
) -> Bootstrap:
    """Fit the model to n new data sets in the image of the fit; see `LmerModel.bootstrap`."""
    if kind not in TYPES:
        raise OptionError(f"bootstrap: type={kind!r} is not known; choose one of {', '.join(map(repr, TYPES))}")
    if n < 1:
        raise OptionError(f"bootstrap: n must be at least 1, not {n}")
    original = _values(solution, stat)
    rows: list[np.ndarray] = []
    singular = failed = 0
    was_stopped = False
    try:
        for values, is_singular in _replicates(solution, modes, n, stat, kind, generator, original):
            rows.append(values)
            singular += is_singular
            failed += bool(np.isnan(values).all())
            if progress is not None and (len(rows) % 10 == 0 or len(rows) == n):
                progress(len(rows), n)
    except KeyboardInterrupt:
        was_stopped = True
        if not rows:
            raise
    frame = pd.DataFrame(rows, columns=original.index)
    return Bootstrap(original, frame, failed, singular, kind, was_stopped)


def _replicates(
    solution: Solution,
    modes: dict[str, pd.DataFrame],
    n: int,
    stat: Callable[[Solution], Any] | None,
    kind: str,
    generator: np.random.Generator,
    original: pd.Series,
) -> Iterator[tuple[np.ndarray, bool]]:
    if kind == "case":
        start = list(solution.estimates.templates)
        for _ in range(n):
            design = resampled_groups(solution.design, generator)
            refit = partial(solve, design, reml=solution.reml, control=solution.control, start=start)
            yield _refit(refit, stat, original)
        return
    for first in range(0, n, CHUNK):
        size = min(CHUNK, n - first)
        if kind == "parametric":
            draws = simulate(solution, size, generator, None)
        else:
            draws = residual_responses(solution, modes, size, generator)
        if stat is None:
            fits = fit_responses(solution, draws)
            for row, is_singular in zip(parameter_values(fits), fits.is_singular, strict=True):
                yield row, bool(is_singular)
        else:
            for i in range(size):
                yield _refit(partial(resolve, solution, draws[:, i]), stat, original)


def _refit(
    fit: Callable[[], Solution], stat: Callable[[Solution], Any] | None, original: pd.Series
) -> tuple[np.ndarray, bool]:
    try:
        refitted = fit()
    except FitError:
        return np.full(len(original), np.nan), False
    return _values(refitted, stat).to_numpy(dtype=float), refitted.optimum.certificate.is_singular


def _values(solution: Solution, stat: Callable[[Solution], Any] | None) -> pd.Series:
    if stat is None:
        fits = fit_responses(solution, None)
        return pd.Series(parameter_values(fits)[0], index=parameter_names(solution), name="original")
    values = stat(solution)
    if isinstance(values, pd.Series):
        return values.astype(float)
    if isinstance(values, dict):
        return pd.Series(values, dtype=float)
    flat = np.atleast_1d(np.asarray(values, dtype=float)).ravel()
    return pd.Series(flat, index=[f"t{i}" for i in range(1, len(flat) + 1)] if len(flat) > 1 else ["t"])


def _interval(values: np.ndarray, original: float, level: float, method: str) -> tuple[float, float]:
    tail = (1.0 - level) / 2.0
    if not len(values):
        return np.nan, np.nan
    if method == "normal":
        centre, half = 2.0 * original - values.mean(), float(norm.ppf(1.0 - tail)) * values.std(ddof=1)
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
