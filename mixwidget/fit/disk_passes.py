"""What a search through rows on disk will cost, and how far it is."""

from __future__ import annotations

import time

from mixwidget.control import Control
from mixwidget.sources.source import Told

PASSES, PASSES_PER_PARAMETER = 60, 10  # 41 fits took 67 to 195; a free shape about doubles them
SHAPE_TIMES = 2


def expected_passes(n_parameters: int, *, free_shape: bool) -> int:
    """Return about how often a fit goes through rows on disk.

    Iterations for the modes take some three passes each, an evaluation a few of them; the Hessian takes six for each
    parameter.

    Parameters
    ----------
    n_parameters : int
        Covariance parameters, fixed effects and a free shape.
    free_shape : bool

    Examples
    --------
    >>> expected_passes(6, free_shape=False)
    120
    """
    return (PASSES + PASSES_PER_PARAMETER * n_parameters) * (SHAPE_TIMES if free_shape else 1)


class DiskPasses:
    """Passes over rows on disk: said before the first, timed after it, counted to the last.

    Parameters
    ----------
    n_expected : int
    n_rows, n_bytes : int
        What a pass goes through, at most.
    control : Control
        Asked after each piece of rows whether to stop.
    told : callable
        Hears which pass it is, how many rows of it are done, and which share of all.
    """

    def __init__(self, n_expected: int, n_rows: int, n_bytes: int, control: Control, told: Told) -> None:
        self.n_expected, self.control, self.told = n_expected, control, told
        self.over = f"{n_rows:,} rows on disk ({n_bytes / 1e9:.2g} GB)"
        self.n_passes = 0
        self.begun = time.monotonic()
        told(f"the search will go through {self.over} about {n_expected} times", 0)

    def __call__(self, n_done: int, n_rows: int) -> None:
        """Hear that so many of the rows are done in this pass."""
        self.control.poll("the fit")
        total = max(self.n_expected, self.n_passes + 1)
        share = (self.n_passes + n_done / n_rows) / total
        self.told(
            f"search through {self.over}, pass {self.n_passes + 1} of about {total}{self._left(total)}", n_done, share
        )
        if n_done == n_rows:
            self.n_passes += 1
            self.ended = time.monotonic()

    def _left(self, total: int) -> str:
        """Say how long the rest will take, at the rate of the passes that have ended."""
        if not self.n_passes:
            return ""
        return f", about {(self.ended - self.begun) / self.n_passes * (total - self.n_passes):.0f} s left"
