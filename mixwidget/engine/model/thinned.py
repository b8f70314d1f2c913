"""Some rows of a model with many, of some levels: enough to start from, at a share of the cost."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mixwidget.engine.model.generalized import Generalized
from mixwidget.engine.model.standard_columns import StandardColumns
from mixwidget.engine.model.weighted import frame
from mixwidget.engine.sums.arrays import FactorArrays
from mixwidget.engine.sums.pattern import find_pattern

ROWS_PER_EFFECT = 40  # which tell how the levels of a factor vary nearly as well as all rows
LEAST_ROWS = 20_000  # with fewer a start takes no time
WORTH_THINNING = 0.3  # share of the rows that is left
MANY_LEVELS = 500  # of a factor among several: their variance is known to 3 %, and the algebra grows with their square
STILL_SPREAD = 0.5  # least mean square of a combination of fixed-effects columns, 1 over all rows
SEED = 1  # a start is the same in every run
DRAWN_AT_ONCE = 1 << 20  # numbers of which those to keep are chosen

Stacks = tuple[np.ndarray, ...]


class Thinned(NamedTuple):
    """The model of some rows.

    Attributes
    ----------
    model : Generalized
        In the same standardised columns.
    levels : tuple of ndarray of intp
        The levels of each factor that these rows have, by their numbers among all.
    n_levels : tuple of int
        How many levels each factor has in all rows.
    """

    model: Generalized
    levels: tuple[np.ndarray, ...]
    n_levels: tuple[int, ...]

    def spread(self, effects: Stacks) -> Stacks:
        """Return the effects of all levels, shape (K, J), zero where there are no rows."""
        spread = tuple(np.zeros((len(of_some), n)) for of_some, n in zip(effects, self.n_levels, strict=True))
        for whole, kept, of_some in zip(spread, self.levels, effects, strict=True):
            whole[:, kept] = of_some
        return spread


def thinned(model: Generalized) -> Thinned | None:
    """Return the model of some rows, in the same standardised columns, to look for a start only.

    Rows are drawn at random, since a regular choice could leave out whole levels of a balanced design. Where several
    factors have many levels, those of some of them are taken, if these have rows enough.

    Returns
    -------
    Thinned or None
        None where there are not many rows for each effect, or some rows do not show each level and column.
    """
    m = model.frame.columns[0].shape[1]
    return _of_some_levels(model, m) or _of_all_levels(model, m)


def _of_some_levels(model: Generalized, m: int) -> Thinned | None:
    """Return rows of some levels of the factors that have many; None where one factor is alone, or rows are few."""
    gathered = model.arrays.gathered
    if gathered is not None and gathered.on_disk:  # their rows are many times what memory holds
        return None
    codes, n_levels = model.frame.pattern.codes, model.frame.pattern.n_levels
    if len(n_levels) == 1 or max(n_levels) <= MANY_LEVELS or ROWS_PER_EFFECT * _n_effects(model, n_levels) > m:
        return None
    rng = np.random.default_rng(SEED)
    levels = tuple(np.sort(rng.permutation(n)[:MANY_LEVELS]) for n in n_levels)
    has_level = np.ones(m, dtype=bool)
    for code, kept, n in zip(codes, levels, n_levels, strict=True):
        if len(kept) < n:
            is_kept = np.zeros(n, dtype=bool)
            is_kept[kept] = True
            has_level &= is_kept[code]
    rows = np.flatnonzero(has_level)
    wanted = max(ROWS_PER_EFFECT * _n_effects(model, tuple(map(len, levels))), LEAST_ROWS)
    if wanted > len(rows):
        return None
    return _of_rows(model, rows[_drawn(len(rows), wanted / len(rows))], levels)


def _of_all_levels(model: Generalized, m: int) -> Thinned | None:
    """Return rows of all levels."""
    n_levels = model.frame.pattern.n_levels
    share = max(ROWS_PER_EFFECT * _n_effects(model, n_levels), LEAST_ROWS) / m
    if share > WORTH_THINNING:
        return None
    return _of_rows(model, _drawn(m, share), tuple(np.arange(n) for n in n_levels))


def _n_effects(model: Generalized, n_levels: tuple[int, ...]) -> int:
    return sum(len(rows) * n for rows, n in zip(model.frame.columns, n_levels, strict=True))


def _of_rows(model: Generalized, kept: np.ndarray, levels: tuple[np.ndarray, ...]) -> Thinned | None:
    """Return the model of some rows and levels; None where they do not show each of these levels and each column."""
    n_levels, some = model.frame.pattern.n_levels, []
    for codes, own, n in zip(model.frame.pattern.codes, levels, n_levels, strict=True):
        place = np.zeros(n, dtype=np.intp)
        place[own] = np.arange(len(own))
        some.append(FactorArrays(place[codes[kept]], len(own)))
    X = model.X.rows[:, kept]
    if not all(np.bincount(factor.codes, minlength=factor.n_levels).all() for factor in some):
        return None
    if len(X) and np.linalg.eigvalsh(X @ X.T / len(kept))[0] < STILL_SPREAD:
        return None
    columns = tuple(rows[:, kept] for rows in model.frame.columns)
    of_some = replace(
        model,
        response=model.family.response(model.response.y[kept], model.response.weights[kept]),
        offset=model.offset[kept] if isinstance(model.offset, np.ndarray) else model.offset,
        X=StandardColumns(X, model.X.root, model.X.dependent),
        frame=frame(find_pattern(tuple(some)), columns, _n_effects(model, tuple(map(len, levels)))),
    )
    return Thinned(of_some, levels, n_levels)


def _drawn(m: int, share: float) -> np.ndarray:
    """Return about a share of the numbers below m, at random; without a number for each of these at once."""
    rng = np.random.default_rng(SEED)
    firsts = range(0, m, DRAWN_AT_ONCE)
    return np.concatenate(
        [first + np.flatnonzero(rng.random(min(DRAWN_AT_ONCE, m - first)) < share) for first in firsts]
    )
