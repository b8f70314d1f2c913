"""The different columns of a design, and where those of its terms are among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.design.labels import Drawn
from mixwidget.design.layout import INTERCEPT, Column


@dataclass(frozen=True, slots=True, eq=False)
class ColumnPlaces:
    """The columns that are summed, the response after them.

    Attributes
    ----------
    columns : tuple of Column
        Those of fixed and random terms, each once, the intercept first.
    fixed : ndarray of int, shape (p,)
        The places of the columns of the fixed terms.
    random : tuple of ndarray of int, shape (k,)
        Those of each random-effects term.
    """

    columns: tuple[Column, ...]
    fixed: np.ndarray
    random: tuple[np.ndarray, ...]


def column_places(drawn: Drawn) -> ColumnPlaces:
    """Return the columns of a design, each once."""
    terms = (drawn.fixed.columns, *(block.columns for block in drawn.blocks))
    found = {column.key: column for columns in ((INTERCEPT,), *terms) for column in columns}
    place = {key: i for i, key in enumerate(found)}
    fixed, *random = (np.array([place[column.key] for column in columns], dtype=int) for columns in terms)
    return ColumnPlaces(tuple(found.values()), fixed, tuple(random))
