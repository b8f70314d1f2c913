"""What a handout holds in the place of a kernel is what the kernel would have answered."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.handout.pictures import MOST_BYTES, with_room
from mixwidget.handout.stored import stored_view
from mixwidget.handout.structures import listed
from mixwidget.inference.pooling_plane import ShrinkageRequest, pooling_plane
from mixwidget.views.grid_path import grid_path
from mixwidget.views.ladder import ladder_view
from mixwidget.widgets.fit_traits import FitTraits
from mixwidget.widgets.packed import pack

STRUCTURES = ["(Days || Subject)", "(1 | Subject)", "Reaction ~ 1 + (1 | Subject)", "(0 + Days | Subject)"]


@pytest.fixture(scope="module")
def made():
    fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
    widget = fit.picker()
    ml = mw.lmer("Reaction ~ Days + (1 | Subject)", mw.load_dataset("sleepstudy"), reml=False)
    visits = [widget.session.history.current]
    visits += listed(widget.session, widget.source, [*STRUCTURES, ml], mw.Control())
    traits = FitTraits(widget.source, lambda _key: True, lambda _tests: None, at_once=True)
    return [visit.fit for visit in visits], stored_view(visits, [0], (0,), 0, traits, widget.source.frame)


def _looked_up(view, visited, current):
    """Return (formula, test, reason, compares) of each rung as stored_fits.ts makes them."""
    for key in view.order:
        if key not in visited:
            continue
        stored = view.fits[key]
        first = next((other for other in stored.compared if other.against in visited), None)
        lrt, why = (first.lrt, first.why) if first else (None, stored.rung.why if len(visited) == 1 else stored.why)
        yield stored.rung.formula, lrt, why, key in view.fits[current].compares


@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_the_ladder_that_is_looked_up_is_that_of_python(made, size):
    fits, view = made
    for visited in combinations(range(len(fits)), size):
        for current in visited:
            ladder = ladder_view([fits[key] for key in visited], visited.index(current))
            expected = []
            for rung in ladder:
                lrt = rung.lrt and (rung.lrt.stat, rung.lrt.p, visited[rung.lrt.against])
                expected.append((rung.formula, lrt, rung.why, rung.compares))
            found = [
                (formula, lrt and (lrt.stat, lrt.p, lrt.against), why, compares)
                for formula, lrt, why, compares in _looked_up(view, visited, current)
            ]
            assert found == expected


def test_every_fit_has_its_key_its_tests_and_its_pictures(made):
    _, view = made
    for key, stored in enumerate(view.fits):
        assert stored.fit_view.key == stored.tests.of == stored.rung.key == key
        assert stored.tests.state == "ready"
        assert set(stored.pictures) == set(view.pictures)
        for answers in stored.pictures.values():
            assert {(answer["of"], answer["state"]) for answer in answers} == {(key, "ready")}
            assert answers[0]["options"] == {}


def test_the_slider_has_what_is_printed_of_each_level_at_each_stop(made):
    fits, view = made
    for fit, stored in zip(fits, view.fits, strict=True):
        shrinkage = stored.pictures["shrinkage"][0]["view"]
        plane = pooling_plane(fit, ShrinkageRequest())
        grid = grid_path(plane.coef, plane.own, tuple(shrinkage["coef"]["grid"]["decimals"]))
        assert shrinkage["coef"]["grid"] == grid.to_dict()
        assert shrinkage["own"] == b""
        for (low, high), decimals in zip(shrinkage["ranges"], grid.decimals, strict=True):
            assert 2000 <= (high - low) * 10**decimals < 20_000


def test_pictures_that_would_make_the_file_too_large_are_left_out_those_last_that_are_shown_first():
    def picture(seed):
        return [{"view": {"uint16": np.random.default_rng(seed).bytes(MOST_BYTES // 2)}}]

    kept = with_room([{"a": picture(1)}, {"a": picture(2), "b": [{"view": "small"}]}, {"b": ["small"]}], first=1)
    assert [set(one) for one in kept] == [set(), {"a", "b"}, {"b"}]
    assert len(pack(kept)) <= MOST_BYTES
