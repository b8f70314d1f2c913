"""Where a file has no room for the lines of all levels, some have theirs: which, and what is true of them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.handout.few_lines import with_few_lines
from mixwidget.inference import shown_levels
from mixwidget.inference.lines_request import LinesRequest
from mixwidget.views.lines import lines_view

N_SCHOOLS = 160
FORMULAS = ("math ~ ses + (ses | school)", "math ~ ses + (1 | school)", "math ~ ses + (0 + ses | school)")


@cache
def fits():
    data = mw.load_dataset("hsb").rename(columns={"sch.id": "school"})
    return [mw.lmer(formula, data).fit for formula in FORMULAS]


def answer(fit):
    view = lines_view(fit, LinesRequest()).to_dict()
    return {"lines": [{"of": 0, "state": "ready", "message": "", "options": {}, "view": view}]}


@pytest.fixture
def found(monkeypatch):
    monkeypatch.setattr(shown_levels, "FEW_DRAWN", 30)
    pictures = with_few_lines([answer(fit) for fit in fits()], fits())
    return [one["lines"][0]["view"] for one in pictures]


def ints(array):
    return np.frombuffer(array["int32"], "<i4")


def test_all_structures_have_the_same_levels_the_outermost_of_each_among_them(found):
    levels = ints(found[0]["levels"])
    assert 30 < len(levels) < N_SCHOOLS
    for view, fit in zip(found, fits(), strict=True):
        assert ints(view["levels"]).tolist() == levels.tolist()
        assert view["n_levels"] == N_SCHOOLS
        modes = mw.LmerModel(fit).ranef()["school"]
        for order, column in zip(view["orders"], [*sorted(modes, key=lambda name: name != "ses"), None], strict=True):
            everybody = np.arange(N_SCHOOLS) if column is None else np.argsort(-modes[column], kind="stable")
            shown = levels[ints(order["ranked"])]
            most = shown_levels.FEW_EXTREMES
            assert shown[:most].tolist() == list(everybody[:most])
            assert shown[-most:].tolist() == list(everybody[-most:])


def test_those_that_stand_for_all_were_drawn_from_all(found):
    levels, drawn = ints(found[0]["levels"]), ints(found[0]["drawn"])
    assert len(drawn) == len(set(drawn)) == 30
    expected = np.random.default_rng(found[0]["seed"]).permutation(N_SCHOOLS)[:30]
    assert levels[drawn].tolist() == expected.tolist()


def test_their_lines_and_rows_are_those_of_the_whole_picture(found):
    for view, fit in zip(found, fits(), strict=True):
        whole = answer(fit)["lines"][0]["view"]
        levels = ints(view["levels"])
        for name in ("model", "own", "reach"):
            rows = np.frombuffer(whole[name]["float32"], "<f4").reshape(N_SCHOOLS, -1)
            mine = np.frombuffer(view[name]["float32"], "<f4").reshape(len(levels), -1)
            np.testing.assert_array_equal(mine, rows[levels])
        for name in ("pooled", "average", "x_range", "x_title", "y_title"):
            assert view[name] == whole[name]
        starts = ints(whole["points"]["starts"])
        assert np.diff(ints(view["points"]["starts"])).tolist() == np.diff(starts)[levels].tolist()


def test_it_is_said(found):
    said = f"{len(ints(found[0]['levels']))} of {N_SCHOOLS} levels of school have lines here: the outermost, "
    assert all(any(note.startswith(said) for note in view["notes"]) for view in found)


def test_other_levels_are_drawn_for_another_factor(monkeypatch):
    monkeypatch.setattr(shown_levels, "FEW_DRAWN", 3)
    data = mw.load_dataset("penicillin")
    both = [mw.lmer(f"diameter ~ 1 + (1 | {factor})", data).fit for factor in ("plate", "sample")]
    made = with_few_lines([answer(fit) for fit in both], both)
    plates, samples = (one["lines"][0]["view"] for one in made)
    assert (plates["group"], plates["n_levels"]) == ("plate", 24)
    assert (samples["group"], samples["n_levels"]) == ("sample", 6)
    assert len(ints(samples["levels"])) == 6


def test_what_failed_stays_as_it_was():
    failed = {"lines": [{"of": 0, "state": "failed", "message": "no rows", "options": {}, "view": None}]}
    assert with_few_lines([failed], fits()[:1]) == [failed]
