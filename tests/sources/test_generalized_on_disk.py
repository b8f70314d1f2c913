"""Generalized models whose rows are all different: their columns are on disk, and the fit is that of the frame."""

from __future__ import annotations

import gc
import os
import pickle
import re
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.answers import progress
from mixwidget.engine.model.standard_columns import standard_columns
from mixwidget.engine.model.standard_columns_on_disk import standard_columns_on_disk
from mixwidget.engine.sums.spool import spooled
from mixwidget.family.read_family import read_family
from mixwidget.fit.from_data import generalized_fit_from_data
from mixwidget.fit.generalized_from_source import gather_source
from mixwidget.fit.generalized_request import GeneralizedRequest
from mixwidget.fit.given import Given
from mixwidget.fit.prior import NO_PRIORS
from mixwidget.sources.source import Told
from mixwidget.widgets import output_line
from tests.sources.generalized_rows import CASES, generalized_table

QUIET = mw.Control(warn=False)
RTOL_CRITERION = 1e-8  # asked for; rounding is seen
ATOL_COEFFICIENT = 1e-6  # standard errors
DIFFERENT: dict[str, tuple[str, dict[str, object]]] = {
    "binomial": ("hit ~ exact + x + (exact | g)", {"offset": "log_exposure"}),
    "years": ("hit ~ year + (1 | g)", {}),
    "years of levels": ("hit ~ year + (year | g) + (1 | k)", {}),
    "huge": ("cbind(wins, losses) ~ huge + (1 | g)", {}),
    "Poisson": ("count ~ exact + size + (exact || g)", {"family": "poisson", "weights": "weight"}),
    "Poisson of huge": ("count ~ huge + offset(log_exposure) + (huge | g)", {"family": "poisson"}),
    "Gamma": ("time ~ exact + (1 | g) + (1 | k)", {"family": "Gamma", "link": "log", "weights": "weight"}),
    "Gamma of years": ("time ~ year + (year | g)", {"family": "Gamma", "link": "log"}),
    "all aliased": ("hit ~ exact + I(2 * exact) + (1 | g)", {}),
    "nodes": ("hit ~ exact + (1 | g)", {"n_agq": 5}),
}


@cache
def _frame() -> pd.DataFrame:
    frame = generalized_table().to_pandas()
    exact = np.random.default_rng(3).normal(size=len(frame))
    return frame.assign(exact=exact, year=2008.0 + exact, huge=1e5 + exact)


@pytest.fixture
def on_disk(monkeypatch):
    """Have memory for steps, but not for merged rows."""
    monkeypatch.setattr("mixwidget.fit.generalized_from_source.fits_merged", lambda n, n_columns: False)  # noqa: ARG005


def _codes(fit: mw.GlmerModel) -> list[str]:
    return [found.code for found in fit.design.diagnostics]


@pytest.mark.parametrize("name", DIFFERENT)
def test_different_rows_give_the_fit_of_the_frame(name, on_disk):
    formula, options = DIFFERENT[name]
    fit = mw.glmer(formula, mw.in_batches(_frame(), rows=170), control=QUIET, **options)
    expected = mw.glmer(formula, _frame(), control=QUIET, **options)
    assert "rows_on_disk" in _codes(fit)
    assert fit.criterion == pytest.approx(expected.criterion, rel=RTOL_CRITERION)
    np.testing.assert_allclose((fit.fixef - expected.fixef) / expected.stderr, 0.0, atol=ATOL_COEFFICIENT)
    np.testing.assert_allclose(fit.stderr, expected.stderr, rtol=1e-5)
    for factor, effects in expected.ranef().items():
        np.testing.assert_allclose(fit.ranef()[factor], effects, atol=1e-4)


@pytest.mark.parametrize("name", CASES)
def test_equal_rows_need_not_be_merged(name, on_disk):
    formula, options = CASES[name]
    fit = mw.glmer(formula, mw.in_batches(generalized_table(), rows=170), control=QUIET, **options)
    expected = mw.glmer(formula, generalized_table(), control=QUIET, **options)
    assert fit.criterion == pytest.approx(expected.criterion, rel=RTOL_CRITERION)
    np.testing.assert_allclose((fit.fixef - expected.fixef) / expected.stderr, 0.0, atol=ATOL_COEFFICIENT)


def test_a_free_shape_is_found(on_disk):
    fit = mw.glmer_nb("spread ~ exact + (1 | g)", mw.in_batches(_frame(), rows=170), control=QUIET)
    assert_same_numbers(fit, mw.glmer_nb("spread ~ exact + (1 | g)", _frame(), control=QUIET))


def assert_same_numbers(fit: mw.GlmerModel, expected: mw.GlmerModel) -> None:
    assert fit.criterion == pytest.approx(expected.criterion, rel=RTOL_CRITERION)
    assert fit.shape == pytest.approx(expected.shape, rel=1e-6)


def test_the_choice_is_by_the_memory_that_is_free(monkeypatch):
    source = mw.in_batches(_frame(), rows=170)
    merged = mw.glmer("hit ~ exact + (1 | g)", source, control=QUIET)
    monkeypatch.setattr("mixwidget.fit.room.free_bytes", lambda: 400_000)  # 1,195 rows: 611 kB merged, 191 kB of steps
    fit = mw.glmer("hit ~ exact + (1 | g)", source, control=QUIET)
    assert "merged_rows" in _codes(merged)
    assert "rows_on_disk" in _codes(fit)
    told = next(found for found in fit.design.diagnostics if found.code == "rows_on_disk")
    assert told.message.startswith("1,195 rows were read in 2 passes; too few are equal to be merged")


def test_what_a_fit_answers_is_that_of_merged_rows(on_disk):
    source = mw.in_batches(_frame(), rows=170)
    fit = mw.glmer("hit ~ exact + x + (1 | g)", source, control=QUIET)
    expected = mw.glmer("hit ~ exact + x + (1 | g)", _frame(), control=QUIET)
    ours, theirs = fit.emmeans("~ x", at={"x": [0, 1]}), expected.emmeans("~ x", at={"x": [0, 1]})
    np.testing.assert_allclose(ours["emmean"], theirs["emmean"], rtol=1e-5)
    np.testing.assert_allclose(fit.drop1()["AIC"], expected.drop1()["AIC"], rtol=1e-7)
    smaller = fit.restructure([("g", ["(Intercept)"])])
    assert smaller.criterion == pytest.approx(expected.criterion, rel=1e-8)
    again = pickle.loads(pickle.dumps(fit))
    assert again.criterion == fit.criterion


def test_the_pass_says_what_it_writes(on_disk):
    told: list[str] = []
    source, request = mw.in_batches(_frame(), rows=170), GeneralizedRequest(family=read_family("binomial"))
    gather_source("hit ~ exact + (1 | g)", source, Given(), request, QUIET, lambda what, *_: told.append(what))
    assert list(dict.fromkeys(told)) == ["pass 1", "pass 2 of 2, writing 1,195 rows to disk, 0.00015 GB at most"]


def test_nothing_is_left_in_the_folder_of_temporary_files(on_disk, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    fit = mw.glmer("hit ~ exact + (1 | g)", mw.in_batches(_frame(), rows=170), control=QUIET)
    assert list(tmp_path.iterdir()) == []
    assert fit.nobs == 1_195


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="the maps of a process are those of Linux")
def test_the_files_are_gone_with_the_fit_and_with_an_interrupt(on_disk, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def mapped() -> int:
        gc.collect()
        return Path("/proc/self/maps").read_text(encoding="utf-8").count(str(tmp_path))

    fit = mw.glmer("hit ~ exact + (1 | g)", mw.in_batches(_frame(), rows=170), control=QUIET)
    assert mapped() > 0
    del fit
    assert mapped() == 0
    n_polls = iter(range(10_000))
    stopping = mw.Control(warn=False, should_stop=lambda: next(n_polls) > 16)
    with pytest.raises(mw.errors.FitCancelled):
        mw.glmer("hit ~ exact + (1 | g)", mw.in_batches(_frame(), rows=170), control=stopping)
    assert mapped() == 0
    assert os.listdir(tmp_path) == []  # noqa: PTH208  names are enough


@pytest.mark.parametrize("far", [0.0, 2008.0, 1e5])
def test_columns_are_standardised_as_in_memory(far):
    rng = np.random.default_rng(5)
    x = far + rng.normal(size=300_001)
    for columns in (np.column_stack([np.ones(len(x)), x, x**2 / (1.0 + far)]), x[:, None], np.full((9, 1), 2.0)):
        ours, theirs = standard_columns_on_disk(columns, None), standard_columns(columns, None)
        np.testing.assert_allclose(ours.rows @ ours.rows.T / len(columns), np.eye(columns.shape[1]), atol=1e-9)
        np.testing.assert_allclose(ours.root, theirs.root, rtol=1e-6, atol=1e-9)
        assert ours.dependent == theirs.dependent == ()
    twice = np.column_stack([np.ones(len(x)), x, x])
    assert standard_columns_on_disk(twice, None).dependent == standard_columns(twice, None).dependent == (2,)


def test_arrays_on_disk_are_arrays():
    made = spooled((2, 3))
    made[1] = 7.0
    assert type(made) is np.ndarray
    assert made.sum() == 21.0
    assert spooled((0, 3)).shape == (0, 3)


def _fit_telling(told: Told, control: mw.Control = QUIET):
    source, request = mw.in_batches(_frame(), rows=170), GeneralizedRequest(family=read_family("binomial"))
    asked: dict[str, Any] = {"control": control, "priors": NO_PRIORS, "data_name": None, "told": told}
    return generalized_fit_from_data("hit ~ exact + (1 | g)", source, Given(), request, **asked)


def test_the_search_says_what_it_costs_before_it_starts_and_after_the_first_pass(on_disk):
    heard: list[tuple[str, int, float | None]] = []
    fit = _fit_telling(lambda what, n_rows, share=None, /: heard.append((what, n_rows, share)))
    search = [one for one in heard if "search" in one[0]]
    assert search[0] == ("the search will go through 1,195 rows on disk (5.7e-05 GB) about 90 times", 0, None)
    first, second = (what for what, _, _ in search[1:3])
    assert first == "search through 1,195 rows on disk (5.7e-05 GB), pass 1 of about 90"
    assert re.fullmatch(re.escape(first.replace("pass 1", "pass 2")) + r", about \d+ s left", second)
    shares = [share for _, _, share in search[1:]]
    assert shares == sorted(shares, key=lambda share: share or 0.0)
    assert all(n_rows == 1_195 for _, n_rows, _ in search[1:])
    assert heard[-1] == ("", 0, None)
    assert fit.design.diagnostics[-1].message.endswith(f"went through them there, in {len(search) - 1} passes")


@pytest.mark.parametrize("stops", ["interrupt", "a wish to stop"])
@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="the maps of a process are those of Linux")
def test_a_search_that_is_stopped_leaves_no_file_though_its_traceback_is_kept(on_disk, tmp_path, monkeypatch, stops):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    is_searching: list[bool] = []

    def told(what: str, n_rows: int, share: float | None = None, /) -> None:
        if "pass 5 of about" in what:
            assert str(tmp_path) in Path("/proc/self/maps").read_text(encoding="utf-8")
            is_searching.append(True)
            if stops == "interrupt":
                raise KeyboardInterrupt

    stopping = mw.Control(warn=False, should_stop=lambda: bool(is_searching))
    with pytest.raises(KeyboardInterrupt if stops == "interrupt" else mw.errors.FitCancelled) as kept:
        _fit_telling(told, stopping)
    gc.collect()
    assert str(tmp_path) not in Path("/proc/self/maps").read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == []
    assert kept.tb is not None


def test_the_line_of_a_search_has_a_bar_and_is_wiped(on_disk, monkeypatch):
    monkeypatch.setattr(progress, "SILENT_SECONDS", -1.0)
    monkeypatch.setattr(progress, "BETWEEN_SECONDS", -1.0)
    drawn, wiped = [], []
    line = SimpleNamespace(draw=drawn.append, wipe=lambda: wiped.append(len(drawn)))
    monkeypatch.setattr(progress, "OutputLine", lambda: line)
    _fit_telling(progress.row_line())
    assert drawn[0].startswith("pass 1: 170 rows, ")
    costs = next(text for text in drawn if text.startswith("the search will"))
    assert costs == "the search will go through 1,195 rows on disk (5.7e-05 GB) about 90 times"
    half = next(text for text in drawn if "pass 46 of about 90" in text)
    assert half.startswith("█" * 15 + "·" * 15 + " search through 1,195 rows on disk")
    assert half.endswith(" rows/s")
    assert wiped[0] == len(drawn)


def test_nothing_of_the_line_stays_in_a_cell(on_disk, monkeypatch):
    from tests.widgets.test_output_line import Page

    page = Page()
    monkeypatch.setattr(output_line, "running_shell", lambda: SimpleNamespace(kernel=object(), display_pub=page))
    monkeypatch.setattr(progress, "SILENT_SECONDS", -1.0)
    monkeypatch.setattr(progress, "BETWEEN_SECONDS", -1.0)
    for should_stop in (None, _after(60)):
        page.outputs.clear()
        told, control = progress.row_line(), mw.Control(warn=False, should_stop=should_stop)
        with nullcontext() if should_stop is None else pytest.raises(mw.errors.FitCancelled):
            _fit_telling(told, control)
        assert list(page.outputs.values()) == [{}]
        del told  # which would wipe it too


def _after(n: int) -> Callable[[], bool]:
    polls = iter(range(n))
    return lambda: next(polls, None) is None
