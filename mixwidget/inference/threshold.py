"""Thresholds: the value of a predictor at which a predicted probability, or mean, is reached.

With eta(x) the linear predictor along a predictor x, the threshold solves eta(x) = g(p), g the link. By the delta
method its standard error is that of eta over the slope of eta, both at the threshold: for a straight line on the probit
scale that of the point of subjective equivalence of Moscatelli, Mezzetti & Lacquaniti (2012), J. Vision 12(11):26; for
any other curve the implicit-function theorem gives the same. The threshold of a level has the prediction error variance
of its linear predictor (fixed effects and conditional modes together) in the place of the variance of the population's;
see `fit.uncertainty`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from mixwidget.errors import OptionError
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.bootstrap import Bootstrap, bootstrap
from mixwidget.inference.crossings import brackets, roots
from mixwidget.inference.curve_request import CurveRequest, response_curves
from mixwidget.inference.interrupts import Progress
from mixwidget.inference.intervals import check_level
from mixwidget.inference.replicates import Resampling
from mixwidget.inference.response_curves import ResponseCurves
from mixwidget.inference.tails import normal_quantile

METHODS = ("delta", "boot")
N_SCANNED = 128  # pieces of the predictor's range in each of which a curve crosses a value once at most
NAMED_CROSSINGS = 3  # further ones that a note lists
Scan = Callable[[np.ndarray], np.ndarray]
Points = Callable[[np.ndarray, np.ndarray], np.ndarray]
NOT_REACHED, BEYOND = "not reached", "beyond the data"


@dataclass(frozen=True, slots=True)
class ThresholdRequest:
    """What is asked for; see `GlmerModel.threshold`."""

    curves: CurveRequest
    p: float
    guess: float = 0.0
    level: float = 0.95
    method: str = "delta"
    n: int = 1000
    seed: int | np.random.Generator | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """Where curves reach a mean.

    Attributes
    ----------
    curves : ResponseCurves
    mean : float
        The mean of the model that is to be reached.
    x : ndarray, shape (m,)
        In units of the predictor as the data have it; NaN where a curve does not get there.
    others : tuple of tuple of float
        Further places of each curve within the data.
    """

    curves: ResponseCurves
    mean: float
    x: np.ndarray
    others: tuple[tuple[float, ...], ...]


def threshold_table(fit: GeneralizedFit, request: ThresholdRequest, progress: Progress | None = None) -> pd.DataFrame:
    """Return thresholds with standard errors, limits and slopes, one row for each cell, or each cell and level.

    The frame's ``attrs`` say how they were found, and what is said below the table.

    Raises
    ------
    OptionError, DataError
        If something is asked for that has no meaning.
    """
    mean = checked_mean(fit, request)
    curves = response_curves(fit, request.curves, "threshold")
    found = thresholds(fit, curves, mean)
    quantile = normal_quantile(0.5 + request.level / 2.0)
    limits, notes = _delta(fit, found, quantile)
    words = list(_words(fit, request, found))
    if request.method == "boot":
        drawn = _bootstrapped(fit, request, found, progress)
        limits = _percentiles(found, drawn, request.level)
        words.append(_counts(drawn, request.n))
    table = pd.concat([curves.labels, limits], axis=1)
    table["slope"] = (1.0 - request.guess) * _mean_slopes(fit, found)
    table["note"] = notes
    table.attrs = {
        "of": curves.of,
        "p": request.p,
        "guess": request.guess,
        "mean": mean,
        "is_probability": fit.family.distribution.support == "unit",
        "level": request.level,
        "method": request.method,
        "group": request.curves.group,
        "notes": words,
    }
    return table


def thresholds(fit: GeneralizedFit, curves: ResponseCurves, mean: float) -> Thresholds:
    """Find where the curves of a fit reach a mean."""
    target = float(fit.family.link.linear(np.array([mean]))[0])
    places = nearest_crossings(curves, curves.scanned, lambda x, curve: curves.at(x, curve).estimate, target)
    best = np.array([found[0] if found else np.nan for found in places])
    reached = np.flatnonzero(np.isfinite(best))
    best[reached[~curves.is_known(best[reached], reached)]] = np.nan
    others = tuple(tuple(sorted(curves.within(found[1:]))) for found in places)
    return Thresholds(curves, mean, best, others)


def nearest_crossings(curves: ResponseCurves, scanned: Scan, at: Points, target: float) -> list[tuple[float, ...]]:
    """Find where each curve has a value: within the data nearest to their middle first, else up to one range beyond.

    Parameters
    ----------
    curves : ResponseCurves
    scanned : callable
        Of places, shape (n_x,), the heights of all curves, shape (n_x, m).
    at : callable
        Of places and curves, shape (r,), the heights, shape (r,).
    target : float
        On the scale of the linear predictor, as the heights.
    """
    width, middle = curves.high - curves.low, float(np.mean(curves.values))
    x = np.linspace(curves.low - width, curves.high + width, 3 * N_SCANNED + 1)
    x[N_SCANNED], x[2 * N_SCANNED] = curves.low, curves.high
    found = brackets(x, scanned(x) - target)
    places = roots(lambda x: at(x, found.curve) - target, found) if len(found.curve) else found.low
    result: list[tuple[float, ...]] = []
    for curve in range(len(curves.cell)):
        mine = places[(found.curve == curve) & np.isfinite(places)].tolist()
        nearest = sorted(curves.within(mine) or mine, key=lambda place: abs(place - middle))
        result.append(tuple(nearest))
    return result


def _delta(fit: GeneralizedFit, found: Thresholds, quantile: float) -> tuple[pd.DataFrame, list[str]]:
    """Return estimates, standard errors and limits by the delta method, and what is to be said of each."""
    curves, x = found.curves, found.x
    reached = np.flatnonzero(np.isfinite(x))
    se, is_flat = np.full(len(x), np.nan), np.zeros(len(x), dtype=bool)
    if len(reached):
        slopes = curves.slopes(x[reached], reached)
        steepness = np.abs(slopes.estimate)
        with np.errstate(divide="ignore"):
            se[reached] = curves.at(x[reached], reached).se / steepness
        is_flat[reached] = steepness < quantile * slopes.se
    notes = [_note(fit, found, curve, is_flat=bool(is_flat[curve])) for curve in range(len(x))]
    limits = {"threshold": x, "se": se, "lower": x - quantile * se, "upper": x + quantile * se}
    return pd.DataFrame(limits), notes


def _note(fit: GeneralizedFit, found: Thresholds, curve: int, *, is_flat: bool) -> str:
    curves, x = found.curves, found.x[curve]
    parts: list[str] = []
    if np.isnan(x):
        ends = np.linspace(curves.low, curves.high, N_SCANNED + 1)
        eta = curves.scanned(ends)[:, curve]
        means = fit.family.link.means(eta[np.isfinite(eta)]).mu
        if not len(means) or not curves.is_known(ends[:1], np.array([curve]))[0]:
            return "the data do not determine it"
        return f"{NOT_REACHED}: means of {means.min():.3g} to {means.max():.3g} in the data"
    if not curves.low <= x <= curves.high:
        parts.append(BEYOND)
    if found.others[curve]:
        more = found.others[curve]
        listed = ", ".join(f"{place:.4g}" for place in more[:NAMED_CROSSINGS])
        parts.append(f"also at {listed}{' and more' if len(more) > NAMED_CROSSINGS else ''}")
    if is_flat:
        parts.append("slope near 0: no trust in the interval")
    return "; ".join(parts)


def _words(fit: GeneralizedFit, request: ThresholdRequest, found: Thresholds) -> Iterator[str]:
    """Yield what is said below a table of thresholds."""
    curves, groups = found.curves, [factor.label for factor in fit.design.factors]
    if request.curves.group is None:
        yield f"The curve with random effects of zero: that of a median {' and '.join(groups)}, not the average of all."
    else:
        others = [label for label in groups if label != request.curves.group]
        zero = f"; the effects of {' and '.join(others)} are zero" if others else ""
        yield f"Partial pooling: fixed effects plus the conditional modes of {request.curves.group}{zero}."
    if request.guess:
        share = f"{request.guess:.4g} + {1.0 - request.guess:.4g} times the model's mean"
        yield f"p = {share}, which must reach {found.mean:.4g}."
    if curves.held:
        held = ", ".join(f"{name} = {value:.4g}" for name, value in curves.held.items())
        yield f"Held: {held}."
    if curves.averaged:
        yield f"Averaged over the levels of {', '.join(curves.averaged)}, on the scale of the link."
    if np.isnan(found.x).any():
        yield f"Looked for from {curves.low:.4g} to {curves.high:.4g}, the data, and as far again on either side."


def _mean_slopes(fit: GeneralizedFit, found: Thresholds) -> np.ndarray:
    """Return the slopes of the mean at the thresholds."""
    reached = np.flatnonzero(np.isfinite(found.x))
    result = np.full(len(found.x), np.nan)
    if len(reached):
        link = fit.family.link
        rate = float(link.slope(link.means(link.linear(np.array([found.mean]))))[0])
        result[reached] = rate * found.curves.slopes(found.x[reached], reached).estimate
    return result


def _bootstrapped(
    fit: GeneralizedFit, request: ThresholdRequest, found: Thresholds, progress: Progress | None
) -> Bootstrap:
    """Return the thresholds of refits to responses that are drawn from the model."""
    resampling = Resampling(fit, "parametric", partial(_of_refit, request=request, mean=found.mean))
    return bootstrap(resampling, request.n, np.random.default_rng(request.seed), progress, 1)


def _percentiles(found: Thresholds, drawn: Bootstrap, level: float) -> pd.DataFrame:
    """Return estimates with standard deviations and percentiles of the replicates; NaN where none reaches p."""
    tail = 0.5 * (1.0 - level)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of columns without a number
        ends = np.nanquantile(drawn.replicates.to_numpy(), [tail, 1.0 - tail], axis=0)
    columns = {"threshold": found.x, "se": drawn.se.to_numpy(), "lower": ends[0], "upper": ends[1]}
    table = pd.DataFrame(columns)
    table.loc[~np.isfinite(found.x)] = np.nan
    return table


def _counts(drawn: Bootstrap, n: int) -> str:
    """Say how many replicates the percentiles are of."""
    done = len(drawn.replicates)
    missing = int(drawn.replicates.isna().any(axis=1).sum())
    parts = [f"{done} replicates" if done == n else f"{done} of {n} replicates, stopped"]
    if missing:
        parts.append(f"{missing} without a threshold, which are left out")
    return f"{'; '.join(parts)}."


def _of_refit(fit: Fit, *, request: ThresholdRequest, mean: float) -> np.ndarray:
    if not isinstance(fit, GeneralizedFit):
        raise TypeError("thresholds are those of a generalized model")
    return thresholds(fit, response_curves(fit, request.curves, "threshold"), mean).x


def checked_mean(fit: GeneralizedFit, request: ThresholdRequest) -> float:
    """Return the mean that the model must reach."""
    check_level(request.level, "threshold")
    if request.method not in METHODS:
        raise OptionError(f"threshold: method={request.method!r} is not known; choose 'delta' or 'boot'")
    if request.method == "boot" and request.curves.group is not None:
        raise OptionError(
            "threshold: a parametric bootstrap draws new levels, whose thresholds are not those of the data; "
            "take method='delta' with group="
        )
    p, guess = request.p, request.guess
    if guess and fit.family.distribution.name != "binomial":
        raise OptionError(
            f"threshold: guess= is for probabilities, not for means of a {fit.family.distribution.name} model"
        )
    if not 0.0 <= guess < 1.0:
        raise OptionError(f"threshold: guess must be 0 or a probability below 1, not {guess!r}")
    if guess and not guess < p < 1.0:
        raise OptionError(f"threshold: p={p!r} is not between the lower asymptote guess={guess!r} and 1")
    with np.errstate(all="ignore"):
        mean = (p - guess) / (1.0 - guess)
        is_mean = bool(np.isfinite(fit.family.link.linear(np.array([mean])))[0]) and _in_range(fit, mean)
    if not is_mean:
        what = "a probability between 0 and 1" if fit.family.distribution.support == "unit" else "a possible mean"
        raise OptionError(f"threshold: p must be {what}, not {p!r}")
    return mean


def _in_range(fit: GeneralizedFit, mean: float) -> bool:
    return {"unit": 0.0 < mean < 1.0, "real": True}.get(fit.family.distribution.support, mean > 0.0)
