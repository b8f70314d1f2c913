"""A step towards the conditional modes, and what it was solved with."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mixwidget.engine.criterion.row_weights import Weights
from mixwidget.engine.model.family import Local
from mixwidget.engine.model.walk import RowValues
from mixwidget.linalg.by_factor import ByFactor
from mixwidget.linalg.elimination import Elimination

Stacks = tuple[np.ndarray, ...]


class System(NamedTuple):
    """The eliminated blocks with the weights of a place."""

    local: Local
    weights: Weights
    by_factor: ByFactor
    state: Elimination


class Direction(NamedTuple):
    """A step towards the mode; `eta` is the change of the linear predictor, `system` what it was solved with."""

    beta: np.ndarray
    u: Stacks
    eta: RowValues
    length: float
    system: System | None
