"""The columns of a design averaged over groups of its rows, as if a predictor were the same in all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.design.newdata import RandomPart, new_rows
from mixwidget.fit.estimability import rows_at
from mixwidget.fit.fit import Fit
from mixwidget.fit.model_frame import model_columns


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Disjoint groups of rows, none of them empty.

    Attributes
    ----------
    order : ndarray of int
        The rows, group after group.
    starts : ndarray of int, shape (m,)
        Where each group begins in `order`.
    """

    order: np.ndarray
    starts: np.ndarray

    @property
    def sizes(self) -> np.ndarray:
        """The number of rows of each group, shape (m,)."""
        return np.diff(np.append(self.starts, len(self.order)))

    def means(self, values: np.ndarray) -> np.ndarray:
        """Return the means of columns, shape (n, c), over each group, shape (m, c)."""
        return np.add.reduceat(values[self.order], self.starts, axis=0) / self.sizes[:, None]


def groups_of(places: np.ndarray) -> Groups:
    """Return the groups of rows by the position of their group, shape (n,); -1 for rows that are in none."""
    order = np.argsort(places, kind="stable")
    order = order[np.searchsorted(places[order], 0) :]
    return Groups(order, np.flatnonzero(np.diff(places[order], prepend=-1)))


@dataclass(frozen=True, slots=True, eq=False)
class MeanRows:
    """Averaged rows of m groups at each of t places.

    Attributes
    ----------
    X : ndarray, shape (t, m, p)
    z : tuple of ndarray, shape (t, m, k)
        Of each term; zeros for those of other factors.
    dropped : ndarray, shape (t, m, n_dropped)
        The columns that were dropped for rank deficiency.
    offset : ndarray, shape (t, m)
    """

    X: np.ndarray
    z: tuple[np.ndarray, ...]
    dropped: np.ndarray
    offset: np.ndarray

    def at(self, places: Sequence[int]) -> MeanRows:
        """Return the rows at some of the places."""
        chosen = list(places)
        return MeanRows(
            self.X[chosen], tuple(block[chosen] for block in self.z), self.dropped[chosen], self.offset[chosen]
        )

    @property
    def columns(self) -> np.ndarray:
        """All numbers side by side, shape (t, m, c)."""
        return np.concatenate([self.X, *self.z, self.dropped, self.offset[..., None]], axis=2)


def mean_rows(
    fit: Fit,
    factor: int,
    partitions: Sequence[Groups],
    predictor: str | None,
    places: Sequence[Any],
    at: Mapping[str, Any],
) -> list[MeanRows]:
    """Return averaged rows, of each of several partitions of the rows into groups.

    The means are those of the columns, so that they are exact for interactions, bases and factors too: a column
    that has nothing to do with the predictor keeps its mean over the rows of the group.

    Parameters
    ----------
    fit : Fit
    factor : int
        Position of the grouping factor whose random-effects columns are wanted.
    partitions : sequence of Groups
    predictor : str or None
        None for the rows as they are.
    places : sequence
        Values of the predictor.
    at : mapping
        Values that take the place of those of other predictors.

    Raises
    ------
    DataError
        If the data have another number of rows than at the time of the fit.
    """
    frame = model_columns(fit).assign(**{name: _repeated(value, fit.rows.n) for name, value in at.items()})
    given = _given_offset(fit, factor)
    found = []
    for place in places if predictor is not None else [None]:
        here = frame if predictor is None else frame.assign(**{predictor: _repeated(place, fit.rows.n)})
        rows = _rows(fit, factor, here, given)
        found.append([_reduced(rows, groups) for groups in partitions])
    return [_stacked([of_place[i] for of_place in found]) for i in range(len(partitions))]


def _repeated(value: Any, n: int) -> pd.Series | np.ndarray:
    """Return a value for each row; a text stays what it is."""
    return np.repeat(np.asarray(value), n) if not isinstance(value, str) else np.full(n, value, dtype=object)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    X: np.ndarray
    z: tuple[np.ndarray, ...]
    dropped: np.ndarray
    offset: np.ndarray


def _rows(fit: Fit, factor: int, frame: pd.DataFrame, given: np.ndarray | None) -> _Rows:
    design = fit.design
    mine = tuple(np.full(len(term.columns), term.factor == factor) for term in design.terms)
    with np.errstate(all="ignore"):  # beyond the range of a logarithm a line is not there
        kept = new_rows(design, frame, random=RandomPart(mine, (False,) * len(design.factors)), offset=given)
        fixed = rows_at(design, frame, kept)
    return _Rows(fixed.kept, kept.z, fixed.dropped, fixed.offset)


def _given_offset(fit: Fit, factor: int) -> np.ndarray | None:
    """Return the offset that was given as an array: what the expressions of the formula leave of the sum."""
    if not fit.design.recipe.has_offset_array or fit.rows.offset is None:
        return None
    return fit.rows.offset - _rows(fit, factor, model_columns(fit), np.zeros(fit.rows.n)).offset


def _reduced(rows: _Rows, groups: Groups) -> _Rows:
    return _Rows(
        groups.means(rows.X),
        tuple(groups.means(block) for block in rows.z),
        groups.means(rows.dropped),
        groups.means(rows.offset[:, None])[:, 0],
    )


def _stacked(places: list[_Rows]) -> MeanRows:
    return MeanRows(
        X=np.stack([one.X for one in places]),
        z=tuple(np.stack([one.z[i] for one in places]) for i in range(len(places[0].z))),
        dropped=np.stack([one.dropped for one in places]),
        offset=np.stack([one.offset for one in places]),
    )
