"""The parametric bootstrap of thresholds.

Those of the population are found anew in each refit. Those of levels are of the levels that the data have: with fixed
effects and parameters of a refit, and effects that are drawn given the responses of the data at these parameters. So
the draws are a mixture of conditional distributions over the sampling distribution of the estimates (Laird & Louis
1987, J. Am. Stat. Assoc. 82, their type III), which holds both parts that Booth & Hobert (1998, J. Am. Stat. Assoc. 93)
count: the variance of the effects given the data, and what the errors of the parameters add. New levels would have
nothing to do with those of the data; responses drawn about modes that are held would be shrunk a second time, and their
spread leaves the first part out.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from mixwidget.fit.conditional_draws import conditional_draws
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.bootstrap import Bootstrap, bootstrap
from mixwidget.inference.curve_request import CurveRequest, response_curves
from mixwidget.inference.interrupts import Progress
from mixwidget.inference.replicates import Resampling, Statistic
from mixwidget.inference.threshold_places import Thresholds, thresholds


@dataclass(frozen=True, slots=True)
class Sampling:
    """How many replicates, and what draws them."""

    n: int = 1000
    seed: int | np.random.Generator | None = None


def bootstrapped(
    fit: GeneralizedFit, found: Thresholds, request: CurveRequest, sampling: Sampling, progress: Progress | None
) -> Bootstrap:
    """Return the thresholds of refits to responses that are drawn from the model; those of levels are drawn too."""
    generator = np.random.default_rng(sampling.seed)
    stat: Statistic = partial(_of_refit, request=request, mean=found.mean)
    if request.group is not None:
        stat = OfLevels(fit, found, np.random.default_rng(generator.integers(2**63)))
    return bootstrap(Resampling(fit, "parametric", stat), sampling.n, generator, progress, 1)


@dataclass(frozen=True, slots=True, eq=False)
class OfLevels:
    """The thresholds of the data's levels under the parameters of a refit."""

    fit: GeneralizedFit
    found: Thresholds
    generator: np.random.Generator

    def __call__(self, refit: Fit) -> np.ndarray:
        """Return one draw of the thresholds; those of the fit itself are those at its modes."""
        if refit is self.fit:
            return self.found.x
        if not isinstance(refit, GeneralizedFit):
            raise TypeError("thresholds are those of a generalized model")
        effects = conditional_draws(self.fit, refit, self.generator)
        if effects is None:
            return np.full(len(self.found.x), np.nan)
        curves = replace(self.found.curves, beta=refit.estimates.beta, effects=effects)
        return thresholds(self.fit, curves, self.found.mean).x


def percentiles(found: Thresholds, drawn: Bootstrap, level: float) -> pd.DataFrame:
    """Return estimates with standard deviations and percentiles of the replicates; NaN where none reaches p."""
    tail = 0.5 * (1.0 - level)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of columns without a number
        ends = np.nanquantile(drawn.replicates.to_numpy(), [tail, 1.0 - tail], axis=0)
    columns = {"threshold": found.x, "se": drawn.se.to_numpy(), "lower": ends[0], "upper": ends[1]}
    table = pd.DataFrame(columns)
    table.loc[~np.isfinite(found.x)] = np.nan
    return table


def replicates_in_words(drawn: Bootstrap, n: int, group: str | None) -> str:
    """Say how many replicates the percentiles are of."""
    done = len(drawn.replicates)
    missing = int(drawn.replicates.isna().any(axis=1).sum())
    parts = [f"{done} replicates" if done == n else f"{done} of {n} replicates, stopped"]
    if missing:
        lack = "without a threshold, which are left out" if group is None else "in which some level has none"
        parts.append(f"{missing} {lack}")
    drawn_too = "" if group is None else f", each with effects of {group} drawn given their data"
    return f"{'; '.join(parts)}{drawn_too}."


def _of_refit(fit: Fit, *, request: CurveRequest, mean: float) -> np.ndarray:
    if not isinstance(fit, GeneralizedFit):
        raise TypeError("thresholds are those of a generalized model")
    return thresholds(fit, response_curves(fit, request, "threshold"), mean).x
