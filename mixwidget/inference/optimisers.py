"""The optimisers that stand beside our own: scipy's, and nlopt's BOBYQA where it is installed."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy

from mixwidget.fit.fit import Fit
from mixwidget.fit.linear_fit import LinearFit

WHAT = "the search by all optimisers"
MAX_EVALUATIONS = 20_000  # of the criterion, for methods without derivatives
FAR_ALONG = 1e3  # times theta: a method that walks along a flat ridge ends in rounding, and takes it for an optimum
PENALTY_OF_FAILURE = 1e10  # what a method without derivatives sees where the criterion is not finite
HAS_COBYQA = tuple(int(part) for part in scipy.__version__.split(".")[:2]) >= (1, 14)


class Recorder:
    """The criterion as scipy wants it, keeping every point that was better than all before."""

    def __init__(self, fit: Fit) -> None:
        self.criterion = fit.optimum.criterion
        self.control = fit.control
        largest = float(np.abs(fit.optimum.evaluation.theta).max(initial=1.0))
        is_flat = isinstance(fit, LinearFit) and fit.optimum.criterion.ridge is not None
        self.farthest = FAR_ALONG * largest if is_flat else np.inf
        self.best = np.inf
        self.path: list[np.ndarray] = []
        self.count = 0

    def value(self, theta: np.ndarray) -> float:
        self.control.poll(WHAT)
        value = np.inf
        if np.abs(theta).max(initial=0.0) <= self.farthest:
            value = self.criterion.evaluate(theta).value
        self.count += 1
        if value < self.best:
            self.best = value
            self.path.append(theta.copy())
        return value if np.isfinite(value) else PENALTY_OF_FAILURE

    def gradient(self, theta: np.ndarray) -> np.ndarray:
        return self.criterion.differentiate(self.criterion.evaluate(theta)).gradient

    def hessian(self, theta: np.ndarray) -> np.ndarray:
        return self.criterion.differentiate(self.criterion.evaluate(theta)).hessian


Method = Callable[[Recorder, np.ndarray], object]


def methods(*, has_hessian: bool) -> dict[str, Method]:
    """Return the optimisers that are installed, by name; those for second derivatives where there are exact ones."""
    found: dict[str, Method] = {}
    if has_hessian:
        found["trust-region"] = _scipy("trust-exact", {"gtol": 1e-7, "maxiter": 500}, order=2)
    found |= {
        "L-BFGS-B": _scipy("L-BFGS-B", {"ftol": 1e-14, "gtol": 1e-7, "maxiter": 2000}, order=1),
        "BFGS": _scipy("BFGS", {"gtol": 1e-6, "maxiter": 2000}, order=1),
        "Nelder-Mead": _scipy("Nelder-Mead", {"xatol": 1e-7, "fatol": 1e-9, "maxfev": MAX_EVALUATIONS}),
        "Powell": _scipy("Powell", {"xtol": 1e-7, "ftol": 1e-12, "maxfev": MAX_EVALUATIONS}),
        "COBYLA": _scipy("COBYLA", {"rhobeg": 0.2, "tol": 1e-8, "maxiter": MAX_EVALUATIONS}),
    }
    if HAS_COBYQA:
        found["COBYQA"] = _scipy("COBYQA", {"initial_tr_radius": 0.2, "final_tr_radius": 1e-7, "maxfev": 2000})
    if _has_nlopt():
        found["nlopt BOBYQA"] = _bobyqa
    return found


def _has_nlopt() -> bool:
    return importlib.util.find_spec("nlopt") is not None


def absent_methods() -> list[str]:
    """Say which optimisers are not installed."""
    sentences = []
    if not HAS_COBYQA:
        sentences.append("COBYQA was left out: it comes with scipy 1.14.")
    if not _has_nlopt():
        sentences.append("nlopt's BOBYQA was left out: pip install nlopt brings it.")
    return sentences


def _scipy(method: str, options: dict[str, float], *, order: int = 0) -> Method:
    def run(recorder: Recorder, start: np.ndarray) -> object:
        from scipy.optimize import minimize  # slow to load

        jacobian = recorder.gradient if order >= 1 else None
        hessian = recorder.hessian if order >= 2 else None
        given: dict[str, Any] = {"method": method, "jac": jacobian, "hess": hessian, "options": options}
        return minimize(recorder.value, start, **given)

    return run


def _bobyqa(recorder: Recorder, start: np.ndarray) -> object:
    nlopt = importlib.import_module("nlopt")
    problem = nlopt.opt(nlopt.LN_BOBYQA, len(start))
    problem.set_min_objective(lambda theta, _: recorder.value(theta))
    problem.set_xtol_abs(1e-8)
    problem.set_ftol_abs(1e-8)
    problem.set_maxeval(MAX_EVALUATIONS)
    try:
        return problem.optimize(start)
    except nlopt.RoundoffLimited:  # it cannot step any closer; the recorder has its best point
        return None
