"""Where curves along a predictor reach a mean: the nearest place and all further ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.crossings import brackets, roots
from mixwidget.inference.response_curves import ResponseCurves

N_SCANNED = 128  # pieces of the predictor's range in each of which a curve crosses a value once at most
Scan = Callable[[np.ndarray], np.ndarray]
Points = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """Where curves reach a mean.

    Attributes
    ----------
    curves : ResponseCurves
    mean : float
        The mean of the model that is to be reached.
    x : ndarray, shape (m,)
        In units of the predictor as the data have it; NaN where a curve does not get there.
    others : tuple of tuple of float
        Further places of each curve within the data.
    """

    curves: ResponseCurves
    mean: float
    x: np.ndarray
    others: tuple[tuple[float, ...], ...]


def thresholds(fit: GeneralizedFit, curves: ResponseCurves, mean: float) -> Thresholds:
    """Find where the curves of a fit reach a mean."""
    target = float(fit.family.link.linear(np.array([mean]))[0])
    places = nearest_crossings(curves, curves.scanned, lambda x, curve: curves.at(x, curve).estimate, target)
    best = np.array([found[0] if found else np.nan for found in places])
    reached = np.flatnonzero(np.isfinite(best))
    best[reached[~curves.is_known(best[reached], reached)]] = np.nan
    others = tuple(tuple(sorted(curves.within(found[1:]))) for found in places)
    return Thresholds(curves, mean, best, others)


def nearest_crossings(curves: ResponseCurves, scanned: Scan, at: Points, target: float) -> list[tuple[float, ...]]:
    """Find where each curve has a value: within the data nearest to their middle first, else up to one range beyond.

    Parameters
    ----------
    curves : ResponseCurves
    scanned : callable
        Of places, shape (n_x,), the heights of all curves, shape (n_x, m).
    at : callable
        Of places and curves, shape (r,), the heights, shape (r,).
    target : float
        On the scale of the linear predictor, as the heights.
    """
    width, middle = curves.high - curves.low, curves.predictor.mean
    x = np.linspace(curves.low - width, curves.high + width, 3 * N_SCANNED + 1)
    x[N_SCANNED], x[2 * N_SCANNED] = curves.low, curves.high
    found = brackets(x, scanned(x) - target)
    places = roots(lambda x: at(x, found.curve) - target, found) if len(found.curve) else found.low
    result: list[tuple[float, ...]] = []
    for curve in range(len(curves.cell)):
        mine = places[(found.curve == curve) & np.isfinite(places)].tolist()
        nearest = sorted(curves.within(mine) or mine, key=lambda place: abs(place - middle))
        result.append(tuple(nearest))
    return result
