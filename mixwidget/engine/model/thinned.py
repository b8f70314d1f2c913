"""Some rows of a model with many: enough to start from, at a share of the cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mixwidget.engine.model.generalized import Generalized
from mixwidget.engine.model.standard_columns import StandardColumns
from mixwidget.engine.model.weighted import frame
from mixwidget.engine.sums.arrays import FactorArrays
from mixwidget.engine.sums.pattern import find_pattern

ROWS_PER_EFFECT = 40  # which tell how the levels of a factor vary nearly as well as all rows
LEAST_ROWS = 20_000  # with fewer a start takes no time
WORTH_THINNING = 0.3  # share of the rows that is left
STILL_SPREAD = 0.5  # least mean square of a combination of fixed-effects columns, 1 over all rows
SEED = 1  # a start is the same in every run
DRAWN_AT_ONCE = 1 << 20  # numbers of which those to keep are chosen


def thinned(model: Generalized) -> Generalized | None:
    """Return the model of some rows, in the same standardised columns, to look for a start only.

    Rows are drawn at random, since a regular choice could leave out whole levels of a balanced design.

    Returns
    -------
    Generalized or None
        None where there are not many rows for each effect, or some rows do not show each level and column.
    """
    columns, codes, n_levels = model.frame.columns, model.frame.pattern.codes, model.frame.pattern.n_levels
    n_effects = sum(len(rows) * n for rows, n in zip(columns, n_levels, strict=True))
    m = columns[0].shape[1]
    share = max(ROWS_PER_EFFECT * n_effects, LEAST_ROWS) / m
    if share > WORTH_THINNING:
        return None
    kept = _drawn(m, share)
    some = [codes_of[kept] for codes_of in codes]
    X = model.X.rows[:, kept]
    if not all(np.bincount(of_row, minlength=n).all() for of_row, n in zip(some, n_levels, strict=True)):
        return None
    if len(X) and np.linalg.eigvalsh(X @ X.T / len(kept))[0] < STILL_SPREAD:
        return None
    pattern = find_pattern(tuple(FactorArrays(of_row, n) for of_row, n in zip(some, n_levels, strict=True)))
    return replace(
        model,
        response=model.family.response(model.response.y[kept], model.response.weights[kept]),
        offset=model.offset[kept] if isinstance(model.offset, np.ndarray) else model.offset,
        X=StandardColumns(X, model.X.root, model.X.dependent),
        frame=frame(pattern, tuple(rows[:, kept] for rows in columns), n_effects),
    )


def _drawn(m: int, share: float) -> np.ndarray:
    """Return about a share of the numbers below m, at random; without a number for each of these at once."""
    rng = np.random.default_rng(SEED)
    firsts = range(0, m, DRAWN_AT_ONCE)
    return np.concatenate(
        [first + np.flatnonzero(rng.random(min(DRAWN_AT_ONCE, m - first)) < share) for first in firsts]
    )
