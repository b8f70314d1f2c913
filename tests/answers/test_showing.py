"""Showing an answer changes nothing: not the answer, not what the cells of a notebook are known to hold."""

from __future__ import annotations

import pytest

import mixwidget as mw
from mixwidget.widgets.cells import ShownWidgets

QUIET = mw.Control(warn=False)
SLEEP, DYESTUFF2 = mw.load_dataset("sleepstudy"), mw.load_dataset("dyestuff2")
ANSWERS = {
    "the summary": lambda slopes, _: slopes.summary(),
    "varcorr": lambda slopes, _: slopes.varcorr,
    "the modes": lambda slopes, _: slopes.ranef(),
    "repca": lambda slopes, _: slopes.repca(),
    "a table of tests": lambda slopes, _: slopes.anova(),
    "intervals": lambda slopes, _: slopes.confint(),
    "means": lambda slopes, _: slopes.emmeans("~ Days"),
    "influence": lambda slopes, _: slopes.influence(),
    "a landscape": lambda slopes, _: slopes.landscape(),
    "replicates": lambda slopes, _: slopes.bootstrap(20, seed=1),
    "a comparison": mw.compare,
    "likelihood ratios": mw.anova,
    "a table for papers": lambda slopes, plain: mw.compare(slopes, plain).table(),
    "all optimisers": lambda _, plain: mw.all_fit(plain),
    "rivals": lambda slopes, _: mw.alternatives(slopes),
    "a check": lambda *_: mw.check_design("Reaction ~ Days + (Days | Subject)", SLEEP),
    "a path": lambda slopes, _: mw.simplify(slopes),
    "one step below": lambda slopes, _: mw.simpler(slopes),
    "a least prior": lambda *_: mw.minimum_prior(
        mw.lmer("Yield ~ 1 + (1 | Batch)", DYESTUFF2, control=QUIET), progress=False
    ),
}


@pytest.fixture(scope="module")
def fits():
    texts = ("Reaction ~ Days + (Days | Subject)", "Reaction ~ Days + (1 | Subject)")
    return tuple(mw.lmer(text, SLEEP, control=QUIET) for text in texts)


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_shown_as_often_as_anybody_likes(monkeypatch, fits, name):
    answer = ANSWERS[name](*fits)
    monkeypatch.setattr(ShownWidgets, "show", lambda *_: pytest.fail("the display was noted"))
    first = (str(answer), repr(answer), answer._repr_html_())
    assert (str(answer), repr(answer), answer._repr_html_()) == first
