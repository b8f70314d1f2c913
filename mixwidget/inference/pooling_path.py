"""From complete pooling through the estimate to no pooling: a fit along the scale of one factor's covariance.

The relative covariance factor T of one grouping factor becomes k T, all other covariance parameters stay. k = 0 gives
all levels the same effects, k = 1 is the fit, and k without bound lets each level speak for itself. The slider's place
is s = k / (1 + k). Gelman & Hill (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*, ch. 12.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.fit import Fit, once
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.linear_fit import as_linear
from mixwidget.fit.threads import one_thread
from mixwidget.inference.generalized_pooling import GeneralizedStops
from mixwidget.inference.linear_pooling import LinearStops
from mixwidget.inference.no_pooling import NoPooling, no_pooling
from mixwidget.inference.pooling_stop import Stop, Stops, centre_of, columns_of
from mixwidget.inference.valley import valley

N_STOPS = 41
FEWER_STOPS = 21
MANY_LEVELS = 1000  # above which fewer stops are taken: what is sent to a page grows with levels times stops


@dataclass(frozen=True, slots=True, eq=False)
class PoolingPath:
    """A fit between complete and no pooling of one grouping factor.

    Attributes
    ----------
    factor : int
        Position in the design.
    columns : tuple of str
        The K effects of the factor.
    place : ndarray, shape (T,)
        s, evenly from 0 to 1; the estimate is in the middle.
    scale : ndarray, shape (T,)
        k, infinite at the last stop.
    criterion : ndarray, shape (T,)
        What the fit minimised, a prior's penalty included; infinite where it grows without end.
    beta : ndarray, shape (T, p)
        At the last stop NaN where levels whose own estimates are infinite take it along.
    centre : ndarray, shape (T, K)
        The fixed counterparts of the factor's effects, 0 where there is none.
    sigma : ndarray, shape (T,)
    covariance : ndarray, shape (T, K, K)
        In the user's units; NaN at the last stop.
    coef : ndarray, shape (T, K, J)
        Fixed effect plus conditional mode; at the last stop NaN where a level's own estimate is infinite.
    loose : ndarray, shape (J, K, K)
        Columns are directions of a level's effects that its rows say nothing about; others are 0.
    is_own : ndarray of bool, shape (J, K)
        Whether the rows of a level determine an effect of it, and at a finite value.
    fine_place, fine_criterion : ndarray, shape (m,)
        The criterion at more places where it is low.
    """

    factor: int
    columns: tuple[str, ...]
    place: np.ndarray
    scale: np.ndarray
    criterion: np.ndarray
    beta: np.ndarray
    centre: np.ndarray
    sigma: np.ndarray
    covariance: np.ndarray
    coef: np.ndarray
    loose: np.ndarray
    is_own: np.ndarray
    fine_place: np.ndarray
    fine_criterion: np.ndarray

    @property
    def middle(self) -> int:
        """The stop at the estimate."""
        return len(self.place) // 2


@once
def pooling_path(fit: Fit, factor: int) -> PoolingPath:
    """Follow a fit from complete to no pooling of one grouping factor.

    Fixed effects and sigma follow: profiled out in a linear model; in a generalized one the fixed effects minimise the
    criterion again at each stop (with ``n_agq=0`` they are joint modes).

    Parameters
    ----------
    fit : Fit
    factor : int
        Position in ``fit.design.factors``.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy")).fit
    >>> path = pooling_path(fit, 0)
    >>> path.beta[[0, path.middle, -1], 1].round(3).tolist(), path.coef.shape
    ([10.467, 10.467, 10.467], (41, 2, 18))
    """
    n_levels = len(fit.design.factors[factor].levels)
    place = np.linspace(0.0, 1.0, N_STOPS if n_levels <= MANY_LEVELS else FEWER_STOPS)
    stops = _stops_of(fit, factor)
    with one_thread():
        along = _between(stops, place)
        end = no_pooling(fit, stops)
        along.append(_last(stops, end))
        criterion = np.array([stop.criterion for stop in along])
        fine_place, fine_criterion = valley(stops, place, criterion)
    beta = np.array([stop.beta for stop in along])
    return PoolingPath(
        factor=factor,
        columns=columns_of(fit, factor),
        place=place,
        scale=np.append(place[:-1] / (1.0 - place[:-1]), np.inf),
        criterion=criterion,
        beta=beta,
        centre=centre_of(fit, factor, beta),
        sigma=np.array([stop.sigma for stop in along]),
        covariance=np.array([stop.covariance for stop in along]),
        coef=np.array([stop.coef for stop in along]),
        loose=end.loose,
        is_own=end.is_own,
        fine_place=fine_place,
        fine_criterion=fine_criterion,
    )


def _stops_of(fit: Fit, factor: int) -> Stops:
    if isinstance(fit, GeneralizedFit):
        return GeneralizedStops(fit, factor)
    return LinearStops(as_linear(fit), factor)


def _between(stops: Stops, place: np.ndarray) -> list[Stop]:
    """Return all stops but the last; those on each side are found from the estimate outwards."""
    scale, middle = (place[:-1] / (1.0 - place[:-1])).tolist(), len(place) // 2
    below = [stops.at(k) for k in reversed(scale[:middle])]
    return [*reversed(below), stops.estimate, *(stops.at(k) for k in scale[middle + 1 :])]


def _last(stops: Stops, end: NoPooling) -> Stop:
    """Return the limit as a stop: without a spread that is estimated as zero it is the estimate."""
    here = stops.estimate
    is_still = not here.covariance.any()
    covariance = here.covariance if is_still else np.full_like(here.covariance, np.nan)
    return Stop(here.criterion if is_still else np.inf, end.beta, end.sigma, covariance, end.coef)
