"""What is asked of a prediction, and the linear predictors that it is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from mixwidget.design.newdata import NewRows
from mixwidget.errors import Diagnostic


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionRequest:
    """What is predicted, and where; see `MixedModel.predict` and `GlmerModel.predict`."""

    newdata: Any
    re_form: Any
    allow_new_levels: bool
    interval: str | None
    level: float
    offset: Any
    rankdeficient: str
    weights: Any
    type: str = "response"
    marginalise: bool = False


@dataclass(frozen=True, slots=True)
class Predictor:
    """Rows and their linear predictors.

    Attributes
    ----------
    rows : NewRows
    used : sequence of ndarray of bool, shape (k,)
        Of each term which columns the prediction uses.
    centre : ndarray, shape (n_new,)
        Fixed part, offset and modes of what is used; NaN where it is not determined.
    """

    rows: NewRows
    used: Sequence[np.ndarray]
    centre: np.ndarray


PredictedColumns: TypeAlias = tuple[dict[str, np.ndarray], tuple[Diagnostic, ...]]
"""The columns ``fit`` and, where an interval is asked for, ``lwr`` and ``upr``; and what was assumed."""
