"""The Python packages that are timed: each fits one model and tells its criterion."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a package found.

    Attributes
    ----------
    criterion : float
        The REML criterion, -2 times the restricted log-likelihood, with lme4's constants.
    note : str
        What the package says about its fit.
    """

    criterion: float
    note: str


def version(package: str) -> str:
    """Return name and version of a package, e.g. ``"glmm 0.6.2"``."""
    if package == "mixwidget":
        import mixwidget

        return f"mixwidget {mixwidget.__version__}"  # this work tree, installed or not
    return f"{package} {importlib.metadata.version(package)}"


def is_installed(package: str) -> bool:
    """Whether the package can be timed here."""
    return importlib.util.find_spec(package) is not None


def keep_mixwidget(model: str, frame: pd.DataFrame) -> object:
    """Return a fit whose cross products `refit_mixwidget` uses."""
    import mixwidget

    return mixwidget.lmer(model, frame)


def refit_mixwidget(terms: str, kept: Any) -> Fitted:
    """Fit the rows of a kept fit with other random-effects terms, given as JSON, from a cold start."""
    fit = kept.restructure([(group, columns) for group, columns in json.loads(terms)])
    return Fitted(fit.criterion, "singular" if fit.is_singular else "")


def _fit_mixwidget(model: str, frame: pd.DataFrame) -> Fitted:
    import mixwidget

    fit = mixwidget.lmer(model, frame)
    remarks = [f"{fit.optimum.n_evaluations} evaluations", "singular" if fit.is_singular else ""]
    return Fitted(fit.criterion, ", ".join(filter(None, remarks)))


def _fit_glmm(model: str, frame: pd.DataFrame) -> Fitted:
    import glmm

    fit = glmm.fit(frame, model, satterthwaite=False)  # lmer() computes no degrees of freedom either
    remarks = [
        f"{fit.n_eval} evaluations",
        "singular" if fit.singular else "",
        "" if fit.converged else "not converged",
    ]
    return Fitted(-2.0 * fit.loglik, ", ".join(filter(None, remarks)))


def _fit_mixedlm(model: str, frame: pd.DataFrame) -> Fitted:
    import mixedlm

    fit = mixedlm.lmer(model, frame)
    return Fitted(float(fit.deviance), "" if fit.converged else "not converged")


def _fit_statsmodels(model: str, frame: pd.DataFrame) -> Fitted:
    import statsmodels.formula.api as formula_api

    arguments: dict[str, Any] = json.loads(model)
    fit = formula_api.mixedlm(data=frame, **arguments).fit()
    return Fitted(-2.0 * fit.llf, "" if fit.converged else "not converged")


FITTERS: dict[str, Callable[[str, pd.DataFrame], Fitted]] = {
    "mixwidget": _fit_mixwidget,
    "glmm": _fit_glmm,
    "mixedlm": _fit_mixedlm,
    "statsmodels": _fit_statsmodels,
}
