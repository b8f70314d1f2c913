"""The benchmark's own machinery; nothing here judges a time."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from benchmarks import data, results, store, table, verdict
from benchmarks.cases import CASES, ENGINES, REFITS
from benchmarks.measure import CaseResult, Measure, is_due, turns_for
from benchmarks.process import Worker, WorkerError

MACHINE = {"processor": "p", "cores": "2", "memory": "4 GiB", "system": "s", "python": "3.11"}


def _measure(seconds: float, criterion: float, **fields) -> Measure:
    return Measure("version", "2024-05-01 10:00", [seconds], criterion, cpu=seconds, foreign=0.1, **fields)


def _case(**measures: Measure) -> CaseResult:
    return CaseResult("digest", CASES[0].formula, 180, {"Subject": 18}, measures)


def _row(text: str, start: str) -> list[str]:
    line = next(line for line in text.splitlines() if line.startswith(f"| {start} "))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_every_case_has_its_data():
    assert {case.data for case in (*CASES, *REFITS)} <= set(data.DATASETS)


@pytest.mark.parametrize("name", ["sleepstudy", "penicillin", "subjects_items", "maximal_8x8"])
def test_data_are_the_same_after_a_way_over_the_disk(name, tmp_path):
    frame = data.load(name)
    store.write(frame, tmp_path)
    again = store.read(tmp_path)
    assert list(again) == list(frame)
    for column in frame:
        assert np.array_equal(again[column], frame[column])
        if isinstance(frame[column].dtype, pd.CategoricalDtype):
            assert list(again[column].cat.categories) == list(map(str, frame[column].cat.categories))
    rows, levels = store.shape(tmp_path)
    assert rows == len(frame)
    assert levels == {c: frame[c].nunique() for c in frame if isinstance(frame[c].dtype, pd.CategoricalDtype)}


def test_simulated_data_do_not_change():
    pd.testing.assert_frame_equal(data.maximal_8x8(), data.maximal_8x8())


@pytest.mark.parametrize(("turns", "share"), [(21, 3), (21, 21), (16, 5), (3, 0)])
def test_an_engine_gets_all_its_turns(turns, share):
    assert sum(is_due(turn, turns, share) for turn in range(turns)) == share


def test_long_fits_are_made_once():
    assert turns_for(25.0) == 1


def test_results_survive_the_file(tmp_path):
    known = results.Results(MACHINE, {"sleepstudy": _case(lme4=_measure(0.01, 1743.6), glmm=_measure(0.02, 1743.7))})
    results.write_results(known, tmp_path / "results.json")
    assert results.read_results(tmp_path / "results.json", MACHINE) == known
    assert results.read_results(tmp_path / "results.json", {**MACHINE, "cores": "3"}).cases == {}


def test_a_run_with_some_engines_keeps_the_measures_of_the_others():
    known = results.Results(MACHINE, {"sleepstudy": _case(lme4=_measure(0.01, 1.0))})
    merged = known.with_case("sleepstudy", _case(glmm=_measure(0.02, 1.0)), merge=True).cases["sleepstudy"]
    assert set(merged.measures) == {"lme4", "glmm"}


def test_earlier_measures_of_other_data_are_not_kept():
    known = results.Results(MACHINE, {"sleepstudy": _case(lme4=_measure(30.0, 1.0))})
    assert known.kept(CASES[0], "digest") == known.cases["sleepstudy"].measures
    assert known.kept(CASES[0], "other") == {}
    assert known.kept(dataclasses.replace(CASES[0], formula="Reaction ~ 1 + (1 | Subject)"), "digest") == {}


def test_table_shows_ratio_goal_and_criterion():
    measures = {"lme4": _measure(0.010, 1743.0), "mixwidget": _measure(0.003, 1743.0 - 2e-8, first=0.005)}
    cells = _row(table.markdown(results.Results(MACHINE, {"sleepstudy": _case(**measures)})), "sleepstudy")
    assert cells == ["sleepstudy", "180; 18", "10", "3", "5", "0.3", "0.35", "yes", "0.3", "-2.0e-08", "0.1"]


def test_table_marks_what_is_missed():
    measures = {"lme4": _measure(0.010, 1743.0), "mixwidget": _measure(0.009, 1743.1)}
    cells = _row(table.markdown(results.Results(MACHINE, {"sleepstudy": _case(**measures)})), "sleepstudy")
    assert [*cells[5:8], cells[9]] == ["0.9", "0.35", "**no**", "**+1.0e-01**"]


def test_a_rival_that_gave_up_is_slower():
    gave_up = Measure("version", "2024-05-01 10:00", note="> 300 s")
    text = table.markdown(results.Results(MACHINE, {"sleepstudy": _case(mixwidget=_measure(1, 1), mixedlm=gave_up)}))
    cells = _row(text[text.index("## Beside other") :], "sleepstudy")
    assert cells[3] == "> 300 s"
    assert cells[5] == "yes"


def test_a_worker_fits_and_answers_failures():
    assert "mixwidget" in ENGINES
    worker = Worker("mixwidget")
    try:
        worker.ask("load", str(store.stored("warm_up")))
        timing = worker.fit("y ~ x + (1 | g)", limit=60)
        assert timing.seconds > 0
        with pytest.raises(WorkerError, match="nowhere"):
            worker.fit("y ~ nowhere + (1 | g)", limit=60)
        assert worker.fit("y ~ x + (1 | g)", limit=60).criterion == timing.criterion
    finally:
        worker.close()


def test_a_worker_that_takes_too_long_is_ended():
    worker = Worker("mixwidget")
    with pytest.raises(WorkerError, match="> 0 s"):
        worker.ask("load", str(store.stored("warm_up")), limit=0.001)
    with pytest.raises(WorkerError, match="died"):
        worker.ask("version")


def test_the_verdict_is_timed_apart_from_the_fit():
    case = next(case for case in CASES if case.name == "sleepstudy")
    cost = verdict.measure(data.load("sleepstudy"), case.formula, turns=1)
    assert (cost.rows, cost.code) == (180, "converged")
    assert cost.share == pytest.approx(cost.verdict / cost.fit)
    assert set(verdict.TURNS) <= {case.name for case in CASES}


def test_a_verdict_that_costs_more_than_the_fit_is_marked():
    text = verdict.table(
        {"a": verdict.Cost(10, 1.0, 0.5, 0.5, "converged"), "b": verdict.Cost(10, 1.0, 2.0, 2.0, "boundary")}
    )
    assert _row(text, "a") == ["a", "10", "1,000.0 ms", "500.0 ms", "0.50", "met (1)", "converged"]
    assert _row(text, "b")[-2:] == ["missed (1)", "boundary"]
