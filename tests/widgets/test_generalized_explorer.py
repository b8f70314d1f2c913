"""The explorer of generalized models in Python: clicks refit, the code to copy makes the same fit."""

from __future__ import annotations

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.errors import OptionError
from mixwidget.widgets.snippets import call_of
from tests.oracles import load_case, load_data
from tests.tolerances import ATOL_OPTIMUM
from tests.widgets.fixtures import command, with_form

HERDS = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
SLOPES = "ResponseCorrect ~ 1 + Size * Cond_dev + (1 + Size * Cond_dev || Subject)"
QUIET = mw.Control(warn=False)


@pytest.fixture(scope="module")
def crowding():
    """Return a widget of the crowding experiment; its clicks are undone by none."""
    return mw.glmer(SLOPES, load_data("crowding_sim"), control=QUIET, data_name="crowding").explorer()


def test_clicks_refit_by_the_same_criterion(crowding):
    command(crowding, 1, action="choose", choice=with_form(crowding.ladder["choice"], "Subject", "diagonal"))
    assert crowding.fit.criterion <= load_case("crowding_zcp")["criterion"] + ATOL_OPTIMUM
    fewer = with_form(crowding.ladder["choice"], "Subject", "diagonal", slopes=["Size", "Cond_dev"])
    command(crowding, 2, action="choose", choice=fewer)
    assert crowding.status["state"] == "idle"
    assert isinstance(crowding.fit, mw.GlmerModel)
    assert crowding.fit.criterion <= load_case("crowding_reduced")["criterion"] + ATOL_OPTIMUM
    assert crowding.fit_view["method"] == "Laplace"


def test_other_fixed_effects_are_fitted_from_the_data(crowding):
    command(crowding, 3, action="choose", choice={**crowding.ladder["choice"], "fixed": ["Size"]})
    assert crowding.fit.family == "binomial"
    assert list(crowding.fit.fixef.index) == ["(Intercept)", "Size"]


def test_the_dial_refits_and_moves_no_sigma():
    widget = mw.glmer(HERDS, mw.load_dataset("cbpp"), control=QUIET).explorer()
    prior = {"family": "wishart", "strength": 0.75}
    command(widget, 1, action="choose", choice={**widget.ladder["choice"], "prior": prior})
    assert widget.fit.penalty != 0.0
    assert [move["name"] for move in widget.prior["moves"]][-1] == "sd (Intercept) | herd"


def test_what_has_no_place_in_a_generalized_model_is_absent():
    widget = mw.glmer(HERDS, mw.load_dataset("cbpp"), n_agq=9).explorer()
    view = widget.fit_view
    assert (view["method"], view["family"], view["unit"]) == ("AGQ 9", "binomial (logit)", "log-odds")
    assert view["sigma"] is None
    assert view["varcorr"]["residual"] is None
    assert not widget.structure["has_reml"]
    assert (widget.tests["state"], widget.tests["statistic"], widget.tests["has_df"]) == ("ready", "z value", False)
    assert all(slope["allowed"] for slope in widget.structure["factors"][0]["slopes"])


def test_ratios_are_exponentials_of_the_effects_and_of_their_intervals():
    model = mw.glmer(HERDS, mw.load_dataset("cbpp"))
    ratios = model.explorer().tests["ratios"]
    assert ratios["name"] == "odds ratio"
    assert [row["estimate"] for row in ratios["rows"]] == pytest.approx(np.exp(model.fixef).tolist())
    low = np.exp(model.fixef.to_numpy() - 1.959964 * model.stderr.to_numpy())
    assert ratios["intervals"][-1]["low"] == pytest.approx(low.tolist())


MODELS = {
    "logit": {"family": "binomial"},
    "probit": {"family": "binomial", "link": "probit", "n_agq": 5},
}


@pytest.mark.parametrize("name", MODELS)
def test_the_python_code_makes_the_same_fit(name):
    cbpp = mw.load_dataset("cbpp")
    model = mw.glmer(HERDS, cbpp, **MODELS[name])
    snippets = {snippet["label"]: snippet["text"] for snippet in model.explorer().fit_view["snippets"]}
    names = {"mw": mw, "cbpp": cbpp}
    exec(snippets["Python"], names)  # noqa: S102  our own code
    assert names["fit"].criterion == pytest.approx(model.criterion, rel=1e-9)
    assert list(snippets) == ["%%glmer", "Python", "R"]


def test_code_of_a_shape_that_is_estimated_and_of_one_that_is_given():
    families = pytest.importorskip("statsmodels.api").families
    ticks, formula = mw.load_dataset("grouseticks"), "TICKS ~ YEAR + (1 | BROOD)"
    free = call_of(mw.glmer_nb(formula, ticks).fit)
    assert (free.name, free.cell, free.r.name) == ("glmer_nb", " family=negative.binomial", "glmer.nb")
    given = mw.glmer(formula, ticks, family=families.NegativeBinomial(alpha=0.5))
    call = call_of(given.fit)
    assert "NegativeBinomial(alpha=0.5)" in call.python
    assert call.r.arguments == ("family = MASS::negative.binomial(2)",)
    assert [snippet["label"] for snippet in given.explorer().fit_view["snippets"]] == ["Python", "R"]


def test_a_caterpillar_begins_as_it_is_asked_for():
    model = mw.glmer(HERDS, mw.load_dataset("cbpp"), control=QUIET)
    assert model.caterpillar(view="density").kind == "ridges"
    assert model.caterpillar().kind == "modes"
    with pytest.raises(OptionError, match="view='densty' is no way to show levels; did you mean 'density'"):
        model.caterpillar(view="densty")


def test_what_is_to_be_said_of_the_r_code_stands_in_the_code_to_copy():
    ticks = mw.load_dataset("grouseticks")
    fit = mw.glmer_nb("TICKS ~ YEAR + (1 | BROOD)", ticks, control=QUIET, data_name="d", cov_prior="wishart")
    remark, call = fit.to_r().splitlines()[-2:]
    assert remark.startswith("# R's glmer.nb, which estimates the shape, takes no priors")
    assert call.startswith("fit <- bglmer(")
    snippet = fit.explorer().fit_view["snippets"][-1]["text"].splitlines()
    assert (snippet[0], snippet[1].partition("data = ")[0]) == (remark, call.partition("data = ")[0])
