"""Likelihood-ratio tables against lme4's anova."""

from __future__ import annotations

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.errors import DataError
from mixwidget.fit.likelihood import likelihood
from mixwidget.fit.refit import refit_ml
from mixwidget.inference.compare import compare_fits, criteria_compare
from tests import tolerances as tol
from tests.oracles import comparisons, load_case, load_data

LEFT_OUT = ("mixture_lm", "sleep_random_ml")  # a linear model; a refit that was asked for although it is not needed
TABLES = [table for table in comparisons() if table["fun"] == "lmer" and table["id"] not in LEFT_OUT]


COLUMNS = {
    "npar": "npar",
    "AIC": "aic",
    "BIC": "bic",
    "logLik": "loglik",
    "deviance": "deviance",
    "Chisq": "chisq",
    "Df": "df",
    "Pr(>Chisq)": "plain_p",
}
QUIET = mw.Control(warn=False)


def _fit(formula, data, **options):
    return mw.lmer(formula, data, control=QUIET, **options).fit


@pytest.fixture(scope="module")
def sleep():
    return mw.load_dataset("sleepstudy")


@pytest.fixture(scope="module")
def small(sleep):
    return _fit("Reaction ~ Days + (1 | Subject)", sleep)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table["id"])
def test_table_agrees_with_lme4(table):
    data = load_data(table["data"])
    fits = {name: _fit(formula, data) for name, formula in table["models"].items()}
    comparison = compare_fits(fits)
    assert comparison.is_refitted is table["refit"]
    assert comparison.method == ("ML" if table["refit"] else "REML")
    assert [row.name for row in comparison.rows] == table["table"]["row_names"]
    for column, attribute in COLUMNS.items():
        for row, expected in zip(comparison.rows, table["table"]["columns"][column], strict=True):
            value = getattr(row, attribute)
            if column == "Pr(>Chisq)":
                value = row.p if value is None else value  # lme4 has the plain chi-square where variances are tested
                assert (value is None) == (expected is None), row.name
                assert expected is None or value == pytest.approx(expected, rel=tol.RTOL_P, abs=1e-300)
                continue
            assert (value is None) == (expected is None), (column, row.name)
            assert expected is None or value == pytest.approx(expected, abs=2e-4)


def test_fits_by_ml_are_not_fitted_again(sleep):
    fits = {
        "a": _fit("Reaction ~ 1 + (1 | Subject)", sleep, reml=False),
        "b": _fit("Reaction ~ Days + (1 | Subject)", sleep, reml=False),
    }
    comparison = compare_fits(fits)
    assert (comparison.method, comparison.is_refitted) == ("ML", False)


def test_a_fit_by_reml_beside_one_by_ml_is_fitted_again(sleep, small):
    comparison = compare_fits({"a": small, "b": _fit("Reaction ~ Days + (Days | Subject)", sleep, reml=False)})
    assert comparison.is_refitted
    assert comparison.rows[0].loglik == pytest.approx(likelihood(refit_ml(small)).loglik, abs=1e-6)
    assert comparison.diagnostics[0].code == "refitted_with_ml"
    assert "'a'" in comparison.diagnostics[0].message


def test_a_larger_model_that_fits_worse_is_not_tested(sleep, small):
    noise = sleep.assign(noise=np.random.default_rng(1).normal(size=len(sleep)))
    worse = _fit("Reaction ~ noise + (noise | Subject)", noise, reml=False)
    comparison = compare_fits({"a": refit_ml(small), "b": worse})
    assert (comparison.rows[1].chisq, comparison.rows[1].p) == (0.0, None)
    assert comparison.diagnostics[0].code == "models_not_nested"
    assert "'a' and 'b' are not nested" in comparison.diagnostics[0].message


def test_the_same_names_with_other_contrasts_are_another_fixed_part():
    cake = mw.load_dataset("cake").assign(f=lambda d: d["recipe"])
    formula = "angle ~ f + (1 | replicate)"
    one, other = (
        _fit(formula, cake, contrasts={"f": matrix}) for matrix in ([[0, 0], [1, 0], [0, 1]], [[1, 0], [0, 1], [0, 0]])
    )
    assert one.design.x_names == other.design.x_names
    assert compare_fits({"a": one, "b": other}).is_refitted
    assert not criteria_compare([one, other])


def test_fits_of_other_data_are_refused(sleep, small):
    fewer = _fit("Reaction ~ Days + (1 | Subject)", sleep.iloc[:170])
    with pytest.raises(DataError, match="'a' was fitted to 180 rows and 'b' to 170"):
        compare_fits({"a": small, "b": fewer})
    other = _fit("Reaction ~ Days + (1 | Subject)", sleep.assign(Reaction=sleep["Reaction"] + sleep["Days"]))
    with pytest.raises(DataError, match="different responses"):
        compare_fits({"a": small, "b": other})


def test_one_fit_is_no_comparison(small):
    with pytest.raises(DataError, match="at least two"):
        compare_fits({"a": small})


def test_reference_log_likelihoods_are_those_of_the_stored_models():
    table = next(table for table in TABLES if table["id"] == "sleep_random_reml")
    assert table["table"]["columns"]["logLik"][2] == pytest.approx(load_case("sleep_slopes")["logLik"], abs=1e-6)


def test_fits_under_a_prior_are_not_tested():
    sleep = mw.load_dataset("sleepstudy")
    small = mw.lmer("Reaction ~ Days + (1 | Subject)", sleep)
    large = mw.lmer("Reaction ~ Days + (Days | Subject)", sleep, cov_prior="wishart")
    comparison = mw.compare(small=small, large=large)
    assert comparison.to_frame()["Pr(>Chisq)"].isna().all()
    assert [found.code for found in comparison.ratios.diagnostics] == ["compared_under_prior"]
