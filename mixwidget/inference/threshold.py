"""Thresholds: the value of a predictor at which a predicted probability, or mean, is reached.

With eta(x) the linear predictor along a predictor x, the threshold solves eta(x) = g(p), g the link. By the delta
method its standard error is that of eta over the slope of eta, both at the threshold: for a straight line on the probit
scale that of the point of subjective equivalence of Moscatelli, Mezzetti & Lacquaniti (2012), J. Vision 12(11):26; for
any other curve the implicit-function theorem gives the same. The threshold of a level has the prediction error variance
of its linear predictor (fixed effects and conditional modes together) in the place of the variance of the population's;
see `fit.uncertainty`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.errors import OptionError
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.curve_request import CurveRequest, response_curves
from mixwidget.inference.interrupts import Progress
from mixwidget.inference.intervals import check_level
from mixwidget.inference.tails import normal_quantile
from mixwidget.inference.threshold_boot import Sampling, bootstrapped, percentiles, replicates_in_words
from mixwidget.inference.threshold_places import N_SCANNED, Thresholds, thresholds

METHODS = ("delta", "boot")
NAMED_CROSSINGS = 3  # further ones that a note lists
USUAL_SAMPLING = Sampling()
NOT_REACHED, BEYOND = "not reached", "beyond the data"


@dataclass(frozen=True, slots=True)
class ThresholdRequest:
    """What is asked for; see `GlmerModel.threshold`."""

    curves: CurveRequest
    p: float
    guess: float = 0.0
    level: float = 0.95
    method: str = "delta"
    sampling: Sampling = USUAL_SAMPLING


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
        drawn = bootstrapped(fit, found, request.curves, request.sampling, progress)
        limits = percentiles(found, drawn, request.level)
        words.append(replicates_in_words(drawn, request.sampling.n, request.curves.group))
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


def checked_mean(fit: GeneralizedFit, request: ThresholdRequest) -> float:
    """Return the mean that the model must reach."""
    check_level(request.level, "threshold")
    if request.method not in METHODS:
        raise OptionError(f"threshold: method={request.method!r} is not known; choose 'delta' or 'boot'")
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
