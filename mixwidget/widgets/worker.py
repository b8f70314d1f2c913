"""Fits in a thread of their own: dropped by an event, and the latest request wins."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from mixwidget.widgets.threads import HAS_THREADS, plain_thread

Result = TypeVar("Result")
ShouldStop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Result]):
    """What became of a job: a value, or the error that ended it."""

    number: int
    value: Result | None
    error: BaseException | None


class FitWorker(Generic[Result]):
    """Runs one job after the other; a new job drops those before it.

    Parameters
    ----------
    done : callable
        Takes the `Outcome` of each job that was not replaced by a later one; called in the worker's thread.
    threaded : bool
        False runs each job in `submit` itself.
    thread : callable
        Makes a thread that runs what it is given.
    """

    def __init__(
        self,
        done: Callable[[Outcome[Result]], None],
        *,
        threaded: bool = HAS_THREADS,
        thread: Callable[[Callable[[], None]], threading.Thread] = plain_thread,
    ) -> None:
        self._done = done
        self._new_thread = thread
        self._threaded = threaded
        self._guard = threading.Lock()
        self._turn = threading.Lock()
        self._latest = 0
        self._cancel = threading.Event()
        self._thread: threading.Thread | None = None

    def submit(self, number: int, job: Callable[[ShouldStop], Result]) -> None:
        """Run `job`, which polls the function it is given; its number must grow from call to call."""
        with self._guard:
            self._cancel.set()
            self._cancel = cancel = threading.Event()
            self._latest = number
        if not self._threaded:
            self._run(number, job, cancel)
            return
        self._thread = self._new_thread(lambda: self._run(number, job, cancel))
        self._thread.start()

    @property
    def is_busy(self) -> bool:
        """Whether a fit runs or waits."""
        return self._thread is not None and self._thread.is_alive()

    def drop(self) -> None:
        """Ask what was submitted so far to stop, and report nothing of it any more."""
        with self._guard:
            self._cancel.set()
            self._latest += 1

    def wait(self, seconds: float | None = None) -> bool:
        """Return whether the last job is over after at most so many seconds."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def _run(self, number: int, job: Callable[[ShouldStop], Result], cancel: threading.Event) -> None:
        with self._turn:
            if not self.is_wanted(number):
                return
            outcome = _outcome(number, job, cancel)
        if self.is_wanted(number):
            self._done(outcome)

    def is_wanted(self, number: int) -> bool:
        """Return whether the job of a number was neither replaced nor dropped."""
        with self._guard:
            return number == self._latest


def _outcome(number: int, job: Callable[[ShouldStop], Result], cancel: threading.Event) -> Outcome[Result]:
    try:
        return Outcome(number, job(cancel.is_set), None)
    except BaseException as error:  # noqa: BLE001  shown in the widget; a thread has nobody else to tell
        return Outcome(number, None, error)
