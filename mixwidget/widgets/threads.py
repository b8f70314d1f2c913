"""Threads in which widgets may be made: plain ones, but in marimo those that know the page and the cell."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from mixwidget.widgets.shell import in_marimo

HAS_THREADS = sys.platform != "emscripten"  # Pyodide has none: fits run at once there and cannot be cancelled
NAME = "mixwidget-fit"
Job = Callable[[], None]
Threads = Callable[[Job], threading.Thread]


def plain_thread(job: Job) -> threading.Thread:
    """Return a thread that runs a job."""
    return threading.Thread(target=job, daemon=True, name=NAME)


def opening_threads() -> Threads:
    """Return what makes threads in which a widget may be made; to be called where a cell runs."""
    return CellThreads(sys.modules["marimo"].Thread) if HAS_THREADS and in_marimo() else plain_thread


class CellThreads:
    """Threads that belong to the cell in which this is made.

    A widget of marimo is shown by the cell that made it, and a thread knows that cell only if it was made in the run of
    the cell or in such a thread: one is kept ready, and makes the next one before it does its job.

    Parameters
    ----------
    kind : callable
        The class of the threads, ``marimo.Thread``.
    """

    def __init__(self, kind: Callable[..., Any]) -> None:
        self._kind = kind
        self._ready: SimpleQueue[threading.Thread] = SimpleQueue()
        self._jobs: dict[threading.Thread, Job] = {}
        self._prepare()

    def __call__(self, job: Job) -> threading.Thread:
        """Return a thread that runs a job."""
        thread = self._ready.get()
        self._jobs[thread] = job
        return thread

    def _prepare(self) -> None:
        self._ready.put(self._kind(target=self._run, daemon=True, name=NAME))

    def _run(self) -> None:
        self._prepare()
        self._jobs.pop(threading.current_thread())()
