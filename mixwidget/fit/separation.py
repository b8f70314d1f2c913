"""Whether the fixed effects separate the responses, so that the likelihood has no maximum: a linear programme.

A direction b of the fixed effects separates if along it no row gets worse and some row gets better without end: with
s = 1 for rows of successes only and -1 for rows of failures only, ``s x'b >= 0`` on all of them, ``x'b = 0`` on rows
that have both, and somewhere ``s x'b > 0``. Under a log link only rows of zeros can get better for ever.

Albert & Anderson (1984), Biometrika 71; Konis (2007), Linear programming algorithms for detecting separated data in
binary logistic regression models, DPhil thesis, University of Oxford.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mixwidget.engine.criterion.generalized_starts import regression
from mixwidget.engine.criterion.row_weights import regression_sums
from mixwidget.engine.model.generalized import Generalized
from mixwidget.engine.model.walk import added, formed, limits, longest
from mixwidget.family.family import Family

NEARLY_CERTAIN = 1e-3  # a mean so near its limit is worth the milliseconds of the programme
NO_STEP = 0.02  # of a linear predictor; where data are separated a step is one on the logit scale, and no less than 0.1
MANY_ROWS = 20_000  # different ones of X: then one direction has to do
LEAST_GAIN = 1e-7  # of a direction with elements up to 1 on columns of length 1: the rest is rounding
REACH = (2.0, 20.0)  # times the largest predictor of the regression, and beyond: the deviance falls by rounding there


@dataclass(frozen=True, slots=True)
class Separation:
    """A direction along which the likelihood rises for ever, with as many rows as there are.

    Attributes
    ----------
    rows : ndarray of bool, shape (n,)
        The rows that it separates, of those that were given to the fit.
    columns : ndarray of int
        The columns of the fixed effects that have no finite estimate.
    n_separated, n_rows : int
        Rows of the data that it separates, and all of them.
    """

    rows: np.ndarray
    columns: np.ndarray
    n_separated: int
    n_rows: int

    @property
    def is_complete(self) -> bool:
        """Whether every row is separated."""
        return bool(self.rows.all())


def fixed_limits(model: Generalized, beta: np.ndarray) -> tuple[float, float]:
    """Return the least and the greatest offset + X beta of the rows; beta of the standardised columns."""
    return limits(model, formed(model, lambda piece: beta @ piece.X + piece.offset))


def _is_suspicious(model: Generalized, low: float, high: float) -> bool:
    """Whether linear predictors between two limits lead as near to a limit as separated data do."""
    family = model.family
    if not isinstance(family, Family) or family.has_dispersion or not model.p:
        return False
    means = family.link.means(np.array([low, high]))
    is_low = float(means.mu[0]) < NEARLY_CERTAIN and low < 0.0
    if not _is_two_sided(family):
        return family.link.name == "log" and is_low
    return is_low or float(means.nu[1]) < NEARLY_CERTAIN


def _is_two_sided(family: Family) -> bool:
    """Whether rows of successes can get better for ever, as rows of failures can; under a log link they cannot."""
    return family.distribution.support == "unit" and family.link.name != "log"


def within_reach(model: Generalized, low: float, high: float) -> Generalized:
    """Return the model with an end to its fixed effects if these separate the responses.

    Parameters
    ----------
    model : Generalized
    low, high : float
        Limits of the linear predictors at the start of the search, without random effects.

    Notes
    -----
    The programme runs where a mean is near its limit and the regression still moves; so it costs a sound fit nothing.
    """
    if not _is_suspicious(model, low, high) or _has_an_end(model) or separation(model) is None:
        return model
    times, beyond = REACH
    return replace(model, reach=times * max(high, -low) + beyond)


def _has_an_end(model: Generalized) -> bool:
    """Whether the regression without random effects has come to its end, so that nothing can be separated."""
    at = regression(model).local
    try:
        step = np.linalg.solve(*added(model, lambda piece: regression_sums(piece, at)))
    except np.linalg.LinAlgError:
        return False
    return longest(model, formed(model, lambda piece: step @ piece.X)) < NO_STEP


def separation(model: Generalized) -> Separation | None:
    """Return how the fixed effects separate the responses, None where they do not."""
    signs, first, of_cell = _distinct(model)
    X = model.arrays.X[model.cells.first[first]]
    columns = X / np.linalg.norm(X, axis=0)
    gains, held = signs[signs != 0.0, None] * columns[signs != 0.0], columns[signs == 0.0]
    directions = _directions(gains, held)
    if directions is None:
        return None
    best = signs * (columns @ directions.sum(axis=0))  # inside the cone: it separates all that any of them does
    cells = best > LEAST_GAIN
    return Separation(
        rows=cells[of_cell][model.cells.of_row],
        columns=np.flatnonzero(np.abs(directions).max(axis=0) > np.sqrt(LEAST_GAIN)),
        n_separated=int(model.counts[cells[of_cell]].sum()),
        n_rows=model.n,
    )


def _distinct(model: Generalized) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the signs of the distinct rows of X, one of the merged rows of each, and the distinct row of each of them.

    The sign is 0 where a row has successes and failures, or counts.
    """
    family, response = model.family, model.response
    _, first, of_cell = np.unique(model.X.rows.T, axis=0, return_index=True, return_inverse=True)
    of_cell = of_cell.ravel()
    seen = np.bincount(of_cell, response.weights * response.y)
    signs = np.where(seen <= 0.0, -1.0, 0.0)
    if not (isinstance(family, Family) and _is_two_sided(family)):
        return signs, first, of_cell
    lacking = np.bincount(of_cell, response.weights * (1.0 - response.y))
    return np.where(lacking <= 0.0, 1.0, signs), first, of_cell


def _directions(gains: np.ndarray, held: np.ndarray) -> np.ndarray | None:
    """Return separating directions, shape (number, p), that move every column which one of them can move."""
    first = _best(gains.sum(axis=0), gains, held)
    if first is None or gains.sum(axis=0) @ first <= LEAST_GAIN:
        return None
    p = gains.shape[1]
    found = [first]
    if len(gains) + len(held) > MANY_ROWS:
        return np.array(found)
    for column in range(p):
        for sign in (1.0, -1.0):
            wanted = np.zeros(p)
            wanted[column] = sign
            direction = _best(wanted, gains, held)
            if direction is not None:
                found.append(direction)
    return np.array(found)


def _best(wanted: np.ndarray, gains: np.ndarray, held: np.ndarray) -> np.ndarray | None:
    """Return the direction in the box that goes farthest where it is wanted, and no row gets worse."""
    from scipy.optimize import linprog  # only where separation is suspected

    found = linprog(
        -wanted,
        A_ub=-gains if len(gains) else None,
        b_ub=np.zeros(len(gains)) if len(gains) else None,
        A_eq=held if len(held) else None,
        b_eq=np.zeros(len(held)) if len(held) else None,
        bounds=(-1.0, 1.0),
        method="highs",
    )
    return found.x if found.status == 0 else None
