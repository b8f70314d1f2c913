"""Sums over parts made those of standardised columns, and which columns are nearly collinear in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.engine.sums.columns import (
    CONSTANT_RTOL,
    DEPENDENT,
    LARGEST_SPREAD,
    NEARLY_COLLINEAR,
    SMALLEST_SPREAD,
)
from mixwidget.engine.sums.cross_products import CrossProducts, FactorSums, PairSums
from mixwidget.engine.sums.in_parts import SumsInParts
from mixwidget.engine.sums.part_columns import PartColumns, Remainder
from mixwidget.errors import FitError

FAR = 1e2  # standard deviations between shift and mean above which squares lose more than four digits


@dataclass(frozen=True, slots=True)
class Settled:
    """Sums of standardised columns.

    Attributes
    ----------
    sums : SumsInParts
        Columns of mean 0 and mean square 1; a column that is constant, or that the others determine, is zero.
    coordinates : ndarray, shape (c, c)
        How raw columns are made of pool columns: ``raw = coordinates.T @ pool``.
    better : PartColumns or None
        With what another pass over the rows would keep more digits; None where none is needed.
    """

    sums: SumsInParts
    coordinates: np.ndarray
    better: PartColumns | None


def settle(sums: SumsInParts, columns: PartColumns) -> Settled:
    """Standardise sums of products, exactly, and look whether another pass is needed.

    Parameters
    ----------
    sums : SumsInParts
        Written into.
    columns : PartColumns
        What was summed.

    Raises
    ------
    FitError
        If a column varies so much or so little that squares cannot be computed.
    """
    n, taken = sums.n, {remainder.column for remainder in columns.remainders}
    means = sums.plain[0] / n
    spreads = np.sqrt(np.maximum(np.diagonal(sums.plain) / n - means**2, 0.0))
    means[0], spreads[0] = 0.0, 1.0
    is_taken = np.isin(np.arange(len(means)), list(taken))
    _check_range(spreads[~is_taken] * columns.scales[~is_taken])
    made = columns.coordinates()
    gone = np.where(is_taken, _is_determined(made, spreads), _is_constant(columns, means, spreads))
    if (np.abs(means) > FAR * spreads)[~gone].any() and not taken:
        shifts = columns.shifts + means * columns.scales
        return Settled(sums, made, PartColumns(shifts, np.where(gone, 1.0, columns.scales * spreads)))
    _standardise(sums, means, np.where(gone, np.inf, spreads))
    back = np.diag(np.where(gone, 0.0, spreads))  # columns as they were summed, by the standardised ones
    back[0, 1:] = np.where(gone & is_taken, 0.0, means)[1:]
    found = _remainders(sums.plain / n, np.flatnonzero(~gone), means, spreads)
    return Settled(sums, back @ made, columns.with_remainders(found) if found else None)


def _is_constant(columns: PartColumns, means: np.ndarray, spreads: np.ndarray) -> np.ndarray:
    """Return which columns vary by no more than rounding of their mean."""
    return (spreads == 0.0) | (
        spreads * columns.scales <= CONSTANT_RTOL * np.abs(columns.shifts + means * columns.scales)
    )


def _is_determined(made: np.ndarray, spreads: np.ndarray) -> np.ndarray:
    """Return of which columns nothing but rounding is left after those before them."""
    own = np.abs(np.diagonal(made)) * spreads
    return own <= DEPENDENT * np.linalg.norm(made[1:] * spreads[1:, None], axis=0)


def _standardise(sums: SumsInParts, means: np.ndarray, spreads: np.ndarray) -> None:
    """Change sums of products into those of ``(column - mean) / spread``, in place."""
    turn = np.diag(1.0 / spreads)
    turn[1:, 0] = -means[1:] / spreads[1:]
    sums.total[:] = _symmetric(turn @ sums.total @ turn.T)
    if sums.plain is not sums.total:
        sums.plain[:] = _symmetric(turn @ sums.plain @ turn.T)
    for panel, own in zip(sums.panels, sums.shape.own, strict=True):
        _turn_rows(panel, means, spreads, 1)
        _turn_rows(panel, means[own], spreads[own], 0)
    for (f, g), values in sums.cells.items():
        first, second = sums.shape.own[f], sums.shape.own[g]
        _turn_rows(values, means[first], spreads[first], 0)
        _turn_rows(values, means[second], spreads[second], 1)


def _turn_rows(values: np.ndarray, means: np.ndarray, spreads: np.ndarray, axis: int) -> None:
    """Centre and scale along one axis, of which the first entry is that of ones, without a second array."""
    along = np.moveaxis(values, axis, 0)
    for i in range(1, len(along)):
        along[i] -= means[i] * along[0]
        along[i] /= spreads[i]


def _symmetric(matrix: np.ndarray) -> np.ndarray:
    return 0.5 * (matrix + matrix.T)


def _remainders(gram: np.ndarray, there: np.ndarray, means: np.ndarray, spreads: np.ndarray) -> tuple[Remainder, ...]:
    """Return the columns, the response last, that nearly lie in the span of those before them.

    What is nearly collinear with such a column itself is found by the pass that follows.

    Parameters
    ----------
    gram : ndarray, shape (c, c)
        Correlations of the standardised columns.
    there : ndarray of int
        The columns that are neither constant nor determined, that of ones first.
    means, spreads : ndarray, shape (c,)
        Of the columns as they were summed.
    """
    used: list[int] = []
    found: list[Remainder] = []
    for i in there[1:].tolist():
        solved = np.linalg.solve(gram[np.ix_(used, used)], gram[used, i])
        left = 1.0 - float(gram[used, i] @ solved)
        if left > NEARLY_COLLINEAR:
            used.append(i)
            continue
        slopes = np.zeros(len(gram))
        slopes[used] = solved * spreads[i] / spreads[used]
        slopes[0] = means[i] - float(slopes[used] @ means[used])
        found.append(Remainder(i, slopes, float(np.sqrt(max(left, DEPENDENT**2))) * float(spreads[i])))
    return tuple(found)


def _check_range(spreads: np.ndarray) -> None:
    """Refuse columns whose squares overflow or vanish."""
    is_bad = ~((spreads > SMALLEST_SPREAD) & (spreads < LARGEST_SPREAD)) & (spreads != 0.0)
    if is_bad.any():
        size = f"{spreads[is_bad][0]:.0e}"
        raise FitError(
            f"the response or a predictor varies by about {size}, of which squares cannot be computed; change its unit"
        )


def cross_products_of(
    settled: Settled, X: np.ndarray, terms: tuple[np.ndarray, ...], term_factor: tuple[int, ...]
) -> tuple[CrossProducts, np.ndarray]:
    """Return the cross products of a model, and its sums without weights, shape (c, c).

    Parameters
    ----------
    settled : Settled
    X : ndarray of int, shape (p,)
        The raw columns of the fixed effects.
    terms : tuple of ndarray of int, shape (k,)
        Those of each random-effects term.
    term_factor : tuple of int
    """
    sums, made = settled.sums, settled.coordinates
    raw = np.unique(np.concatenate([X, *terms]).astype(int))
    used = np.flatnonzero((made[:, raw] != 0.0).any(axis=1)).tolist()
    kept = sorted({0, *used, len(made) - 1})
    place = {int(column): i for i, column in enumerate(kept)}
    own = [[i for i, column in enumerate(h.tolist()) if column in place] for h in sums.shape.own]
    cross = CrossProducts(
        n=sums.n,
        log_weights=sums.log_weights,
        total=sums.total[np.ix_(kept, kept)],
        factors=tuple(
            FactorSums(np.array([place[int(h[i])] for i in chosen]), panel[np.ix_(chosen, kept)])
            for h, chosen, panel in zip(sums.shape.own, own, sums.panels, strict=True)
        ),
        pairs={
            (f, g): PairSums(sums.shape.pairs[f, g], values[np.ix_(own[f], own[g])])
            for (f, g), values in sums.cells.items()
        },
        y=made[kept, -1],
        X=made[kept][:, X],
        terms=tuple(made[kept][:, columns] for columns in terms),
        term_factor=term_factor,
    )
    return cross, sums.plain[np.ix_(kept, kept)]
