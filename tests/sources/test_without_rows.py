"""What a fit that holds sums answers as one that holds rows does, what it reads again, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import mixwidget as mw
from mixwidget.fit.row_findings import grave_row_findings
from mixwidget.widgets.refit import Refitter
from tests.sources.same import counting_reads

QUIET = mw.Control(warn=False)
FORMULA = "y ~ far + kind * flag + size + (far | g) + (1 | k)"
QUESTIONS: dict[str, Callable[[mw.LmerModel], Any]] = {
    "stderr": lambda fit: fit.stderr,
    "vcov": lambda fit: fit.vcov,
    "varcorr": lambda fit: fit.varcorr.to_frame(),
    "ranef": lambda fit: pd.concat(fit.ranef()),
    "ranef with sd": lambda fit: fit.ranef(cond_sd=True),
    "coef": lambda fit: pd.concat(fit.coef()),
    "bic": lambda fit: pd.Series([fit.loglik, fit.aic, fit.bic, fit.nobs, fit.df_resid, fit.aicc]),
    "tests": lambda fit: fit.coef_table(),
    "anova": lambda fit: fit.anova(),
    "anova of type 2": lambda fit: fit.anova(type=2),
    "drop1": lambda fit: fit.drop1(progress=False),
    "ranova": lambda fit: fit.ranova(progress=False),
    "wald": lambda fit: fit.confint(),
    "means": lambda fit: fit.emmeans("kind"),
    "means by flag": lambda fit: fit.emmeans("kind", by="flag", weights="proportional"),
    "trends": lambda fit: fit.trends("far"),
    "r2": lambda fit: fit.r2(),
    "icc": lambda fit: fit.icc(),
    "partition": lambda fit: fit.variance_partition(),
    "standardised": lambda fit: fit.standardised(),
    "tidy": lambda fit: fit.tidy(),
    "glance": lambda fit: fit.glance(),
    "ml": lambda fit: fit.refit_ml().fixef,
    "restructured": lambda fit: fit.restructure([("g", ["(Intercept)"])]).varcorr.to_frame(),
    "without correlation": lambda fit: fit.restructure([("g", ["(Intercept)"]), ("g", ["far"])]).fixef,
    "Kenward-Roger": lambda fit: fit.coef_table(ddf="kenward-roger", progress=False),
    "scalars": lambda fit: pd.Series(
        [fit.sigma, fit.criterion, fit.criterion_error, fit.penalty, fit.npar, *fit.theta, fit.is_singular]
    ),
    "groups": lambda fit: pd.Series(fit.ngroups),
    "cond_var": lambda fit: pd.Series(fit.cond_var("g").ravel()),
    "repca": lambda fit: pd.concat(dict(fit.repca())),
    "equation": lambda fit: pd.Series([len(str(fit.equation(estimates=True)))]),
    "verdict": lambda fit: pd.Series([fit.verdict.code]),
    "alerts": lambda fit: pd.Series([found.code for found in fit.alerts]),
    "diagnostics": lambda fit: pd.Series([found.code for found in fit.diagnostics]),
    "contest": lambda fit: fit.contest([[0, 1, 0, 0, 0, 0, 0, 0, 0]]),
}
# What needs rows, and what its sentence has one call in its place.
REFUSED: dict[str, tuple[Callable[[mw.LmerModel], Any], str]] = {
    "fitted": (lambda fit: fit.fitted, r"column '\.fitted'"),
    "resid": (lambda fit: fit.resid(), r"column '\.resid'"),
    "hatvalues": (lambda fit: fit.hatvalues, r"column '\.hat'"),
    "predict": (lambda fit: fit.predict(), r"fit\.predict\(data\) predicts other data"),
    "simulate": (lambda fit: fit.simulate(2), r"fit\.simulate\(newdata=frame\)"),
    "refit": (lambda fit: fit.refit(np.zeros(10)), r"make the response a column"),
    "influence": (lambda fit: fit.influence(progress=False), r"lmer\(formula, sample\)"),
    "caic": (lambda fit: fit.caic(), r"fit\.aic and fit\.bic"),
    "conditional_aic": (lambda fit: fit.conditional_aic, r"fit\.aic and fit\.bic"),
    "plot": (lambda fit: fit.plot(), r"fit\.plot\('qq_modes'\)"),
    "lines": (lambda fit: fit.lines(), r"fit\.caterpillar\(\)"),
    "shrinkage": (lambda fit: fit.shrinkage(), r"fit\.caterpillar\(\)"),
    "bootstrap": (lambda fit: fit.bootstrap(3, type="case", progress=False), r"type='parametric'"),
    "alternatives": (mw.alternatives, r"lmer\(formula, sample\)"),
    "compare_with_lme4": (mw.compare_with_lme4, r"lmer\(formula, sample\)"),
}
# Public names of a model that hold no numbers of rows, or are compared one by one in tests of their own.
ELSEWHERE = {
    *("augment", "bootstrap", "p_values", "predict", "profile", "scaled_residuals", "simulate"),
    *("call", "design", "fit", "formula", "optimum", "priors", "reml", "rows"),
    *("compare", "explain", "landscape", "report", "summary", "to_html", "to_latex", "to_r"),
    *("caterpillar", "explorer", "picker", "table"),
}


def test_every_public_name_is_asked(summed):
    names = {name for name in dir(summed) if not name.startswith("_")}
    asked = {name for question in QUESTIONS.values() for name in question.__code__.co_names}
    assert names <= asked | set(REFUSED) | ELSEWHERE, names - asked - set(REFUSED) - ELSEWHERE


def test_quantiles_of_many_residuals_are_read_off_bins(table, held, monkeypatch):
    monkeypatch.setattr("mixwidget.fit.residual_quantiles.HELD", 100)
    fit = mw.lmer(FORMULA, mw.in_batches(table, rows=400), control=QUIET)
    np.testing.assert_allclose(fit.scaled_residuals(), held.scaled_residuals(), atol=5e-3)  # of neighbouring rows


@pytest.fixture(scope="module")
def held(table):
    return mw.lmer(FORMULA, table, control=QUIET)


@pytest.fixture(scope="module")
def summed(table):
    return mw.lmer(FORMULA, mw.in_batches(table, rows=400), control=QUIET)


@pytest.mark.parametrize("question", QUESTIONS)
def test_sums_answer_as_rows_do(question, held, summed):
    expected, found = QUESTIONS[question](held), QUESTIONS[question](summed)
    kind = pd.DataFrame if isinstance(expected, pd.DataFrame) else pd.Series
    compare = pd.testing.assert_frame_equal if kind is pd.DataFrame else pd.testing.assert_series_equal
    compare(kind(found), kind(expected), rtol=1e-5, atol=1e-6, check_exact=False)


def test_profile_is_that_of_the_rows(held, summed):
    expected, found = (fit.profile("far", progress=False).confint() for fit in (held, summed))
    pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(expected), rtol=1e-5)


@pytest.mark.parametrize("name", REFUSED)
def test_what_needs_rows_names_what_to_call(name, summed):
    question, remedy = REFUSED[name]
    what = "caic" if name == "conditional_aic" else name
    sentence = rf"^{what} needs the rows of the data, which a fit of a frame in batches does not hold; .*{remedy}"
    with pytest.raises(mw.errors.DataError, match=sentence):
        question(summed)


def test_texts_and_pages_need_no_rows(summed, held, tmp_path):
    assert summed.to_latex() == held.to_latex()
    assert str(summed.report()) == str(held.report())
    assert "No rows" not in str(summed.explain())
    assert summed.to_html(tmp_path / "page.html", [], progress=False).n_structures == 1
    assert summed.plot("qq_modes").chart is not None
    drawn = [fit.simulate(1, seed=1, newdata=pd.DataFrame(NEW))["sim_1"] for fit in (summed, held)]
    np.testing.assert_allclose(*drawn, rtol=1e-5)
    assert summed.compare(summed.refit_ml()) is not None
    assert summed.landscape(progress=False).frame is not None


NEW = {"far": [1e5], "kind": ["a"], "flag": [True], "size": ["mid"], "g": [105], "k": ["k1"]}


def test_scaled_residuals_are_read_when_asked_for(table, held):
    fit = mw.lmer(FORMULA, mw.in_batches(table, rows=400), control=QUIET)
    assert "Scaled residuals: not read" in str(fit.summary())
    np.testing.assert_allclose(fit.scaled_residuals(), held.scaled_residuals(), atol=1e-6)
    assert "Scaled residuals: not read" not in str(fit.summary())


def test_augment_streams_the_rows(summed, held, tmp_path):
    expected = held.augment()
    found = pd.concat(list(summed.augment()))
    for name in (".fitted", ".resid", ".hat", ".cooksd", ".fixed", "y", "far"):
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-6, atol=1e-7)
    np.testing.assert_array_equal(found.index, expected.index)
    path = summed.augment(to=tmp_path / "rows.parquet")
    assert pq.read_table(path).num_rows == held.nobs


def test_predict_streams_other_data(summed, held, table, tmp_path):
    expected = held.predict(table, allow_new_levels=True)
    found = pd.concat(list(summed.predict(mw.in_batches(table, rows=170), allow_new_levels=True)))
    pd.testing.assert_series_equal(found, expected, rtol=1e-6)
    path = held.predict(
        mw.in_batches(table), allow_new_levels=True, interval="confidence", to=tmp_path / "limits.parquet"
    )
    assert pq.read_table(path).column_names == ["fit", "lwr", "upr"]


def test_models_of_batches_are_compared(table):
    source = mw.in_batches(table.select(["y", "far", "g"]).drop_null(), rows=400)
    small, large = (mw.lmer(f"y ~ {fixed} + (1 | g)", source, reml=False) for fixed in ("1", "far"))
    frame = table.select(["y", "far", "g"]).drop_null()
    others = [mw.lmer(f"y ~ {fixed} + (1 | g)", frame, reml=False) for fixed in ("1", "far")]
    found, expected = mw.anova(small, large), mw.anova(*others)
    tables = [comparison.to_frame().reset_index(drop=True) for comparison in (found, expected)]
    pd.testing.assert_frame_equal(*tables, rtol=1e-6)


def test_constant_slopes_and_confounded_factors_are_seen_in_sums(table):
    rows = table.to_pandas().dropna().assign(twin=lambda data: data["g"], level=lambda data: data["g"] * 1.5)
    for formula in ("y ~ level + (level | g)", "y ~ far + (1 | g) + (1 | twin)"):
        held, summed = (mw.lmer(formula, data, control=QUIET) for data in (rows, mw.in_batches(rows, rows=300)))
        assert [f.code for f in grave_row_findings(held.fit)] == [f.code for f in grave_row_findings(summed.fit)] != []


def test_a_click_within_the_sums_reads_nothing(table):
    source, reads = counting_reads(mw.in_batches(table, rows=400))
    fit = mw.lmer(FORMULA, source, control=QUIET)
    before = len(reads)
    refit = Refitter(fit.fit)
    for formula in (
        "y ~ far + kind * flag + size + (1 | g)",
        "y ~ far + kind + size + (far || g)",
        "y ~ far + size + (1 | k)",
    ):
        found = refit(formula, True, QUIET)
        expected = mw.lmer(formula, table, control=QUIET) if "kind" in formula and "*" in formula else None
        if expected is not None:
            assert found.criterion == pytest.approx(expected.criterion, rel=1e-9)
    assert len(reads) == before
    refit("y ~ far + (flag | g)", True, QUIET)
    assert len(reads) > before


def test_widgets_show_a_fit_without_rows(summed):
    for shown in (summed.table(), summed.explorer(), summed.picker(), summed.caterpillar()):
        shown.close()
    assert "Fixed effects" in summed._repr_html_()
