"""The conditional modes of the random effects and their conditional standard deviations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mixwidget.views.view import View, number


@dataclass(frozen=True, slots=True)
class RanefGroup(View):
    """One grouping factor.

    Attributes
    ----------
    group : str
    columns, levels : tuple of str
    modes, cond_sd : tuple of tuple of (float or None)
        One row for each level, one value for each column.
    """

    group: str
    columns: tuple[str, ...]
    levels: tuple[str, ...]
    modes: tuple[tuple[float | None, ...], ...]
    cond_sd: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True, slots=True)
class RanefView(View):
    """What ``lme4::ranef`` shows, factor by factor."""

    groups: tuple[RanefGroup, ...]


def modes_view(modes: Mapping[str, pd.DataFrame], variances: Mapping[str, np.ndarray]) -> RanefView:
    """Return conditional modes as plain data.

    Parameters
    ----------
    modes : mapping of str to DataFrame
        Levels by effects, for each grouping factor.
    variances : mapping of str to ndarray, shape (levels, k, k)
        Conditional variances; a factor that is not in it gets no standard deviations.
    """
    return RanefView(tuple(_group(group, frame, variances.get(group)) for group, frame in modes.items()))


def _group(group: str, frame: pd.DataFrame, variances: np.ndarray | None) -> RanefGroup:
    modes = frame.to_numpy(dtype=float)
    sd = np.full_like(modes, np.nan) if variances is None else np.sqrt(np.diagonal(variances, axis1=1, axis2=2))
    return RanefGroup(group, tuple(map(str, frame.columns)), tuple(map(str, frame.index)), _rows(modes), _rows(sd))


def _rows(values: np.ndarray) -> tuple[tuple[float | None, ...], ...]:
    return tuple(tuple(number(value) for value in row) for row in values)
