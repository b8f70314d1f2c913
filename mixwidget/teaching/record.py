"""What fits of many samples make of the truth: estimates, and how often their intervals held it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.varcorr import varcorr
from mixwidget.inference.coefficients import coefficient_values
from mixwidget.inference.ddf import usual_ddf
from mixwidget.inference.intervals import t_quantile
from mixwidget.inference.parameter_errors import LEAST_SHARE, parameter_errors
from mixwidget.teaching.settings import Settings
from mixwidget.views.view import View, number

LEVEL = 0.95
SAME = 1e-9  # of a truth at the end of an interval


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate and the ends of its 95 % interval, which are None where there is none.

    Those of fixed effects are Wald intervals with Satterthwaite's degrees of freedom (z of generalized models), those
    of standard deviations Wald intervals of their logarithm; one at zero and a correlation have none.
    """

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """The estimates of one data set, by parameter."""

    seed: int
    estimates: dict[str, Estimate]


@dataclass(frozen=True, slots=True)
class ParameterRecord(View):
    """One parameter over the samples.

    Attributes
    ----------
    truth : float or None
        None where the data have no such parameter.
    values, lows, highs : tuple of (float or None)
        Estimates and ends of intervals, one a sample.
    mean : float or None
    n_held, n_intervals : int
        How many intervals held the truth, of how many.
    sentence : str
    """

    name: str
    truth: float | None
    values: tuple[float | None, ...]
    lows: tuple[float | None, ...]
    highs: tuple[float | None, ...]
    mean: float | None
    n_held: int
    n_intervals: int
    sentence: str


@dataclass(frozen=True, slots=True)
class RecordView(View):
    """The record.

    Attributes
    ----------
    formula : str
        The model, the same for all samples.
    seeds : tuple of int
    parameters : tuple of ParameterRecord
    """

    formula: str
    seeds: tuple[int, ...]
    parameters: tuple[ParameterRecord, ...]


def sample_of(fit: Fit, seed: int) -> Sample:
    """Return the estimates of a fit to the data of a seed."""
    fixed = {
        name: _fixed(estimate, se, df)
        for name, (estimate, se, df, _, _) in zip(
            fit.design.x_names, coefficient_values(fit, usual_ddf(fit)).tolist(), strict=True
        )
    }
    return Sample(seed, {**fixed, **_random(fit)})


def record_view(samples: Sequence[Sample], settings: Settings, formula: str) -> RecordView:
    """Return the record of samples of one model and one truth.

    Parameters
    ----------
    samples : sequence of Sample
    settings : Settings
    formula : str
    """
    names = list(samples[0].estimates) if samples else []
    true = truth(settings)
    parameters = tuple(_parameter(name, true.get(name), [one.estimates[name] for one in samples]) for name in names)
    return RecordView(formula, tuple(one.seed for one in samples), parameters)


def truth(settings: Settings) -> dict[str, float]:
    """Return the true values of the parameters, by the names of the record.

    With unequal residual variances that of the residual is the root of their mean; an outlying group, two populations
    and a trend between groups change no true value of the others.
    """
    values = {
        "(Intercept)": settings.intercept,
        "x": settings.slope,
        "SD of (Intercept)": settings.sd_intercept,
        "SD of x": settings.sd_slope,
        "correlation": settings.correlation,
    }
    if settings.family == "gaussian":
        mean_square = 0.5 * (1.0 + settings.residual_ratio**2)
        values["SD of the residual"] = settings.sd_residual * float(np.sqrt(mean_square))
    return {name: float(value) for name, value in values.items()}


def _fixed(estimate: float, se: float, df: float) -> Estimate:
    half = float(t_quantile(LEVEL, df)) * se
    return Estimate(number(estimate), number(estimate - half), number(estimate + half))


def _random(fit: Fit) -> dict[str, Estimate]:
    components, errors = varcorr(fit), parameter_errors(fit).tolist()
    found: dict[str, Estimate] = {}
    for term in components.terms:
        for column, sd in zip(term.columns, term.sd.tolist(), strict=True):
            found[f"SD of {column}"] = _spread(sd, errors[len(found)])
    if components.sigma is not None:
        found["SD of the residual"] = _spread(components.sigma, errors[len(found)])
    pairs = [term.corr[1, 0] for term in components.terms if len(term.columns) == 2]
    return found | ({"correlation": Estimate(number(pairs[0]))} if pairs else {})


def _spread(sd: float, error: float) -> Estimate:
    if error <= 2.0 * LEAST_SHARE * sd or sd <= 2.0 * error * LEAST_SHARE or sd == 0.0:
        return Estimate(number(sd))
    factor = float(np.exp(t_quantile(LEVEL, np.inf) * min(error / sd, 10.0)))
    return Estimate(number(sd), number(sd / factor), number(sd * factor))


def _parameter(name: str, true: float | None, estimates: list[Estimate]) -> ParameterRecord:
    values = [one.value for one in estimates if one.value is not None]
    mean = float(np.mean(values)) if values else None
    with_interval = [(one.low, one.high) for one in estimates if one.low is not None and one.high is not None]
    n_held = 0 if true is None else sum(low - SAME <= true <= high + SAME for low, high in with_interval)
    return ParameterRecord(
        name,
        true,
        tuple(one.value for one in estimates),
        tuple(one.low for one in estimates),
        tuple(one.high for one in estimates),
        mean,
        n_held,
        0 if true is None else len(with_interval),
        _sentence(true, mean, n_held, len(with_interval)),
    )


def _sentence(true: float | None, mean: float | None, n_held: int, n_intervals: int) -> str:
    average = "no estimate" if mean is None else f"{mean:.3g} on average"
    if true is None:
        return f"{average}; the data have no such parameter."
    held = f"the 95 % interval held it in {n_held} of {n_intervals}" if n_intervals else "no intervals"
    return f"Truth {true:.3g}, {average}; {held}."
