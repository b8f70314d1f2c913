"""How far a long computation is, on the error stream; silent for what is done within a second."""

from __future__ import annotations

import sys
import time

from mixwidget.inference.interrupts import Progress

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
    """One line that is drawn over and over, and wiped when all is done."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.begun = self.last = time.monotonic()
        self.is_drawn = False

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done >= total:
            self._finish()
        elif now - self.begun > SILENT_SECONDS and now - self.last > BETWEEN_SECONDS:
            self.last, self.is_drawn = now, True
            filled = WIDTH * done // max(total, 1)
            left = (now - self.begun) * (total - done) / max(done, 1)
            bar = "█" * filled + "·" * (WIDTH - filled)
            sys.stderr.write(f"\r{self.label} {bar} {done}/{total}, {left:.0f} s left ")
            sys.stderr.flush()

    def _finish(self) -> None:
        if self.is_drawn:
            sys.stderr.write("\r" + " " * (len(self.label) + WIDTH + 40) + "\r")
            sys.stderr.flush()
