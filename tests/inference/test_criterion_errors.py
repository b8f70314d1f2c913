"""Where a criterion is an estimate, its error stands beside it, and too wide a one refuses the likelihood ratio."""

from functools import cache

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.errors import DataError
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.inference.criterion_errors import largest_error
from mixwidget.views.ladder import ladder_view
from tests.crossed_rows import rows

KNOWN = "known to within"
ITERATIVE = mw.Control(crossed="iterative", warn=False)


@cache
def model(fixed="x", pupil="1"):
    return mw.lmer(f"y ~ {fixed} + ({pupil} | pupil) + (1 | school)", rows(), control=ITERATIVE)


def simpler():
    return model(fixed="1")


def explorer_text():
    return model().picker()._repr_mimebundle_()[0]["text/plain"]


PLACES = {
    "verdict": lambda: model().verdict.message,
    "summary": lambda: str(model().summary()),
    "comparison": lambda: str(mw.compare(model(), simpler())),
    "comparison in HTML": lambda: mw.compare(model(), simpler())._repr_html_(),
    "anova": lambda: mw.anova(model(), simpler()).to_frame()._repr_html_(),
    "table for papers": lambda: str(mw.compare(model(), simpler()).table(criteria="ML")),
    "drop1": lambda: model().drop1()._repr_html_(),
    "ranova": lambda: model().ranova()._repr_html_(),
    "p values": lambda: model().p_values(n=0)._repr_html_(),
    "report": lambda: model().report(),
    "text beside the picker": explorer_text,
    "explanation of AIC": lambda: str(model().explain("AIC")),
    "simplify": lambda: str(mw.simplify(model(pupil="x"), "aic")),
    "simpler": lambda: str(mw.simpler(model(pupil="x"))),
}


@pytest.mark.parametrize("place", PLACES)
def test_error_of_the_criterion_is_said_where_it_is_shown(place):
    text = " ".join(PLACES[place]().split())
    assert KNOWN in text or "criterion +-" in text or f"(all +- {model().criterion_error:.2g})" in text


def test_glance_has_the_error_only_where_there_is_one():
    exact = mw.lmer("y ~ x + (1 | pupil) + (1 | school)", rows())
    assert "criterion.error" not in exact.glance().columns
    assert model().glance()["criterion.error"].item() == model().criterion_error > 0.0
    assert exact.criterion_error == 0.0


def test_ladder_says_how_well_its_statistic_is_known():
    top, bottom = ladder_view([model(pupil="x").fit, model().fit])
    assert KNOWN in top.lrt.note
    assert bottom.lrt is None


def test_kenward_roger_that_takes_a_dense_factor_is_left_out_with_a_note(monkeypatch):
    monkeypatch.setattr("mixwidget.engine.criterion.second_order.DENSE_COLUMNS", 0)
    fit = mw.lmer("y ~ x + (1 | pupil) + (1 | school)", rows(), control=ITERATIVE)
    table = fit.p_values(n=0)
    assert table["kenward-roger"].isna().all()
    assert table[["z", "satterthwaite", "lrt"]].notna().all(axis=None)
    assert "kenward-roger: this takes the covariances of all 90 crossed random effects" in table._repr_html_()


def exact_gain(one, other):
    refitted = [mw.lmer(m.formula, rows(), reml=m.reml).criterion for m in (one, other)]
    return refitted[0] - refitted[1]


def test_statistic_of_a_variance_is_within_its_error():
    one, other = model(), model(pupil="x")
    error = largest_error([one.fit, other.fit])
    assert abs(one.criterion - other.criterion - exact_gain(one, other)) < 4.0 * error


REFUSED = {
    "compare": lambda: mw.compare(model(), simpler()),
    "anova": lambda: mw.anova(model(), model(pupil="x"), refit=False),
    "drop1": lambda: model().drop1(progress=False),
    "ranova": lambda: model().ranova(progress=False),
    "p_values": lambda: model().p_values(n=0, progress=False),
    "simplify by likelihood ratios": lambda: mw.simplify(model(pupil="x"), "lrt", progress=False),
    "simplify by AIC": lambda: mw.simplify(model(pupil="x"), "aic", progress=False),
}


@pytest.fixture
def wide_errors(monkeypatch):
    """Let probes differ by more in larger models than in smaller ones."""
    monkeypatch.setattr(LinearFit, "criterion_deviations", property(lambda fit: np.full(256, 0.1 * fit.npar)))


@pytest.mark.parametrize("question", REFUSED)
@pytest.mark.usefixtures("wide_errors")
def test_likelihood_ratio_is_refused_where_its_error_is_too_wide(question):
    with pytest.raises(DataError, match=r"known to within .* only .*too little for a likelihood ratio; fit again with"):
        REFUSED[question]()


@pytest.mark.usefixtures("wide_errors")
def test_ladder_has_no_test_where_its_error_is_too_wide():
    top, _ = ladder_view([model(pupil="x").fit, model().fit])
    assert top.lrt is None
    assert "too little for a likelihood ratio" in top.why
