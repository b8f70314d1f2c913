"""How far a long computation is, below the running cell or on the error stream; silent for what takes a second."""

from __future__ import annotations

import time

from mixwidget.inference.interrupts import Progress
from mixwidget.sources.source import Told, silent
from mixwidget.widgets.output_line import OutputLine

SILENT_SECONDS = 1.0
WIDTH = 30
BETWEEN_SECONDS = 0.1


def progress_bar(label: str, *, shown: bool | Progress = True) -> Progress | None:
    """Return a function of (done, total) that draws a bar, the caller's own one, or None.

    Parameters
    ----------
    label : str
    shown : bool or callable
        False for silence; a callable is returned as it is.
    """
    if callable(shown):
        return shown
    return _Bar(label) if shown else None


class _Bar:
    """One line that is drawn over and over, and wiped when all is done or an interrupt has ended the work."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.begun = self.last = time.monotonic()
        self.line = OutputLine()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done >= total:
            self.line.wipe()
        elif now - self.begun > SILENT_SECONDS and now - self.last > BETWEEN_SECONDS:
            self.last = now
            left = (now - self.begun) * (total - done) / max(done, 1)
            self.line.draw(f"{self.label} {_bar(done / max(total, 1))} {done}/{total}, {left:.0f} s left")

    def __del__(self) -> None:
        self.line.wipe()


def _bar(share: float) -> str:
    filled = int(WIDTH * share)
    return "█" * filled + "·" * (WIDTH - filled)


def row_line(*, shown: bool | Told = True) -> Told:
    """Return a function of (pass, rows, share) that draws how many rows are done and how fast, or one that is silent.

    Parameters
    ----------
    shown : bool or callable
        False for silence; a callable is returned as it is.
    """
    if callable(shown):
        return shown
    return _RowLine() if shown else silent


class _RowLine:
    """One line for all passes, wiped by an empty text or with the object: when the reading has ended."""

    def __init__(self) -> None:
        self.what = ""
        self.begun = self.last = self.since = self.drawn = time.monotonic()
        self.line = OutputLine()

    def __call__(self, what: str, n_rows: int, share: float | None = None, /) -> None:
        now = time.monotonic()
        if not what:
            self.line.wipe()
            return
        if what != self.what:
            self.what, self.since = what, self.last
        if now - self.begun > SILENT_SECONDS and (now - self.drawn > BETWEEN_SECONDS or not n_rows):
            self.drawn = now
            rate = n_rows / max(now - self.since, 1e-9)
            done = f": {n_rows:,} rows, {rate:,.0f} rows/s" if n_rows else ""
            self.line.draw(f"{'' if share is None else _bar(share) + ' '}{what}{done}")
        self.last = now

    def __del__(self) -> None:
        self.line.wipe()
