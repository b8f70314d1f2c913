"""Least, quartiles and greatest of the scaled residuals; of rows that are not held by one more pass, when asked."""

from __future__ import annotations

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.fit_source import source_of
from mixwidget.fit.row_batches import row_batches
from mixwidget.fit.row_summaries import facts_of
from mixwidget.fit.values import residuals
from mixwidget.sources.source import Told

QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)
WIDEST, BINS = 40.0, 4_000_000  # quartiles are read off bins of 2e-5 residual standard deviations, and interpolated
HELD = 1_000_000  # residuals of up to so many rows are kept, and their quantiles are exact
_KEY = "scaled residuals of distant rows"


def known_residual_quantiles(fit: Fit) -> tuple[float, ...] | None:
    """Return the quantiles, None where the rows are not held and have not been read for them."""
    if facts_of(fit) is not None:
        return fit.memo.get(_KEY)
    return tuple(np.quantile(residuals(fit, "scaled"), QUANTILES).tolist())


def residual_quantiles(fit: Fit, told: Told) -> tuple[float, ...]:
    """Return the quantiles; the data are read once more where that is needed.

    Raises
    ------
    DataError
        If the data are not those that were fitted any more.
    """
    known = known_residual_quantiles(fit)
    if known is None:
        known = fit.memo[_KEY] = _read(fit, told)
    return known


def _read(fit: Fit, told: Told) -> tuple[float, ...]:
    some_values: list[np.ndarray] = []
    counts = np.zeros(BINS, dtype=np.int64)
    low, high = np.inf, -np.inf
    for some in row_batches(fit, source_of(fit), "residuals", told):
        values = residuals(some, "scaled")
        low, high = min(low, float(values.min())), max(high, float(values.max()))
        if fit.n <= HELD:
            some_values.append(values)
            continue
        places = (np.clip(values / WIDEST, -1.0, 1.0 - 1e-12) + 1.0) * (BINS / 2)
        counts += np.bincount(places.astype(np.int64), minlength=BINS)
    if some_values:
        return tuple(np.quantile(np.concatenate(some_values), QUANTILES).tolist())
    ends = np.cumsum(counts)
    inner = [_quantile(counts, ends, share) for share in QUANTILES[1:-1]]
    return (low, *inner, high)


def _quantile(counts: np.ndarray, ends: np.ndarray, share: float) -> float:
    rank = share * (ends[-1] - 1) + 0.5
    place = int(np.searchsorted(ends, rank, "left"))
    inside = (rank - (ends[place] - counts[place])) / counts[place]
    return (place + inside) * 2 * WIDEST / BINS - WIDEST
