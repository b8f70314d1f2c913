"""A stand-in for a fitted model, filled from a reference case: the views read nothing else from a fit."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.errors import Diagnostic
from mixwidget.fit.prior import NO_PRIORS
from mixwidget.fit.varcorr import VarCorr, VarCorrTerm
from tests.oracles import load_case


@dataclass(frozen=True)
class FakeFit:
    """The public attributes of LmerModel that views read."""

    case: dict[str, Any]
    data: str | None = None
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def call(self):
        return SimpleNamespace(
            data=self.data, **{name: self.case.get(name) for name in ("weights", "subset", "offset")}
        )

    @property
    def alerts(self):
        return self.diagnostics

    @property
    def priors(self):
        return NO_PRIORS

    @property
    def formula(self):
        return self.case["formula"]

    @property
    def reml(self):
        return self.case["REML"]

    @property
    def criterion(self):
        return self.case["criterion"]

    @property
    def sigma(self):
        return self.case["sigma"]

    @property
    def loglik(self):
        return self.case["logLik"]

    @property
    def aic(self):
        return self.case["AIC"]

    @property
    def bic(self):
        return self.case["BIC"]

    @property
    def npar(self):
        return self.case["npar"]

    @property
    def nobs(self):
        return self.case["nobs"]

    @property
    def df_resid(self):
        return self.case["df_residual"]

    @property
    def ngroups(self):
        return self.case["ngrps"]

    @property
    def fixef(self):
        return pd.Series(self.case["fixef"]["estimate"], self.case["fixef"]["names"])

    @property
    def vcov(self):
        names = self.case["fixef"]["names"]
        return pd.DataFrame(self.case["fixef"]["vcov"], names, names)

    @property
    def varcorr(self):
        stored = self.case["varcorr"]
        names = list(dict.fromkeys(stored["as_data_frame"]["columns"]["grp"]))  # unique: Subject, Subject.1
        terms = zip(stored["terms"], names, strict=False)  # the last one is the residual
        return VarCorr(
            tuple(
                VarCorrTerm(term["group"], name, tuple(term["names"]), np.array(term["cov"])) for term, name in terms
            ),
            stored["sigma"],
        )

    def coef_table(self):
        fixed, test = self.case["fixef"], self.case["lmerTest"]["satterthwaite"]
        columns = {"estimate": fixed["estimate"], "se": fixed["se"]}
        columns |= {"df": test["df"], "statistic": test["t"], "p": test["p"]}
        return pd.DataFrame(columns, index=fixed["names"], dtype=float)

    def resid(self, type):  # noqa: A002
        assert type == "scaled"
        return pd.Series(self.case["scaled_residuals_quantiles"])  # their quantiles are themselves

    def ranef(self):
        return {
            group: pd.DataFrame(stored["values"], stored["levels"], stored["columns"])
            for group, stored in self.case["ranef"].items()
        }

    def cond_var(self, group):
        sd = np.asarray(self.case["ranef"][group]["cond_sd"], dtype=float)
        return np.stack([np.diag(row**2) for row in sd])


def fake_fit(case: str, *, diagnostics: tuple[Diagnostic, ...] = ()) -> FakeFit:
    """Return a stand-in for the fit of a reference case at its polished optimum."""
    stored = load_case(case)
    return FakeFit(stored, stored["data"], diagnostics)
