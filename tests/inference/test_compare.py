"""Likelihood-ratio tables against lme4's anova."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.errors import DataError
from mixwidget.inference.compare import compare_fits
from tests.oracles import comparisons, load_case

LEFT_OUT = ("mixture_lm", "sleep_random_ml")  # a linear model; a refit that was asked for although it is not needed
TABLES = [table for table in comparisons() if table["fun"] == "lmer" and table["id"] not in LEFT_OUT]


@dataclass(frozen=True)
class Fit:
    formula: str
    loglik: float
    npar: int
    nobs: int = 180
    reml: bool = True
    names: tuple[str, ...] = ("(Intercept)",)
    design: object = None

    @property
    def fixef(self):
        return pd.Series(0.0, self.names)


def _fits(table, *, reml):
    columns, nobs = table["table"]["columns"], _nobs(table)
    rows = {name: i for i, name in enumerate(table["table"]["row_names"])}
    return {
        name: Fit(
            formula,
            columns["logLik"][rows[name]],
            columns["npar"][rows[name]],
            nobs,
            reml,
            (formula,) if table["refit"] else ("(Intercept)",),
        )
        for name, formula in table["models"].items()
    }


def _nobs(table):
    deviance, npar, bic = (table["table"]["columns"][name][0] for name in ("deviance", "npar", "BIC"))
    return round(np.exp((bic - deviance) / npar))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table["id"])
def test_table_agrees_with_lme4(table):
    ml = _fits(table, reml=False)
    refit = {fit.formula: fit for fit in ml.values()}
    comparison = compare_fits(_fits(table, reml=True), refit_ml=lambda fit: refit[fit.formula])
    assert comparison.is_refitted is table["refit"]
    assert comparison.method == ("ML" if table["refit"] else "REML")
    assert [row.name for row in comparison.rows] == table["table"]["row_names"]
    names = {"npar": "npar", "AIC": "aic", "BIC": "bic", "logLik": "loglik", "deviance": "deviance", "Chisq": "chisq"}
    names |= {"Df": "df", "Pr(>Chisq)": "p"}
    for column, attribute in names.items():
        for row, expected in zip(comparison.rows, table["table"]["columns"][column], strict=True):
            value = getattr(row, attribute)
            assert (value is None) == (expected is None), (column, row.name)
            # 1e-9: sums and a chi-square tail of the same stored log-likelihoods; BIC's log(n) is exact
            assert expected is None or value == pytest.approx(expected, rel=1e-6 if column == "Pr(>Chisq)" else 1e-9)


def test_fits_by_ml_are_not_fitted_again():
    fits = {"a": Fit("a", -10, 3, reml=False), "b": Fit("b", -8, 4, reml=False, names=("x",))}
    comparison = compare_fits(fits, refit_ml=_fail)
    assert (comparison.method, comparison.is_refitted) == ("ML", False)


def test_a_fit_by_reml_beside_one_by_ml_is_fitted_again():
    fits = {"a": Fit("a", -10, 3), "b": Fit("b", -8, 4, reml=False)}
    comparison = compare_fits(fits, refit_ml=lambda fit: Fit(fit.formula, -9.5, 3, reml=False))
    assert comparison.is_refitted
    assert comparison.rows[0].loglik == -9.5
    assert comparison.diagnostics[0].code == "refitted_with_ml"
    assert "'a'" in comparison.diagnostics[0].message


def test_a_larger_model_that_fits_worse_is_not_tested():
    comparison = compare_fits({"a": Fit("a", -8, 3), "b": Fit("b", -10, 4)}, refit_ml=_fail)
    assert (comparison.rows[1].chisq, comparison.rows[1].p) == (0.0, None)
    assert comparison.diagnostics[0].code == "models_not_nested"
    assert "'a' and 'b' are not nested" in comparison.diagnostics[0].message


def test_the_same_names_with_other_contrasts_are_another_fixed_part():
    one = Fit("a", -8, 3, design=SimpleNamespace(X=np.ones((2, 1)), y=np.zeros(2)))
    other = Fit("b", -7, 4, design=SimpleNamespace(X=np.zeros((2, 1)), y=np.zeros(2)))
    assert compare_fits({"a": one, "b": other}, refit_ml=lambda fit: fit).is_refitted


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (Fit("b", -7, 4, nobs=170), "'a' was fitted to 180 rows and 'b' to 170"),
        (Fit("b", -7, 4, design=SimpleNamespace(y=np.ones(2), X=None)), "different responses"),
    ],
)
def test_fits_of_other_data_are_refused(other, message):
    first = Fit("a", -8, 3, design=SimpleNamespace(y=np.zeros(2), X=None))
    with pytest.raises(DataError, match=message):
        compare_fits({"a": first, "b": other}, refit_ml=_fail)


def test_one_fit_is_no_comparison():
    with pytest.raises(DataError, match="at least two"):
        compare_fits({"a": Fit("a", -8, 3)}, refit_ml=_fail)


def test_reference_log_likelihoods_are_those_of_the_stored_models():
    table = next(table for table in TABLES if table["id"] == "sleep_random_reml")
    assert table["table"]["columns"]["logLik"][2] == pytest.approx(load_case("sleep_slopes")["logLik"], abs=1e-6)


def _fail(fit):
    raise AssertionError(f"{fit.formula} needs no new fit")


def test_fits_under_a_prior_are_not_tested():
    sleep = mw.load_dataset("sleepstudy")
    small = mw.lmer("Reaction ~ Days + (1 | Subject)", sleep)
    large = mw.lmer("Reaction ~ Days + (Days | Subject)", sleep, cov_prior="wishart")
    comparison = mw.compare(small=small, large=large)
    assert comparison.to_frame()["Pr(>Chisq)"].isna().all()
    assert [found.code for found in comparison.ratios.diagnostics] == ["compared_under_prior"]
