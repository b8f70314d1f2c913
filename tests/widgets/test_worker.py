"""The worker: one fit at a time, the latest wins, what is dropped is heard of no more."""

from __future__ import annotations

import threading

import pytest

from mixwidget.errors import FitCancelled
from mixwidget.widgets.worker import FitWorker


def _polling(started, stopped):
    def job(should_stop):
        started.set()
        while not should_stop():
            stopped.wait(0.001)
        raise FitCancelled("stopped")

    return job


def test_the_latest_request_wins():
    outcomes, gate = [], threading.Event()
    worker = FitWorker(outcomes.append)
    worker.submit(1, lambda _stop: gate.wait(10))
    for number in range(2, 30):
        worker.submit(number, lambda _stop, number=number: number * 10)
    gate.set()
    assert worker.wait(10)
    assert [(outcome.number, outcome.value) for outcome in outcomes] == [(29, 290)]


def test_what_was_dropped_reports_nothing():
    outcomes, started = [], threading.Event()
    worker = FitWorker(outcomes.append)
    worker.submit(1, _polling(started, threading.Event()))
    assert started.wait(10)
    assert worker.is_busy
    worker.drop()
    assert worker.wait(10)
    assert outcomes == []
    assert not worker.is_wanted(1)


def test_after_a_drop_the_next_request_is_heard():
    outcomes = []
    worker = FitWorker(outcomes.append)
    worker.submit(1, lambda _stop: "a")
    worker.wait(10)
    worker.drop()
    worker.submit(2, lambda _stop: "b")
    worker.wait(10)
    assert [outcome.value for outcome in outcomes] == ["a", "b"]


@pytest.mark.parametrize("threaded", [True, False])
def test_errors_come_back_as_values(threaded):
    outcomes = []
    worker = FitWorker(outcomes.append, threaded=threaded)
    worker.submit(1, lambda _stop: 1 / 0)
    assert worker.wait(10)
    assert isinstance(outcomes[0].error, ZeroDivisionError)


def test_jobs_never_run_side_by_side():
    running, most, lock = [0], [0], threading.Lock()

    def job(_stop):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        threading.Event().wait(0.005)
        with lock:
            running[0] -= 1

    worker = FitWorker(lambda _outcome: None)
    for number in range(10):
        worker.submit(number, job)
    worker.wait(10)
    assert most[0] == 1
