"""The points that lines go through: the rows of each level, or their proportions; of very many rows a sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.binned_rows import MOST_VALUES, N_BINS, bins
from mixwidget.inference.lines import Lines

MOST_POINTS = 20_000  # that a browser draws beside as many lines; larger data are thinned to this


@dataclass(frozen=True, slots=True, eq=False)
class LinePoints:
    """Points, level after level.

    Attributes
    ----------
    starts : ndarray of int, shape (n_shown + 1,)
        Where the points of each level of `Lines.levels` begin, and the end.
    x, y : ndarray, shape (k,)
    size : ndarray, shape (k,), or None
        The number of trials of a proportion; None where a point is a row.
    colour : ndarray of int, shape (k,)
        -1 without colours.
    n_rows : int
        How many rows the points stand for or were drawn from.
    most : int or None
        How many rows of a level are drawn at most; None where all are.
    """

    starts: np.ndarray
    x: np.ndarray
    y: np.ndarray
    size: np.ndarray | None
    colour: np.ndarray
    n_rows: int
    most: int | None


def line_points(lines: Lines) -> LinePoints:
    """Return the points of the levels that have lines."""
    fit = lines.fit
    if isinstance(fit, GeneralizedFit) and fit.family.distribution.support == "unit":
        return _proportions(lines)
    order = np.concatenate([np.zeros(0, dtype=int), *_by_level(lines)])
    codes = fit.rows.codes[lines.asked.factor][order]
    sizes = np.bincount(np.searchsorted(lines.levels, codes), minlength=len(lines.levels))
    most = _most(sizes)
    kept = order if most is None else _drawn(order, sizes, most, lines.asked.seed)
    left = sizes if most is None else np.minimum(sizes, most)
    return LinePoints(
        starts=np.append(0, np.cumsum(left)),
        x=lines.x[kept],
        y=fit.rows.y[kept],
        size=None,
        colour=_colour(lines)[kept],
        n_rows=len(order),
        most=most,
    )


def _by_level(lines: Lines) -> list[np.ndarray]:
    """Return the rows of each level in the order of the data."""
    codes = lines.fit.rows.codes[lines.asked.factor]
    order = np.argsort(codes, kind="stable")
    starts, ends = (np.searchsorted(codes[order], lines.levels, side=side) for side in ("left", "right"))
    return [order[start:end] for start, end in zip(starts, ends, strict=True)]


def _colour(lines: Lines) -> np.ndarray:
    colour = lines.asked.colour
    return np.full(lines.fit.rows.n, -1) if colour is None else colour.values.astype(int)


def _most(sizes: np.ndarray) -> int | None:
    """Return how many rows of a level may be drawn so that all are at most `MOST_POINTS`; None for all."""
    if sizes.sum() <= MOST_POINTS:
        return None
    ascending = np.sort(sizes)
    totals = np.append(0, np.cumsum(ascending))[:-1] + ascending * np.arange(len(sizes), 0, -1)
    first = int(np.argmax(totals > MOST_POINTS))  # levels below it are drawn whole
    return max(1, int((MOST_POINTS - ascending[:first].sum()) // (len(sizes) - first)))


def _drawn(order: np.ndarray, sizes: np.ndarray, most: int, seed: int) -> np.ndarray:
    """Return at most so many rows of each level, drawn by a seed, in the order of the data."""
    level = np.repeat(np.arange(len(sizes)), sizes)
    lot = np.random.default_rng(seed).uniform(size=len(order))
    by_lot = np.lexsort((lot, level))
    rank = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return order[np.sort(by_lot[rank < most])]


def _proportions(lines: Lines) -> LinePoints:
    """Return the mean responses of the rows of each line, in bins along x."""
    fit: Fit = lines.fit
    place, colour = np.full(fit.rows.n, -1), _colour(lines)
    sizes = lines.groups.sizes
    place[lines.groups.order] = np.repeat(np.arange(len(sizes)), sizes)
    is_ordered = lines.asked.x is not None and not lines.asked.x.is_factor
    found = bins(
        fit,
        lines.x,
        place,
        n_bins=max(2, min(N_BINS, MOST_POINTS // len(sizes))),
        most_values=MOST_VALUES if is_ordered else np.inf,
    )
    curve = np.array([one.curve for one in found], dtype=int)
    counts = np.bincount(np.searchsorted(lines.levels, lines.level[curve]), minlength=len(lines.levels))
    first = lines.groups.order[lines.groups.starts]
    return LinePoints(
        starts=np.append(0, np.cumsum(counts)),
        x=np.array([one.x for one in found]),
        y=np.array([one.mean for one in found]),
        size=np.array([one.size for one in found]),
        colour=np.where(lines.cell[curve] < 0, -1, colour[first[curve]]),
        n_rows=int(sizes.sum()),
        most=None,
    )
