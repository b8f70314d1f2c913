"""An objective that asks before each evaluation whether to go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic

import numpy as np

from mixwidget.engine.criterion.criterion import Cur_co, Objective, Pos


class Polled(Generic[Pos, Cur_co]):
    """An objective behind a question.

    Parameters
    ----------
    objective : Objective
    poll : callable
        What it raises ends the minimisation.
    """

    def __init__(self, objective: Objective[Pos, Cur_co], poll: Callable[[], None]) -> None:
        self.objective, self.poll = objective, poll

    def evaluate(self, theta: np.ndarray) -> Pos:
        self.poll()
        return self.objective.evaluate(theta)

    def differentiate(self, point: Pos) -> Cur_co:
        return self.objective.differentiate(point)

    def coordinates(self, point: Pos) -> np.ndarray | None:
        return self.objective.coordinates(point)
