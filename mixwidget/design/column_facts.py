"""What a column of the data is, before anybody says how it will be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from mixwidget.design.table import Table
from mixwidget.dialect.columns import column_value
from mixwidget.dialect.values import Factor, as_factor
from mixwidget.errors import DataError

Kind = Literal["number", "whole", "logical", "factor", "ordered", "moment", "empty", "unusable"]


@dataclass(frozen=True, slots=True, eq=False)
class ColumnFacts:
    """A column as a model would see it.

    Attributes
    ----------
    kind : str
        Numbers, whole numbers, yes or no, a factor (texts too), an ordered factor, dates or times, nothing but missing
        values, or what has no meaning in a model.
    values : ndarray, shape (n,)
        The numbers, or the positions in `levels`; NaN is missing.
    levels : tuple of str
        Of a factor: those that occur.
    n_levels : int
        Different values, missing ones not counted.
    problem : str
        Why it is unusable.
    """

    name: str
    kind: Kind
    values: np.ndarray
    levels: tuple[str, ...]
    n_levels: int
    n_missing: int
    problem: str = ""

    @property
    def is_factor(self) -> bool:
        """Whether its values are levels, not numbers."""
        return self.kind in ("logical", "factor", "ordered", "moment")

    @property
    def has_level_per_row(self) -> bool:
        """Whether no value comes twice."""
        return self.n_missing == 0 and self.n_levels == len(self.values) and self.n_levels > 1


def column_facts(table: Table, name: str) -> ColumnFacts:
    """Return what a column is.

    Examples
    --------
    >>> import pandas as pd
    >>> from mixwidget.design.table import read_table
    >>> facts = column_facts(read_table(pd.DataFrame({"g": ["b", "a", None]})), "g")
    >>> facts.kind, facts.levels, facts.n_missing
    ('factor', ('a', 'b'), 1)
    """
    try:
        column = table.read(name)
        if column.isna().all():
            return ColumnFacts(name, "empty", np.full(table.n_rows, np.nan), (), 0, table.n_rows)
        value = column_value(column, name)
        if isinstance(value, np.ndarray) and value.dtype != np.bool_:
            return _of_numbers(name, value.astype(np.float64))
        factor = as_factor(value)
    except DataError as error:
        return ColumnFacts(name, "unusable", np.full(table.n_rows, np.nan), (), 0, 0, str(error))
    assert isinstance(factor, Factor)  # noqa: S101  a column is never a matrix
    return _of_factor(name, factor)


def _of_numbers(name: str, values: np.ndarray) -> ColumnFacts:
    known = values[~np.isnan(values)]
    finite = known[np.isfinite(known)]
    is_whole = len(finite) == len(known) and bool(np.all(finite == np.floor(finite)))
    kind = "whole" if is_whole else "number"
    return ColumnFacts(name, kind, values, (), int(pd.Series(known).nunique()), len(values) - len(known))


def _of_factor(name: str, factor: Factor) -> ColumnFacts:
    is_known = factor.codes >= 0
    used = np.unique(factor.codes[is_known])
    values = np.where(is_known, np.searchsorted(used, factor.codes), np.nan)
    kind: Kind = "factor"
    if factor.is_moment:
        kind = "moment"
    elif factor.is_logical:
        kind = "logical"
    elif factor.is_ordered:
        kind = "ordered"
    levels = tuple(factor.levels[i] for i in used)
    return ColumnFacts(name, kind, values, levels, len(levels), int((~is_known).sum()))
