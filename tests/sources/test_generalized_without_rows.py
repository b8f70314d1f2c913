"""What a generalized fit of merged rows answers as one that holds its rows does, what it reads again and refuses."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import mixwidget as mw
from mixwidget.fit.covariate import counted_percentiles
from mixwidget.inference.findings import alerts, thoughts
from mixwidget.views.ridges import ridge_heights
from mixwidget.widgets.refit import Refitter
from tests.sources.generalized_rows import CASES, NEGATIVE_BINOMIAL, generalized_table
from tests.sources.same import counting_reads

QUIET = mw.Control(warn=False)
FORMULA = "cbind(wins, losses) ~ x * flag + size + (x | g) + (1 | k)"
COUNTS = "count ~ x + kind + offset(log_exposure) + (1 | g)"
QUESTIONS: dict[str, Callable[[mw.GlmerModel], Any]] = {
    "vcov": lambda fit: fit.vcov,
    "varcorr": lambda fit: fit.varcorr.to_frame(),
    "ranef": lambda fit: pd.concat(fit.ranef()),
    "ranef with sd": lambda fit: fit.ranef(cond_sd=True),
    "coef": lambda fit: pd.concat(fit.coef()),
    "bic": lambda fit: pd.Series([fit.loglik, fit.aic, fit.bic, fit.nobs, fit.df_resid, fit.sigma]),
    "tests": lambda fit: fit.coef_table(),
    "anova": lambda fit: fit.anova(),
    "drop1": lambda fit: fit.drop1(progress=False),
    "ranova": lambda fit: fit.ranova(progress=False),
    "wald": lambda fit: fit.confint(),
    "means": lambda fit: fit.emmeans("size"),
    "means of the response": lambda fit: fit.emmeans("size", by="flag", type="response"),
    "trends": lambda fit: fit.trends("x"),
    "r2": lambda fit: fit.r2(),
    "r2 by delta": lambda fit: fit.r2(method="delta"),
    "icc": lambda fit: fit.icc(),
    "partition": lambda fit: fit.variance_partition(),
    "standardised": lambda fit: fit.standardised(),
    "tidy": lambda fit: fit.tidy(),
    "glance": lambda fit: fit.glance(),
    "dispersion": lambda fit: fit.overdispersion(),
    "restructured": lambda fit: fit.restructure([("g", ["(Intercept)"])]).varcorr.to_frame(),
    "without correlation": lambda fit: fit.restructure([("g", ["(Intercept)"]), ("g", ["x"])]).fixef,
    "contest": lambda fit: fit.contest([[0, 1, 0, 0, 0, 0]]),
    "residuals": lambda fit: fit.scaled_residuals(),
    "scalars": lambda fit: pd.Series([fit.criterion, fit.criterion_error, fit.penalty, fit.npar, fit.aicc]),
    "kind": lambda fit: pd.Series([fit.n_agq, fit.reml, fit.shape or 0.0, fit.is_singular, len(fit.verdict.code)]),
    "alerts": lambda fit: pd.Series([len(found.text) for found in fit.alerts if found.code != "merged_rows"]),
    "groups": lambda fit: pd.Series(fit.ngroups),
    "fixed": lambda fit: pd.DataFrame({"fixef": fit.fixef, "stderr": fit.stderr}),
    "p values": lambda fit: fit.p_values(),
    "theta": lambda fit: pd.Series([*fit.theta]),
    "cond_var": lambda fit: pd.Series(fit.cond_var("g").ravel()),
    "repca": lambda fit: pd.concat(dict(fit.repca())),
    "thresholds": lambda fit: fit.threshold(p=0.6, of="x", by="flag"),
    "thresholds of levels": lambda fit: fit.threshold(p=0.6, of="x", group="g"),
}
REFUSED: dict[str, Callable[[mw.GlmerModel], Any]] = {
    "fitted": lambda fit: fit.fitted,
    "linear predictor": lambda fit: fit.linear_predictor,
    "resid": lambda fit: fit.resid(),
    "quantile residuals": lambda fit: fit.resid("quantile"),
    "hatvalues": lambda fit: fit.hatvalues,
    "predict": lambda fit: fit.predict(),
    "simulate": lambda fit: fit.simulate(2),
    "bootstrap of a statistic": lambda fit: fit.bootstrap(10, stat=lambda one: one.criterion, progress=False),
    "bootstrap of cases": lambda fit: fit.bootstrap(10, type="case", progress=False),
    "refit": lambda fit: fit.refit(np.zeros(10)),
    "influence": lambda fit: fit.influence(progress=False),
    "observed scale": lambda fit: fit.icc(scale="observation"),
    "curves": lambda fit: fit.curves(),
    "plot": lambda fit: fit.plot(),
    "lines": lambda fit: fit.lines(),
    "shrinkage": lambda fit: fit.shrinkage(),
    "thresholds of levels in cells": lambda fit: fit.threshold(p=0.6, of="x", by="flag", group="g"),
}
WORDS = ("report", "equation", "explain", "to_latex")
# Tests of their own: of this file, of `test_generalized`, of widgets; what only names or holds the parts of a fit.
ELSEWHERE = {
    *("augment", "predict", "profile", "summary", "diagnostics", "compare", "landscape", "refit_ml"),
    *("call", "design", "family", "fit", "formula", "link", "optimum", "priors", "rows", "to_r", "to_html"),
    *("caterpillar", "explorer", "picker", "table", "widget"),
}


def test_every_public_name_is_asked(merged):
    names = {name for name in dir(merged) if not name.startswith("_")}
    asked = {name for question in (QUESTIONS | REFUSED).values() for name in question.__code__.co_names}
    assert names <= asked | {*WORDS} | ELSEWHERE, names - asked - {*WORDS} - ELSEWHERE


@pytest.fixture(scope="module")
def held():
    return mw.glmer(FORMULA, generalized_table(), control=QUIET)


@pytest.fixture(scope="module")
def merged():
    return mw.glmer(FORMULA, mw.in_batches(generalized_table(), rows=170), control=QUIET)


@pytest.mark.parametrize("question", QUESTIONS)
def test_merged_rows_answer_as_rows_do(question, held, merged):
    expected, found = QUESTIONS[question](held), QUESTIONS[question](merged)
    kind = pd.DataFrame if isinstance(expected, pd.DataFrame) else pd.Series
    compare = pd.testing.assert_frame_equal if kind is pd.DataFrame else pd.testing.assert_series_equal
    compare(kind(found), kind(expected), rtol=1e-4, atol=1e-5, check_exact=False)


@pytest.mark.parametrize("question", REFUSED)
def test_what_needs_rows_says_so_in_one_sentence(question, merged):
    with pytest.raises(
        mw.errors.MixwidgetError,
        match=r"needs the rows of the data.*"
        r"(fit[.]augment|glmer.formula|newdata=frame|fit[.]caterpillar|qq_modes|leave out by=)",
    ):
        REFUSED[question](merged)


@pytest.mark.parametrize("words", WORDS)
def test_words_are_those_of_the_rows(words, held, merged):
    merged.scaled_residuals()  # of rows that were read again, once that was asked for
    expected, found = (str(getattr(fit, words)()) for fit in (held, merged))
    assert "merged into" not in expected
    assert _without_data(found) == _without_data(expected)


def _without_data(text: str) -> list[str]:
    """Return the lines of a text but for that which names the data and those of findings."""
    return [
        line
        for line in text.splitlines()
        if not line.startswith(("   Data:", "note:", "info:")) and "merged" not in line
    ]


def test_one_intercept_has_the_ridges_of_the_rows():
    formula = "cbind(wins, losses) ~ x + (1 | g)"
    table = generalized_table()
    held, merged = (mw.glmer(formula, data, control=QUIET) for data in (table, mw.in_batches(table, rows=170)))
    expected, found = (np.frombuffer(ridge_heights(model.fit), dtype=np.uint8).astype(int) for model in (held, merged))
    assert len(found) == 33 * held.ngroups["g"]
    assert np.ptp(expected.reshape(-1, 33), axis=0).max() > 3  # of 255 at the top: no normal ones
    np.testing.assert_allclose(found, expected, atol=1)


@pytest.mark.parametrize("n", [1, 7, 400])
def test_percentiles_of_counted_values_are_those_of_all(n):
    random = np.random.default_rng(n)
    values, counts = random.normal(size=n).round(1), random.integers(1, 6, n)
    wanted = [0.0, 5.0, 33.3, 50.0, 95.0, 100.0]
    expected = np.percentile(np.repeat(values, counts), wanted)
    np.testing.assert_allclose(counted_percentiles(values, counts, wanted), expected, rtol=1e-12, atol=1e-12)


def test_profile_is_that_of_the_rows(held, merged):
    expected, found = (fit.profile("x", progress=False).confint() for fit in (held, merged))
    pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(expected), rtol=1e-4)


@pytest.mark.parametrize("name", ["trials", "poisson", "weighted counts", "levels", "weighted Gamma"])
def test_the_same_is_found_in_merged_rows(name):
    formula, options = CASES[name]
    data = generalized_table()
    held, merged = (mw.glmer(formula, rows, control=QUIET, **options) for rows in (data, mw.in_batches(data, rows=170)))
    own = ("merged_rows",)
    assert [f.text for f in alerts(merged.fit) if f.code not in own] == [f.text for f in alerts(held.fit)]
    known = {f.text for f in thoughts(held.fit)}
    assert {f.text for f in thoughts(merged.fit)} <= known


def test_excess_zeros_and_single_outcomes_are_seen_in_merged_rows():
    data = generalized_table().to_pandas()
    data["count"] = np.where(np.arange(len(data)) % 3 == 0, 0, 3 * data["count"])
    data.loc[data["g"] == 104, "count"] = 0
    held, merged = (
        mw.glmer("count ~ x + (1 | g)", rows, family="poisson", control=QUIET)
        for rows in (data, mw.in_batches(data, rows=170))
    )
    codes = [found.code for found in alerts(merged.fit)]
    assert "excess_zeros" in codes
    assert "overdispersion" in codes
    told = [[f.text for f in alerts(fit.fit) if f.code != "merged_rows"] for fit in (merged, held)]
    assert told[0] == told[1]
    single = [[f.text for f in thoughts(fit.fit) if f.code == "one_sided_levels"] for fit in (merged, held)]
    assert single[0] == single[1] != []


def test_separated_responses_are_named_as_in_memory():
    data = generalized_table().to_pandas().dropna()
    data["hit"] = np.where(data["size"] == "small", 1, data["hit"])
    held, merged = (
        mw.glmer("hit ~ size + x + (1 | g)", rows, control=QUIET) for rows in (data, mw.in_batches(data, rows=170))
    )
    told = [[f.text for f in alerts(fit.fit) if f.code == "separation"] for fit in (merged, held)]
    assert told[0] == told[1] != []


def test_augment_streams_the_rows(merged, held, tmp_path):
    expected = held.augment()
    found = pd.concat(list(merged.augment()))
    for name in (".fitted", ".resid", ".hat", ".cooksd", ".mu", ".wtres", "x", "wins"):
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(found.index, expected.index)
    path = merged.augment(to=tmp_path / "rows.parquet")
    assert pq.read_table(path).num_rows == held.nobs


def test_predict_streams_other_data(merged, held, tmp_path):
    table = generalized_table()
    options: dict[str, Any] = {"allow_new_levels": True, "type": "response"}
    expected = held.predict(table, **options)
    found = pd.concat(list(merged.predict(mw.in_batches(table, rows=170), **options)))
    pd.testing.assert_series_equal(found, expected, rtol=1e-4)
    path = held.predict(mw.in_batches(table), interval="confidence", to=tmp_path / "limits.parquet", **options)
    assert pq.read_table(path).column_names == ["fit", "lwr", "upr"]


def test_models_of_batches_are_compared():
    table = generalized_table().select(["hit", "x", "g"]).drop_null()
    fits = [
        [mw.glmer(f"hit ~ {fixed} + (1 | g)", rows, control=QUIET) for fixed in ("1", "x")]
        for rows in (mw.in_batches(table, rows=170), table)
    ]
    found, expected = (mw.anova(*pair).to_frame().reset_index(drop=True) for pair in fits)
    pd.testing.assert_frame_equal(found, expected, rtol=1e-5)


def test_the_picker_offers_reml_to_linear_fits_alone():
    fit = mw.glmer(FORMULA, mw.in_batches(generalized_table(), rows=170), control=QUIET)
    linear = mw.lmer("wins ~ x + (x | g)", mw.in_batches(generalized_table(), rows=170), control=QUIET)
    assert [made.explorer().structure["has_reml"] for made in (fit, linear)] == [False, True]


def test_a_click_within_the_merged_rows_reads_nothing():
    source, reads = counting_reads(mw.in_batches(generalized_table(), rows=170))
    fit = mw.glmer(FORMULA, source, control=QUIET)
    before = len(reads)
    refit = Refitter(fit.fit)
    for formula in (
        "cbind(wins, losses) ~ x * flag + size + (1 | g)",
        "cbind(wins, losses) ~ x + flag + size + (x || g)",
        "cbind(wins, losses) ~ x + (1 | k)",
    ):
        found = refit(formula, True, QUIET)
        expected = mw.glmer(formula, generalized_table().to_pandas().dropna(subset=["x", "g"]), control=QUIET)
        assert found.criterion == pytest.approx(expected.criterion, rel=1e-8)
    assert len(reads) == before
    refit("cbind(wins, losses) ~ x + (flag | g)", True, QUIET)
    assert len(reads) > before


def test_widgets_show_a_generalized_fit_without_rows(merged):
    for shown in (merged.table(), merged.explorer(), merged.picker(), merged.caterpillar()):
        shown.close()
    assert "Fixed effects" in merged._repr_html_()
    assert "Scaled residuals" in str(merged.summary())


def test_merged_rows_are_stored(merged):
    rows = pickle.loads(pickle.dumps(merged.fit.rows))
    np.testing.assert_array_equal(rows.merged.y, merged.fit.rows.merged.y)
    assert rows.n == merged.nobs


BOOTSTRAPPED = {
    "binary": ("hit ~ x + (1 | g)", {}),
    "trials": ("cbind(wins, losses) ~ x + (1 | g)", {}),
    "counts": ("count ~ x + offset(log_exposure) + (1 | g)", {"family": "poisson", "weights": "weight"}),
    "given shape": ("spread ~ x + (1 | g)", {"family": NEGATIVE_BINOMIAL}),
}
N_REPLICATES = 400
LARGEST_Z, LARGEST_RATIO = 4.0, 1.25  # of means, and of standard deviations: each of 400 is right to about 4 %


@pytest.mark.parametrize("name", BOOTSTRAPPED)
def test_replicates_of_merged_rows_are_distributed_as_those_of_rows(name):
    formula, options = BOOTSTRAPPED[name]
    data = generalized_table()
    held, merged = (mw.glmer(formula, rows, control=QUIET, **options) for rows in (data, mw.in_batches(data, rows=170)))
    of_rows, of_cells = (fit.bootstrap(N_REPLICATES, seed=5, progress=False) for fit in (held, merged))
    pd.testing.assert_series_equal(of_cells.original, of_rows.original, rtol=1e-5)
    assert of_cells.n_failed == of_rows.n_failed == 0
    ratio = of_cells.se / of_rows.se
    assert ratio.between(1.0 / LARGEST_RATIO, LARGEST_RATIO).all(), ratio
    error = np.hypot(of_cells.se, of_rows.se) / np.sqrt(N_REPLICATES)
    assert (((of_cells.bias - of_rows.bias) / error).abs() < LARGEST_Z).all()


def test_replicates_of_merged_rows_are_those_of_their_seed():
    data = mw.in_batches(generalized_table(), rows=170)
    fit = mw.glmer("hit ~ x + (1 | g)", data, control=QUIET)
    first, again = (fit.bootstrap(10, seed=2, progress=False, processes=k).replicates for k in (1, 2))
    pd.testing.assert_frame_equal(again, first)
    limits = fit.confint("boot", n=20, seed=2, progress=False)
    assert limits.notna().all().all()


@pytest.mark.parametrize("name", ["weighted Gamma", "free shape"])
def test_a_bootstrap_of_which_sums_know_too_little_is_refused(name):
    data = mw.in_batches(generalized_table(), rows=170)
    if name == "free shape":
        fit = mw.glmer_nb("spread ~ x + (1 | g)", data, control=QUIET)
    else:
        formula, options = CASES[name]
        fit = mw.glmer(formula, data, control=QUIET, **options)
    with pytest.raises(
        mw.errors.MixwidgetError, match=r"bootstrap needs the rows.*no dispersion and no free shape; for"
    ):
        fit.bootstrap(10, progress=False)
