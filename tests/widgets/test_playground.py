"""The playground: what the page wants is drawn and fitted in a thread, the latest wish wins, the record is kept."""

from __future__ import annotations

import pytest

import mixwidget as mw
from mixwidget.teaching.draw import draw
from mixwidget.teaching.presets import PRESETS
from mixwidget.widgets import twin
from mixwidget.widgets.playground import PlaygroundWidget
from tests.widgets.fixtures import command, with_form
from tests.widgets.test_twin import state_of

WAIT = 60


@pytest.fixture
def play():
    widget = mw.playground("few_groups", seed=5)
    yield widget
    widget.close()


def _wish(widget, **wanted):
    widget.set_state({"wanted": {"number": widget.playground["number"] + 1, **wanted}})
    assert widget.wait(WAIT)


def test_a_lesson_is_drawn_fitted_and_recorded(play):
    assert isinstance(play, PlaygroundWidget)
    assert play.settings == PRESETS["few_groups"].settings
    assert play.data.equals(draw(play.settings, 5))
    assert play.fit.fixef.equals(mw.lmer(play.formula, play.data).fixef)
    view = play.playground
    assert (view["preset"], view["seed"], view["state"]) == ("few_groups", 5, "idle")
    assert view["look_at"] == PRESETS["few_groups"].look_at
    assert play.record.seeds == (5,)


def test_a_new_sample_has_the_next_seed_and_stands_in_the_record(play):
    key = play.fit_view["key"]
    _wish(play)
    assert (play.seed, play.record.seeds) == (6, (5, 6))
    assert play.fit_view["key"] != key
    assert play.fit_view["nobs"] == len(play.data)
    _wish(play, n_samples=3)
    assert play.record.seeds == (5, 6, 7, 8, 9)
    assert play.record.parameters[0].values[-1] == pytest.approx(play.fit.fixef.iloc[0])


def test_a_seed_that_comes_again_is_counted_once(play):
    _wish(play, n_samples=2)
    _wish(play, seed=6)
    assert (play.seed, play.record.seeds) == (6, (5, 7, 6))


def test_other_settings_begin_another_record_with_the_same_seed(play):
    _wish(play)
    _wish(play, settings={"sd_residual": 3.0}, seed=6)
    assert (play.settings.sd_residual, play.record.seeds) == (3.0, (6,))
    assert (play.playground["preset"], play.playground["look_at"]) == ("", "")
    _wish(play, preset="simpson", seed=6)
    assert play.playground["preset"] == "simpson"
    assert play.settings == PRESETS["simpson"].settings


def test_the_picker_works_on_drawn_data_and_its_structure_is_kept(play):
    command(play, 1, action="choose", choice=with_form(play.ladder["choice"], "group", "intercept"))
    assert play.formula == "y ~ x + (1 | group)"
    _wish(play)
    assert play.formula == "y ~ x + (1 | group)"
    assert play.record.seeds == (6,)  # of another model
    assert [row.name for row in play.record.parameters][2:] == ["SD of (Intercept)", "SD of the residual"]
    assert len(play.ladder["rungs"]) == 1
    command(play, 2, action="choose", choice=with_form(play.ladder["choice"], "group", "diagonal", slopes=["x"]))
    assert "||" in play.formula
    assert play.fit_view["nobs"] == len(play.data)


def test_pictures_are_those_of_the_data_that_are_shown(play):
    _wish(play, settings={"n_groups": 9})
    assert play.session is not None
    assert len(play._pictures._frame) == len(play.data)
    assert play.levels["group"] == [f"g{i}" for i in range(1, 10)]


def test_yes_or_no_is_fitted_by_glmer_with_sizes_that_suit_it(play):
    _wish(play, settings={"family": "binomial", "n_groups": 30, "n_rows": 20})
    assert isinstance(play.fit, mw.GlmerModel)
    assert (play.settings.intercept, play.settings.sd_intercept) == (0.0, 1.0)
    assert play.fit_view["family"].startswith("binomial")
    _wish(play, settings={"family": "gaussian"})
    assert isinstance(play.fit, mw.LmerModel)
    assert play.settings.intercept == 10.0


def test_the_latest_wish_wins(play):
    for number, sd in enumerate((0.5, 1.0, 1.5, 2.0), start=1):
        play.set_state({"wanted": {"number": number, "settings": {"sd_intercept": sd}, "seed": 5, "n_samples": 20}})
    assert play.wait(WAIT)
    assert play.settings.sd_intercept == 2.0
    assert play.record.seeds == tuple(range(5, 25))
    assert (play.playground["number"], play.playground["state"]) == (4, "idle")


REFUSED = [
    ({"settings": {"n_groups": 1}}, "n_groups=1 is out of range; choose 3 to 200"),
    ({"settings": {"n_grups": 4}}, "has no setting 'n_grups'; did you mean 'n_groups'?"),
    ({"preset": "simson"}, "did you mean 'simpson'?"),
    ({"seed": -1}, "seed=-1 is no whole number"),
    ({"n_samples": 1000}, "1000 samples at once are too many; choose 1 to 100"),
]


@pytest.mark.parametrize(("wanted", "message"), REFUSED, ids=[str(wanted) for wanted, _ in REFUSED])
def test_a_wish_that_cannot_be_is_told_and_nothing_changes(play, wanted, message):
    before = play.record
    _wish(play, **wanted)
    assert play.playground["state"] == "failed"
    assert message in play.playground["message"]
    assert play.record == before
    _wish(play)
    assert (play.playground["state"], play.playground["message"]) == ("idle", "")


def test_data_that_cannot_be_fitted_are_told(play):
    _wish(play, settings={"family": "binomial", "intercept": 20.0})
    assert play.playground["state"] == "failed"
    assert "y" in play.playground["message"]
    assert play.settings.family == "gaussian"


def test_the_record_can_begin_anew_while_the_data_stay(play):
    _wish(play, n_samples=2)
    data = play.data
    _wish(play, n_samples=0, forget=True)
    assert (play.record.seeds, play.record.parameters) == ((), ())
    assert play.data is data
    _wish(play)
    assert play.record.seeds == (8,)


def test_the_saved_twin_has_settings_record_and_script(play):
    play.sample(2)
    html = play.still()["text/html"]
    assert state_of(html)["playground"]["record"]["seeds"] == [5, 6, 7]
    assert twin._has_pictures({"playground": play.playground})
    assert "Linear mixed model fit by REML" in play.still()["text/plain"]


def test_a_closed_playground_sends_nothing_more(play):
    play.close()
    assert play.playground == {}


def test_wrong_calls_are_refused():
    for options, message in (
        ({"theme": "blue"}, "theme='blue' is no theme"),
        ({"seed": 1.5}, "seed=1.5 is no whole number"),
        ({"n_grups": 4}, "did you mean 'n_groups'?"),
    ):
        with pytest.raises(mw.errors.OptionError) as refused:
            mw.playground(**options)
        assert message in str(refused.value)
