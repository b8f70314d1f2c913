"""The variables along which the rows of levels can be drawn, and by which they can be coloured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.dialect.columns import grouping_value
from mixwidget.errors import OptionError, nearest
from mixwidget.fit.data_frame import data_table
from mixwidget.fit.fit import Fit
from mixwidget.fit.grid import FEW_VALUES
from mixwidget.fit.model_frame import fitted_places
from mixwidget.fit.model_variables import is_read_as_factor, predictors

MOST_COLOURS = 6  # more are not told apart, and have no dash of their own


@dataclass(frozen=True, slots=True, eq=False)
class LineVariable:
    """One variable on the rows of a fit.

    Attributes
    ----------
    name : str
    values : ndarray, shape (n,)
        Its numbers; of a factor the positions of its levels.
    levels : tuple of str
        Those that occur in the rows; empty if it is a number.
    examples : tuple
        Each level as the data have it.
    """

    name: str
    values: np.ndarray
    levels: tuple[str, ...] = ()
    examples: tuple[object, ...] = ()

    @property
    def is_factor(self) -> bool:
        """Whether it has levels."""
        return bool(self.levels)


def line_variable(fit: Fit, name: str) -> LineVariable:
    """Return a column of the data on the rows of a fit, as the model reads it: numbers, or a factor."""
    table = data_table(fit)
    column = table.read(name).iloc[fitted_places(fit, table)]
    if not is_read_as_factor(fit, name, column):
        return LineVariable(name, column.to_numpy(dtype=float))
    found = grouping_value(column, name)
    used, first = np.unique(found.codes, return_index=True)
    codes = np.searchsorted(used, found.codes)
    levels = tuple(found.levels[code] for code in used.tolist())
    return LineVariable(name, codes.astype(float), levels, tuple(column.iloc[i] for i in first.tolist()))


def colours(fit: Fit, factor: int) -> list[str]:
    """Return the predictors that have few levels enough for a colour each, or two values."""
    variables = [line_variable(fit, name) for name in predictors(fit, factor)]
    values = {one.name: len(one.levels) or len(np.unique(one.values)) for one in variables}
    most = {one.name: MOST_COLOURS if one.is_factor else FEW_VALUES for one in variables}
    return [name for name in values if 1 < values[name] <= most[name]]


def colour_variable(fit: Fit, name: str) -> LineVariable:
    """Return the factor that colours rows: any column of the data with few values.

    Raises
    ------
    OptionError
        If there is no such column, it has missing values, or too many different ones.
    """
    table = data_table(fit)
    if name not in table.names:
        raise OptionError(f"lines: '{name}' is no column of the data; {nearest(name, table.names)}")
    column = table.read(name).iloc[fitted_places(fit, table)]
    found = grouping_value(column, name)
    if (found.codes < 0).any():
        raise OptionError(f"lines: '{name}' has missing values; colour by a column without any")
    used = np.unique(found.codes)
    if len(used) > MOST_COLOURS:
        raise OptionError(f"lines: '{name}' has {len(used)} values; at most {MOST_COLOURS} are told apart by colour")
    codes = np.searchsorted(used, found.codes).astype(float)
    return LineVariable(name, codes, tuple(found.levels[code] for code in used.tolist()))
