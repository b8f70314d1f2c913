"""Confidence intervals of fixed effects, standard deviations, correlations and sigma."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.errors import OptionError, nearest
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.refit import solve_again
from mixwidget.fit.threads import one_thread
from mixwidget.inference.bootstrap import bootstrap
from mixwidget.inference.coefficients import coefficient_table
from mixwidget.inference.curve import Curve, Parameter, parameters
from mixwidget.inference.curves import curve_of
from mixwidget.inference.ddf import approximation
from mixwidget.inference.free_variances import free_names, refuse_free
from mixwidget.inference.generalized_curve import refuse_no_likelihood
from mixwidget.inference.interrupts import Progress, finished
from mixwidget.inference.intervals import check_level, percent_names, t_quantile
from mixwidget.inference.profile import Profile, profile_curves
from mixwidget.inference.replicates import Resampling
from mixwidget.inference.tails import normal_quantile

METHODS = ("wald", "profile", "boot")


@dataclass(frozen=True, slots=True)
class IntervalRequest:
    """What is asked for; see `LmerModel.confint`."""

    method: str
    level: float
    parm: str | Sequence[str] | None
    ddf: str
    n: int
    boot_method: str


def intervals(
    fit: Fit,
    request: IntervalRequest,
    generator: np.random.Generator,
    progress: Progress | None,
) -> pd.DataFrame:
    """Return intervals by one of the methods.

    Raises
    ------
    OptionError
        If the method, the level or a parameter is not known.
    """
    check_level(request.level, "confint")
    if request.method not in METHODS:
        raise OptionError(f"confint: method={request.method!r} is not known; choose 'wald', 'profile' or 'boot'")
    if request.method == "profile":
        return profile_intervals(fit, request.level, request.parm, progress)
    if request.method == "wald":
        table = wald_intervals(fit, request.level, request.ddf)
    else:
        replicates = bootstrap(Resampling(fit, "parametric", None), request.n, generator, progress)
        table = replicates.confint(request.level, request.boot_method)
        refuse_free(free_names(fit), "bootstrap", warn=fit.control.warn)
    if request.parm is None:
        return table
    named = [parameter.name for parameter in choose(fit, request.parm)]
    missing = [name for name in named if name not in table.index]
    if missing:
        raise OptionError(f"confint: Wald intervals are for the fixed effects; '{missing[0]}' needs method='profile'")
    return table.loc[named]


def wald_intervals(fit: Fit, level: float, ddf: str) -> pd.DataFrame:
    """Return estimate -/+ quantile * se of the fixed effects; ``ddf="z"`` as ``confint(method = "Wald")`` of lme4."""
    check_level(level, "confint")
    table = coefficient_table(fit, ddf)
    half = t_quantile(level, approximation(fit, ddf).df(np.eye(len(table)))) * table["se"].to_numpy()
    estimate = table["estimate"].to_numpy()
    return _frame(list(table.index), np.column_stack([estimate - half, estimate + half]), level)


def profile_intervals(fit: Fit, level: float, names: Sequence[str] | None, progress: Progress | None) -> pd.DataFrame:
    """Return the values at which the profile likelihood reaches the quantile, each end found directly."""
    check_level(level, "confint")
    likelihood = _likelihood(fit)
    wanted = choose(likelihood, names)
    chosen = _determined(fit, likelihood, wanted)
    with one_thread():
        curves = [curve_of(likelihood, parameter) for parameter in chosen]
        ends = [(curve, side) for curve in curves for side in (-1.0, 1.0)]
        found = finished(
            ends, lambda end: _limit(*end, level), "the search for ends of profile intervals", progress, least=2
        )
    limits = np.array(found[: len(found) // 2 * 2]).reshape(-1, 2)
    table = _frame([parameter.name for parameter in chosen[: len(limits)]], limits, level)
    if len(chosen) == len(wanted):
        return table
    done = {parameter.name for parameter in chosen[len(limits) :]}
    return table.reindex([parameter.name for parameter in wanted if parameter.name not in done])


def _determined(fit: Fit, likelihood: Fit, wanted: list[Parameter]) -> list[Parameter]:
    """Return the parameters that the data determine, with a warning that names the others."""
    free = {*free_names(fit), *free_names(likelihood)}
    refuse_free((p.name for p in wanted if p.name in free), "profile", warn=fit.control.warn)
    return [parameter for parameter in wanted if parameter.name not in free]


def profile(fit: Fit, names: Sequence[str] | None, progress: Progress | None) -> Profile:
    """Trace the profiles of all parameters, or of those that are named."""
    likelihood = _likelihood(fit)
    chosen = _determined(fit, likelihood, choose(likelihood, names))
    return profile_curves(likelihood, chosen, progress)


def _likelihood(fit: Fit) -> Fit:
    """Return the fit whose likelihood is profiled.

    Raises
    ------
    OptionError
        If a generalized model was fitted by a criterion that is no likelihood of all its parameters.
    """
    if isinstance(fit, GeneralizedFit):
        refuse_no_likelihood(fit, "profile")
    return ml_solution(fit)


def ml_solution(fit: Fit) -> Fit:
    """Return the maximum-likelihood fit of the same model, without priors."""
    if not fit.reml and not fit.priors:
        return fit
    return solve_again(fit, reml=False, start=list(fit.estimates.templates))


def choose(fit: Fit, names: Sequence[str] | None) -> list[Parameter]:
    """Return parameters by name; ``"beta_"`` and ``"theta_"`` stand for all fixed effects, all others.

    Raises
    ------
    OptionError
        If there is no such parameter.
    """
    every = parameters(fit)
    if names is None:
        return every
    by_name = {parameter.name: parameter for parameter in every}
    fixed = set(fit.design.x_names)
    groups = {"beta_": [n for n in by_name if n in fixed], "theta_": [n for n in by_name if n not in fixed]}
    wanted = [names] if isinstance(names, str) else list(names)
    flat = [name for given in wanted for name in groups.get(given, [given])]
    for name in flat:
        if name not in by_name:
            hint = nearest(name, by_name)
            raise OptionError(f"confint: '{name}' is no parameter of this fit; {hint}")
    return [by_name[name] for name in flat]


def _limit(curve: Curve, side: float, level: float) -> float:
    end = curve.end(side * float(normal_quantile(0.5 + level / 2.0)))
    bound = curve.parameter.lower if side < 0.0 else curve.parameter.upper
    return bound if end is None else end.value


def _frame(names: list[str], limits: np.ndarray, level: float) -> pd.DataFrame:
    return pd.DataFrame(limits, index=pd.Index(names, dtype=object), columns=list(percent_names(level)))
