"""What a covariate is like over the fitted rows, whether these are held or not: mean, range, percentiles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mixwidget.design.distant_rows import RowFacts, RowsNeededError
from mixwidget.design.gathered_rows import merged_of
from mixwidget.design.row_cells import NumberFacts
from mixwidget.fit.fit import Fit
from mixwidget.fit.model_frame import model_columns
from mixwidget.fit.row_summaries import facts_of


def covariate_facts(fit: Fit, name: str) -> NumberFacts:
    """Return mean, spread and range of a covariate.

    Raises
    ------
    DataError
        If the rows are not held, and it is no variable of the fixed effects.
    """
    facts = facts_of(fit)
    if facts is None:
        values = model_columns(fit)[name].to_numpy(dtype=float)
        return NumberFacts(float(np.mean(values)), float(values.std()), float(values.min()), float(values.max()))
    if name not in facts.cells.numbers:
        raise RowsNeededError(facts, f"'{name}'")
    return facts.cells.numbers[name]


def covariate_percentiles(fit: Fit, names: Sequence[str], percentages: Sequence[float]) -> dict[str, np.ndarray]:
    """Return percentiles of covariates, interpolated as `numpy.percentile` does.

    Those are left out that are no columns of the data, and where the rows are not held also those of which neither the
    few values were counted nor a column by itself is merged.

    Parameters
    ----------
    fit : Fit
    names : sequence of str
    percentages : sequence of float, between 0 and 100
    """
    facts = facts_of(fit)
    if facts is None:
        columns = model_columns(fit)
        return {
            name: np.percentile(columns[name].to_numpy(dtype=float), percentages) for name in names if name in columns
        }
    found = {name: _of_distant(fit, facts, name, percentages) for name in names}
    return {name: places for name, places in found.items() if places is not None}


def _of_distant(fit: Fit, facts: RowFacts, name: str, percentages: Sequence[float]) -> np.ndarray | None:
    counted = facts.cells.column(name)
    if counted is not None:
        return counted_percentiles(counted.to_numpy(dtype=float), facts.cells.counts, percentages)
    merged = merged_of(fit.rows)
    if merged is None or name not in fit.design.x_names:
        return None
    return counted_percentiles(merged.X[:, fit.design.x_names.index(name)], merged.counts, percentages)


def counted_percentiles(values: np.ndarray, counts: np.ndarray, percentages: Sequence[float]) -> np.ndarray:
    """Return percentiles of values each of which counts several times.

    Parameters
    ----------
    values, counts : ndarray, shape (m,)
    percentages : sequence of float, between 0 and 100

    Examples
    --------
    >>> counted_percentiles(np.array([3.0, 1.0]), np.array([1, 3]), [0, 50, 75]).tolist()
    [1.0, 1.0, 1.5]
    >>> np.percentile([1.0, 1.0, 1.0, 3.0], [0, 50, 75]).tolist()
    [1.0, 1.0, 1.5]
    """
    order = np.argsort(values, kind="stable")
    ends = np.cumsum(counts[order])
    places = (ends[-1] - 1.0) * np.asarray(percentages, dtype=float) / 100.0
    below = np.floor(places)
    pairs = (below, np.minimum(below + 1.0, ends[-1] - 1.0))
    low, high = (values[order[np.searchsorted(ends, place, side="right")]] for place in pairs)
    return low + (places - below) * (high - low)
