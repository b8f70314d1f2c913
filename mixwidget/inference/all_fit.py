"""The same model by every optimiser there is, as ``lme4::allFit``: whether the answer depends on who looked for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter

import numpy as np
import pandas as pd

from mixwidget.engine.criterion.estimates import Estimates
from mixwidget.engine.criterion.generalized_estimates import GeneralizedEstimates
from mixwidget.engine.criterion.polled import Polled
from mixwidget.engine.search.corners import POOLED, POOLED_REACH
from mixwidget.engine.search.newton import minimise
from mixwidget.engine.search.second_look import other_starts
from mixwidget.fit.fit import Fit
from mixwidget.fit.threads import one_thread
from mixwidget.inference.estimates_at import estimates_at
from mixwidget.inference.interrupts import Progress, finished
from mixwidget.inference.optimisers import WHAT, Method, Recorder, absent_methods, methods
from mixwidget.inference.other_optima import OtherOptimum, other_minima, places
from mixwidget.inference.parameter_errors import has_free_shape, parameter_errors

NEWTON = "Newton from '{}'"
STATIONARY = ("converged", "no further decrease")
AGREE = 1e-2  # criterion units: two ends nearer than this are the same answer, as in the verdict
EFFORT = ("agrees", "evaluations", "seconds", "excess")  # columns of the table that are no quantities
SORT_DECIMALS = 6  # of the criterion; rounding below should not order the optimisers


@dataclass(frozen=True, slots=True)
class Run:
    """One optimiser's answer.

    Attributes
    ----------
    optimiser : str
    value : float
        The criterion that was minimised, penalty included.
    theta : ndarray
        In the standardised basis.
    path : ndarray, shape (m, n_theta)
        The points it moved through, each better than the one before.
    n_evaluations : int
    seconds : float
    estimates : Estimates
    is_stationary : bool
        Whether it is Newton's and ended at a stationary point.
    """

    optimiser: str
    value: float
    theta: np.ndarray
    path: np.ndarray
    n_evaluations: int
    seconds: float
    estimates: Estimates
    is_stationary: bool = False


@dataclass(frozen=True, slots=True)
class Runs:
    """All optimisers' answers.

    Attributes
    ----------
    fit : Fit
        The fit that was repeated.
    runs : tuple of Run
        Best first.
    optima : tuple of OtherOptimum
        The minima apart from the fit's that Newton ended at.
    """

    fit: Fit
    runs: tuple[Run, ...]
    optima: tuple[OtherOptimum, ...] = ()

    @property
    def best(self) -> float:
        """The lowest criterion of all, the fit's own included."""
        return min(self.fit.optimum.evaluation.value, *(run.value for run in self.runs))

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each optimiser: criterion, excess, evaluations, seconds, fixef, sd, sigma and shape.

        The last two where they are estimated.
        """
        rows = [self._row(run) for run in self.runs]
        return pd.DataFrame(rows, index=pd.Index([run.optimiser for run in self.runs], name="optimiser"))

    def _row(self, run: Run) -> dict[str, float | int | bool]:
        design = self.fit.design
        row: dict[str, float | int | bool] = {
            "criterion": run.value,
            "excess": round(run.value - self.best, SORT_DECIMALS + 3),
            "agrees": run.value - self.best <= AGREE,
            "evaluations": run.n_evaluations,
            "seconds": run.seconds,
        }
        row |= dict(zip(design.x_names, map(float, run.estimates.beta), strict=True))
        for term, covariance in zip(design.terms, run.estimates.covariances, strict=True):
            group = design.factors[term.factor].label
            sds = np.sqrt(np.diagonal(covariance))
            for name, sd in zip(term.columns, sds.tolist(), strict=True):
                label = f"sd {name} | {group}"
                row[f"{label} (again)" if label in row else label] = sd
        if self.fit.has_sigma:
            row["sigma"] = run.estimates.sigma
        if has_free_shape(self.fit) and isinstance(run.estimates, GeneralizedEstimates):
            row["shape"] = run.estimates.shape or np.inf
        return row

    def sentence(self) -> str:
        """Say whether the optimisers agree, what it means, and which ones could not run."""
        return " ".join([self._agreement(), *self._minima(), *absent_methods()])

    def _minima(self) -> list[str]:
        """Say which of the ends are optima of their own, and what the fixed effects are there."""
        higher = tuple(other for other in self.optima if other.gap > 0.0)
        if not higher:
            return []
        there, here = places(higher, self.fit)
        listed = " and ".join(
            f"{other.gap:.4g} higher{f' ({place})' if place else ''}"
            for other, place in zip(higher, there, strict=True)
        )
        are = "A true minimum too lies" if len(higher) == 1 else "True minima too lie"
        return [f"{are} {listed}{f'; at this fit {here}' if here else ''}: a program that ends there is not lost."]

    def _agreement(self) -> str:
        apart = [run for run in self.runs if run.value - self.best > AGREE]
        n = len(self.runs)
        own = self.fit.optimum.evaluation.value - self.best
        if own > AGREE:
            return (
                f"Several optima: {self.runs[0].optimiser} ended {own:.4g} below this fit; "
                "fit again with start= at its theta."
            )
        if not apart:
            return f"All {n} optimisers agree within {AGREE} units of the criterion."
        ended: dict[str, list[str]] = {}
        for run in apart:
            ended.setdefault(f"{run.value - self.best:.4g}", []).append(run.optimiser)
        listed = "; ".join(f"{', '.join(names)} ended {gap} higher" for gap, names in ended.items())
        return f"Not all agree: {n - len(apart)} of {n} optimisers end where this fit did, but {listed}."


def quantity_units(runs: Runs) -> pd.Series:
    """Return for each quantity of the table a difference that counts: its standard error; ten tolerances."""
    fit = runs.fit
    errors = np.sqrt(np.diagonal(fit.estimates.vcov))
    values = np.concatenate([[10.0 * AGREE], errors, parameter_errors(fit)])
    names = [name for name in runs.to_frame().columns if name not in EFFORT]
    return pd.Series(values, index=names)


def all_fit(fit: Fit, progress: Progress | None = None, *, keeps_finished: bool = True) -> Runs:
    """Minimise the criterion of a fit again by every available optimiser, from lme4's own start.

    The cross products are those of the fit. Newton also runs from the other starting values. An interrupt ends the
    search, and keeps the answers that are there if they are wanted.
    """
    optimum = fit.optimum
    criterion = optimum.criterion
    starts = criterion.starting_values(thorough=True)
    further = other_starts(criterion, optimum.basin)
    finite = (n for n, t in further.items() if np.isfinite(criterion.evaluate(t).value))
    starts |= {name: further[name] for name in finite}
    runs: list[Callable[[], Run]] = [
        partial(_newton, fit, NEWTON.format(name), start) for name, start in starts.items()
    ]
    runs += [
        partial(_recorded, fit, name, method, starts["unit"])
        for name, method in methods(has_hessian=not criterion.has_metric).items()
    ]
    with one_thread():
        found = finished(runs, lambda run: run(), WHAT, progress, least=1 if keeps_finished else len(runs))
        ends = [(run.value, run.theta) for run in found if run.is_stationary]
        optima = other_minima(fit, ends)
    return Runs(fit, tuple(sorted(found, key=lambda run: round(run.value, SORT_DECIMALS))), optima)


def _newton(fit: Fit, name: str, start: np.ndarray) -> Run:
    began = perf_counter()
    control = fit.control
    criterion = Polled(fit.optimum.criterion, partial(control.poll, WHAT))
    end = minimise(
        criterion,
        criterion.evaluate(start),
        tolerance=control.tolerance,
        max_evaluations=500,
        reach=POOLED_REACH if name == NEWTON.format(POOLED) else np.inf,
        has_metric=fit.optimum.criterion.has_metric,
    )
    path = np.array([step.theta for step in end.log if step.accepted])
    run = _run(fit, name, path, len(end.log), perf_counter() - began)
    return replace(run, is_stationary=end.reason in STATIONARY)


def _recorded(fit: Fit, name: str, method: Method, start: np.ndarray) -> Run:
    recorder = Recorder(fit)
    began = perf_counter()
    method(recorder, start)
    return _run(fit, name, np.array(recorder.path), recorder.count, perf_counter() - began)


def _run(fit: Fit, name: str, path: np.ndarray, count: int, seconds: float) -> Run:
    value = float(fit.optimum.criterion.evaluate(path[-1]).value)
    return Run(name, value, path[-1], path, count, seconds, estimates_at(fit, path[-1]))
