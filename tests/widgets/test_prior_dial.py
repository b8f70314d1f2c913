"""The dial for a weak prior in Python: drafts, entries in the ladder, the least prior, code to take away."""

import gc
import threading

import pytest

import mixwidget as mw
from mixwidget.magic.options import split_line
from mixwidget.widgets.dial import PriorDial
from tests.oracles import load_case
from tests.reference_fits import reference_fit
from tests.widgets.fixtures import command, singular_widget, turn, with_form

SILENT = mw.Control(warn=False)


@pytest.fixture
def widget():
    made = reference_fit("hsb_m1").explorer()
    yield made
    made.close()


def _stop_of(widget):
    view, prior = widget.prior, widget.ladder["choice"]["prior"]
    return [stop["strength"] for stop in view["stops"]].index(prior["strength"])


def test_blme_s_default_is_an_entry_of_its_own_with_blme_s_numbers(widget):
    turn(widget, 1, "wishart", 0.75)
    stored = load_case("hsb_m1_blme")
    assert widget.fit.criterion == pytest.approx(stored["criterion"], abs=1e-3)
    assert widget.fit.theta == pytest.approx(stored["theta"], rel=1e-4)
    rungs = widget.ladder["rungs"]
    assert [rung["prior"] for rung in rungs] == ["", "wishart"]
    assert [rung["verdict"] for rung in rungs] == ["boundary", "converged"]
    assert [rung["lrt"] for rung in rungs] == [None, None]
    assert rungs[1]["why"].startswith("no test under a prior")
    assert "weak_prior" in {found["code"] for found in widget.fit_view["findings"]}


def test_the_least_prior_is_found_marked_and_shown(widget):
    assert widget.prior["least"] is None
    assert widget.prior["has_least"]
    turn(widget, 1, "wishart", None)
    answer = mw.minimum_prior(reference_fit("hsb_m1"))
    strength = answer.priors["sch.id"].parameters["strength"]
    assert widget.ladder["choice"]["prior"] == {"family": "wishart", "strength": pytest.approx(strength, rel=0.01)}
    assert _stop_of(widget) == widget.prior["least"]
    assert not widget.fit.is_singular
    assert widget.fit_view["prior"] == f"wishart(strength={widget.ladder['choice']['prior']['strength']})"
    assert "the least that makes this fit regular" in widget.prior["note"]


def test_the_moves_are_those_of_minimum_prior():
    widget = singular_widget()
    command(widget, 3, action="undo")
    frame = mw.minimum_prior(reference_fit("dyestuff2")).to_frame()
    moves = {move["name"]: move for move in widget.prior["moves"]}
    assert list(moves) == list(frame.index)
    sd = moves["sd (Intercept) | Batch"]
    assert sd["texts"] == ["0.000", f"{frame.loc['sd (Intercept) | Batch', 'with']:#.4g}", "+0.037"]
    assert sd["without"] == 0.0
    assert 0.0 < sd["under"] < 1.0


def test_undo_and_redo_go_through_the_priors_without_a_fit(widget, monkeypatch):
    turn(widget, 1, "wishart", 0.01)
    turn(widget, 2, "wishart", 0.1)
    monkeypatch.setattr(PriorDial, "under", lambda *_: pytest.fail("fitted again"))
    shown = []
    for number, action in enumerate(("undo", "undo", "redo", "redo"), start=3):
        command(widget, number, action=action)
        shown.append((widget.ladder["choice"]["prior"]["strength"], len(widget.prior["moves"]) > 0))
    assert shown == [(0.01, True), (0.0, False), (0.01, True), (0.1, True)]
    turn(widget, 7, "wishart", 0.01)
    assert len(widget.ladder["rungs"]) == 3


def test_a_draft_is_shown_but_kept_only_where_the_dial_rests(widget, monkeypatch):
    for number, strength in enumerate((0.001, 0.01, 0.1), start=1):
        turn(widget, number, "wishart", strength, draft=True)
        assert widget.fit_view["prior"] == f"wishart(strength={strength})"
        assert len(widget.ladder["rungs"]) == 2
        assert widget.ladder["current"] == 1
        assert not widget.ladder["can_undo"]
    gc.collect()
    assert len(widget._fits._views) == 2  # of the first fit and of the draft that is shown
    monkeypatch.setattr(PriorDial, "under", lambda *_: pytest.fail("fitted again"))
    turn(widget, 4, "wishart", 0.1)
    assert widget.ladder["can_undo"]
    assert len(widget.ladder["rungs"]) == 2
    assert len(widget._fits._views) == 2
    command(widget, 5, action="undo")
    assert widget.fit is reference_fit("hsb_m1")
    assert len(widget.ladder["rungs"]) == 2


def test_a_draft_of_no_prior_shows_the_first_fit_and_is_forgotten(widget):
    turn(widget, 1, "wishart", 0.1)
    turn(widget, 2, "wishart", 0.0, draft=True)
    assert widget.fit_view["prior"] == ""
    command(widget, 3, action="undo")
    assert widget.fit is reference_fit("hsb_m1")


def test_the_prior_stays_when_the_structure_changes(widget):
    turn(widget, 1, "wishart", 0.1)
    command(widget, 2, action="choose", choice=with_form(widget.ladder["choice"], "sch.id", "diagonal"))
    assert widget.fit.priors.covariance.parameters == {"strength": 0.1}
    direct = mw.lmer(
        widget.formula, mw.load_dataset("hsb"), cov_prior=mw.Prior("wishart", strength=0.1), control=SILENT
    )
    assert widget.fit.criterion == pytest.approx(direct.criterion, abs=1e-6)
    assert len(widget.prior["moves"]) == 7


def test_the_latest_turn_wins(widget, monkeypatch):
    gate, fitted = threading.Event(), []
    under = PriorDial.under

    def slow(self, fit, family, strength, control):
        assert gate.wait(20)
        fitted.append(strength)
        return under(self, fit, family, strength, control)

    monkeypatch.setattr(PriorDial, "under", slow)
    for number, strength in enumerate((0.01, 0.1, 0.75), start=1):
        choice = {**widget.ladder["choice"], "prior": {"family": "wishart", "strength": strength}}
        widget.set_state({"command": {"number": number, "action": "choose", "choice": choice}})
    gate.set()
    assert widget.wait(30)
    assert widget.ladder["choice"]["prior"]["strength"] == 0.75
    assert len(widget.ladder["rungs"]) == 2
    assert 0.1 not in fitted


def test_a_regular_fit_needs_no_prior():
    widget = reference_fit("sleep_slopes").picker()
    turn(widget, 1, "wishart", None)
    assert widget.ladder["choice"]["prior"]["family"] == "none"
    assert widget.prior["note"] == "No covariance matrix is singular: this fit needs no prior."
    turn(widget, 2, "wishart", 0.75)
    assert widget.prior["least"] is None
    assert not widget.prior["has_least"]
    assert widget.prior["moves"]


def test_a_prior_of_the_first_fit_can_be_taken_away_and_taken_back():
    sleep = mw.load_dataset("sleepstudy")
    prior = mw.Prior("wishart", df=5, scale=[2, 2])
    widget = mw.lmer("Reaction ~ Days + (Days | Subject)", sleep, cov_prior=prior, fixef_prior="normal").explorer()
    assert [family["name"] for family in widget.prior["families"]] == ["none", "wishart", "invwishart", "given"]
    assert widget.ladder["choice"]["prior"]["family"] == "given"
    first = widget.fit
    turn(widget, 1, "none", 0.0)
    assert widget.fit.priors.covariance is None
    assert widget.fit.priors.fixef == mw.Prior("normal")
    turn(widget, 2, "given", 0.0)
    assert widget.fit is first
    assert len(widget.prior["moves"]) == 6


def test_an_inverse_wishart_is_blme_s_default():
    widget = reference_fit("sleep_slopes").picker()
    turn(widget, 1, "invwishart", 0.0)
    direct = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"), cov_prior="invwishart")
    assert widget.fit.criterion == pytest.approx(direct.criterion, abs=1e-6)
    assert widget.fit_view["prior"] == "invwishart"


def test_nonsense_is_answered_with_a_sentence(widget):
    turn(widget, 1, "horseshoe", 0.1)
    assert widget.status["message"] == "the dial does not offer the prior 'horseshoe'"


def test_the_code_to_take_away_makes_the_same_fit(widget):
    turn(widget, 1, "wishart", 0.0123)
    code = {item["label"]: item["text"] for item in widget.fit_view["snippets"]}
    line, formula = code["%%lmer"].splitlines()
    assert split_line(line.removeprefix("%%lmer "))[0].prior == "wishart(strength=0.0123)"
    names = {"mw": mw, "data": mw.load_dataset("hsb")}
    exec(code["Python"], names)  # noqa: S102  our own text
    assert names["fit"].criterion == pytest.approx(widget.fit.criterion, abs=1e-6)
    by_cell = mw.lmer(formula, names["data"], cov_prior=split_line(line.removeprefix("%%lmer "))[0].prior)
    assert by_cell.penalty == pytest.approx(widget.fit.penalty, abs=1e-5)
    assert code["R (blme)"].endswith("cov.prior = wishart(df = level.dim + 1.0246))")
