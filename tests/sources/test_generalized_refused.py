"""Generalized models of batches that cannot be fitted: one sentence, before the rows are read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.family.read_family import read_family
from mixwidget.fit.generalized_from_source import gather_source
from mixwidget.fit.generalized_request import GeneralizedRequest
from mixwidget.fit.given import Given
from mixwidget.sources.source import Source
from tests.sources.generalized_rows import generalized_table

QUIET = mw.Control(warn=False)


def _frame() -> pd.DataFrame:
    return generalized_table().to_pandas()


REFUSED: dict[str, tuple[str, dict[str, Any], Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "no outcome": ("hit ~ x + (1 | g)", {}, lambda d: d.assign(hit=0), "is 0 in every fitted row"),
    "one level": ("answer ~ x + (1 | g)", {}, lambda d: d.assign(answer="yes"), "is 'yes' in every fitted row"),
    "three levels": ("size ~ x + (1 | g)", {}, lambda d: d, r"has 3 levels \('small', 'mid', 'large'\)"),
    "percentages": ("hit ~ x + (1 | g)", {}, lambda d: d.assign(hit=d["hit"] * 50.5), r"outside \[0, 1\] \(first 50.5"),
    "negative counts": (
        "count ~ x + (1 | g)",
        {"family": "poisson"},
        lambda d: d.assign(count=np.where(d.index == 900, -2, d["count"])),
        r"has negative values \(first -2 at fitted row \d+\)",
    ),
    "only zeros": ("count ~ x + (1 | g)", {"family": "poisson"}, lambda d: d.assign(count=0), "is 0 in every"),
    "no positive": (
        "time ~ x + (1 | g)",
        {"family": "Gamma"},
        lambda d: d.assign(time=d["time"] - 2.0),
        "has zero or negative values",
    ),
    "negative failures": (
        "cbind(wins, trials - wins) ~ x + (1 | g)",
        {},
        lambda d: d.assign(wins=np.where(d.index == 900, 9, d["wins"])),
        r"have negative values \(first -\d at fitted row \d{3}\): there 'wins' is larger than 'trials'",
    ),
    "two factors and nodes": ("hit ~ x + (1 | g) + (1 | k)", {"n_agq": 5}, lambda d: d, "needs one grouping factor"),
    "nodes and a dispersion": (
        "time ~ x + (1 | g)",
        {"family": "Gamma", "n_agq": 5},
        lambda d: d,
        "without a dispersion",
    ),
    "weights": ("hit ~ x + (1 | g)", {"weights": "x"}, lambda d: d, "weights must be positive"),
    "one group": ("hit ~ x + (1 | g)", {"subset": "g == 101"}, lambda d: d, "has one level"),
    "array of weights": ("hit ~ x + (1 | g)", {"weights": np.ones(3)}, lambda d: d, "make it a column"),
    "crossed beyond the limit": (
        "hit ~ x + (1 | g) + (1 | k)",
        {"control": mw.Control(max_dense_columns=3, warn=False)},
        lambda d: d,
        "levels: 'g' 25, 'k' 6",
    ),
}


class _Reads:
    """A source of batches that counts how often it is read."""

    def __init__(self, frame: pd.DataFrame, rows: int = 170) -> None:
        self.inner, self.n = mw.in_batches(frame, rows=rows), 0
        self.source = Source("a source", self.inner.names, self._read)

    def _read(self, columns: list[str]) -> Iterator[Any]:
        self.n += 1
        return self.inner.read(columns)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_fitted_is_refused_before_the_second_pass(name):
    formula, options, changed, words = REFUSED[name]
    reads = _Reads(changed(_frame()))
    with pytest.raises(mw.errors.MixwidgetError, match=words):
        mw.glmer(formula, reads.source, **{"control": QUIET, **options})
    assert reads.n <= 1


@pytest.mark.parametrize("change", ["rows", "levels", "outcomes"])
def test_data_that_change_between_the_passes_are_refused(change):
    first = _frame().dropna()
    later = {
        "rows": first.iloc[:-3],
        "levels": first.assign(g=np.where(first.index == 7, 999, first["g"])),
        "outcomes": first.assign(hit=np.where(first.index == first.index[3], 1 - first["hit"], first["hit"])),
    }[change]
    frames = iter([first, later])

    def read(columns: list[str]) -> Iterator[Any]:
        return mw.in_batches(next(frames), rows=170).read(columns)

    source = Source("a source", tuple(first.columns), read)
    with pytest.raises(mw.errors.DataError, match="changed between two passes"):
        mw.glmer("hit ~ x + (1 | g)", source, control=QUIET)


def test_broken_counts_are_told_as_of_a_frame():
    data = _frame().dropna().reset_index(drop=True)
    data["count"] = data["count"] + np.where(np.isin(data.index, (600, 900)), 0.5, 0.0)
    fits = [
        mw.glmer("count ~ x + (1 | g)", rows, family="poisson", control=QUIET)
        for rows in (data, mw.in_batches(data, rows=170))
    ]
    told = [[f.text for f in fit.design.diagnostics if f.code == "noninteger_counts"] for fit in fits]
    assert told[0] == told[1] != []


def test_an_interrupt_leaves_nothing(monkeypatch):
    closed: list[bool] = []

    class Batches:
        def __init__(self, frames: Iterator[Any]) -> None:
            self.frames, self.n = frames, 0

        def __iter__(self) -> Batches:
            return self

        def __next__(self) -> Any:
            self.n += 1
            if self.n == 4:
                raise KeyboardInterrupt
            return next(self.frames)

        def close(self) -> None:
            closed.append(True)

    frame = _frame()
    source = Source("a source", tuple(frame.columns), lambda columns: Batches(mw.in_batches(frame, 170).read(columns)))
    with pytest.raises(KeyboardInterrupt):
        mw.glmer("hit ~ x + (1 | g)", source, control=QUIET)
    assert closed == [True]


@pytest.mark.parametrize(("free", "name"), [("free_bytes", "GB of memory"), ("free_disk", "larger disk")])
def test_too_many_different_rows_are_refused_before_the_second_pass(monkeypatch, free, name):
    monkeypatch.setattr("mixwidget.fit.room.free_bytes", lambda: 400_000)
    monkeypatch.setattr(f"mixwidget.fit.room.{free}", lambda: 100_000)
    reads = _Reads(_frame().assign(exact=np.random.default_rng(1).normal(size=len(_frame()))))
    with pytest.raises(mw.errors.ProblemTooLargeError, match=rf"about 1,195 of 1,195 rows differ.*{name}"):
        mw.glmer("hit ~ exact + (1 | g)", reads.source, control=QUIET)
    assert reads.n == 1
    few = mw.glmer("hit ~ x + (1 | k)", reads.source, control=QUIET)
    assert few.nobs > 1_000


def test_the_last_pass_says_how_many_rows_it_will_leave():
    told: list[str] = []
    request = GeneralizedRequest(family=read_family("binomial"))
    source = mw.in_batches(generalized_table(), rows=170)
    gather_source("hit ~ x + (1 | k)", source, Given(), request, QUIET, lambda what, *_: told.append(what))
    assert list(dict.fromkeys(told)) == ["pass 1", "pass 2 of 2, merging into about 30"]
