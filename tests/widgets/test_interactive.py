"""From real fits to widgets: the data behind them, and refits on cross products that are there."""

from __future__ import annotations

import polars as pl
import pytest

import mixwidget as mw
from mixwidget.control import Control
from mixwidget.fit.fit import is_known
from mixwidget.fit.likelihood import likelihood
from mixwidget.inference.coefficients import coefficient_values
from mixwidget.widgets.refit import Refitter, fitted_rows, show, still_bundle, widget
from tests.oracles import load_case, load_data
from tests.widgets.fixtures import command, with_form

FORMULA = "Reaction ~ Days + (Days | Subject)"


@pytest.fixture(scope="module")
def fit():
    return mw.lmer(FORMULA, load_data("sleepstudy"))


@pytest.fixture
def no_new_pass(monkeypatch):
    """Fail where the rows are read again."""

    def refuse(*_arguments, **_options):
        raise AssertionError("the rows were read again")

    monkeypatch.setattr(Refitter, "_from_data", refuse)


@pytest.mark.parametrize(
    ("case", "formula", "reml"),
    [
        ("sleep_zcp", "Reaction ~ Days + (Days || Subject)", True),
        ("sleep_int", "Reaction ~ Days + (1 | Subject)", True),
        ("sleep_slopes_ml", FORMULA, False),
    ],
)
def test_simpler_structures_need_no_new_pass_over_the_rows(fit, no_new_pass, case, formula, reml):
    refitted = Refitter(fit.fit)(formula, reml, Control())
    assert likelihood(refitted).criterion == pytest.approx(load_case(case)["criterion"], abs=1e-6)
    assert refitted.design.formula.text == formula


def test_a_richer_structure_reads_the_rows_once(fit, monkeypatch):
    start = mw.lmer("Reaction ~ Days + (1 | Subject)", load_data("sleepstudy"))
    refit = Refitter(start.fit)
    assert likelihood(refit(FORMULA, True, Control())).criterion == pytest.approx(fit.criterion, abs=1e-6)
    monkeypatch.setattr(Refitter, "_from_data", lambda *_: pytest.fail("read again"))
    refit("Reaction ~ Days + (Days || Subject)", True, Control())


@pytest.mark.parametrize("is_watched", [True, False], ids=["a person waits", "nobody waits"])
def test_what_stands_beside_the_explorer_waits_for_slow_tests_only_where_nobody_looks_on(monkeypatch, is_watched):
    monkeypatch.setattr("mixwidget.views.fixed_tests.QUICK_EFFECTS", 3)
    monkeypatch.setattr("mixwidget.widgets.fit_widget.in_kernel", lambda: True)
    monkeypatch.setattr("mixwidget.widgets.fit_widget.is_watched", lambda: is_watched)
    crossed = mw.lmer("diameter ~ 1 + (1 | plate) + (1 | sample)", load_data("penicillin"))
    data = widget(crossed, "explorer").still()
    assert is_known(crossed.fit, coefficient_values, "satterthwaite") != is_watched
    for kind in ("text/html", "text/plain"):
        assert ("fit.summary() computes them" in data[kind]) == is_watched
        assert "22.97" in data[kind]
    crossed.coef_table()
    assert "fit.summary() computes them" not in widget(crossed, "explorer").still()["text/html"]


def test_order_of_the_terms_is_lme4s(fit):
    start = mw.lmer("strength ~ 1 + (1 | batch) + (1 | cask:batch)", load_data("pastes"))
    refitted = Refitter(start.fit)("strength ~ 1 + (1 | batch/cask)", False, Control())
    assert [factor.label for factor in refitted.design.factors] == ["cask:batch", "batch"]


def test_options_of_the_first_fit_are_kept():
    data = load_data("sleepstudy")
    fit = mw.lmer("Reaction ~ Days + (1 | Subject)", data, weights="w", subset="Days > 1")
    refitted = Refitter(fit.fit)(FORMULA, True, Control())
    direct = mw.lmer(FORMULA, data, weights="w", subset="Days > 1")
    assert likelihood(refitted).nobs == direct.nobs == 144
    assert likelihood(refitted).criterion == pytest.approx(direct.criterion, abs=1e-8)
    code = {item["label"]: item["text"] for item in fit.table().fit_view["snippets"]}
    assert 'weights="w", subset="Days > 1"' in code["Python"]


def test_priors_of_the_first_fit_are_kept():
    data = load_data("sleepstudy")
    fit = mw.lmer("Reaction ~ Days + (1 | Subject)", data, cov_prior="wishart", fixef_prior="normal")
    refitted = Refitter(fit.fit)(FORMULA, True, Control())
    direct = mw.lmer(FORMULA, data, cov_prior="wishart", fixef_prior="normal")
    assert likelihood(refitted).penalty == pytest.approx(direct.penalty, abs=1e-6)
    assert likelihood(refitted).criterion == pytest.approx(direct.criterion, abs=1e-6)


@pytest.mark.parametrize("subset", [None, "Days > 1", "mask"])
def test_the_rows_behind_a_fit(subset):
    data = load_data("sleepstudy")
    data.index = [0] * len(data)  # labels need not be unique
    data.loc[:, "Reaction"] = data["Reaction"].mask(data["Days"].to_numpy() == 9)
    mask = (data["Days"] > 1).to_numpy() if subset == "mask" else subset
    fit = mw.lmer("Reaction ~ Days + (1 | Subject)", data, subset=mask, control=Control(warn=False))
    rows = fitted_rows(fit.fit)
    assert rows["Reaction"].to_numpy() == pytest.approx(fit.rows.y)
    assert rows["Days"].to_numpy() == pytest.approx(fit.rows.X[:, 1])


def test_other_frames_are_read_too():
    data = load_data("sleepstudy").astype({"Subject": str})
    fit = mw.lmer(FORMULA, pl.from_pandas(data))
    widget = fit.picker()
    command(widget, 1, action="choose", choice=with_form(widget.ladder["choice"], "Subject", "diagonal"))
    assert widget.fit.criterion == pytest.approx(load_case("sleep_zcp")["criterion"], abs=1e-6)


def test_factor_slopes_become_one_term_or_several():
    data = load_data("cake")
    fit = mw.lmer("angle ~ recipe * temp + (1 | recipe:replicate)", data)
    widget = fit.picker()
    slope = next(factor for factor in widget.structure["factors"] if factor["name"] == "recipe:replicate")
    assert {option["name"]: option["allowed"] for option in slope["slopes"]}["recipe"] is False


def test_a_fit_in_a_plain_shell_shows_text(fit):
    assert fit._repr_mimebundle_() is None
    with pytest.raises(NotImplementedError):
        show(fit)


def test_where_scripts_are_not_wanted_a_kernel_shows_the_summary_and_pictures(fit, monkeypatch):
    monkeypatch.setattr("mixwidget.widgets.refit.in_kernel", lambda: True)
    monkeypatch.setenv("MIXWIDGET_DISPLAY", "static")
    with pytest.raises(NotImplementedError):
        show(fit)
    data = still_bundle(fit)
    assert set(data) == {"text/html", "text/plain"}
    assert "Satterthwaite" in data["text/plain"]
    assert "<img" in data["text/html"]
    assert "<script" not in data["text/html"]


@pytest.mark.parametrize("case", ["sleep_multiterm", "penicillin", "pastes_nested", "hsb_m1", "scotssec", "exam_inter"])
def test_every_reference_model_has_a_widget(case):
    stored = load_case(case)
    fit = mw.lmer(stored["formula"], load_data(stored["data"]), reml=stored["REML"], control=Control(warn=False))
    widget = fit.explorer()
    shares = [group["share"] for group in widget.fit_view["varcorr"]["groups"]]
    assert sum(shares) + widget.fit_view["varcorr"]["residual_share"] == pytest.approx(1.0)
    assert "<img" in widget._repr_mimebundle_()[0]["text/html"]
    again = {**widget.ladder["choice"], "reml": not stored["REML"]}
    command(widget, 1, action="choose", choice=again)
    assert widget.status["state"] == "idle", widget.status
    assert widget.fit.reml is not stored["REML"]
