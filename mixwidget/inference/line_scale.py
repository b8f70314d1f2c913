"""Where lines have their stops: two where they are straight, many where they bend, one for each level of a factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.mean import mean_of
from mixwidget.inference.lines_request import LinesAsked
from mixwidget.inference.mean_rows import Groups, MeanRows, mean_rows

N_PLACES = 41  # of a curve
BETWEEN = 0.31  # share of the range where columns are looked at too: no symmetry makes a curve straight there
NEAR_ZERO = 0.1  # share of the range: where zero lies no farther out, the mean there tells of a line
STRAIGHT_RTOL = 1e-9  # of the size of a column, which rounding stays below


@dataclass(frozen=True, slots=True, eq=False)
class LineNumbers:
    """Two numbers that tell of each line.

    Attributes
    ----------
    is_slope : bool
        Whether they are the mean at `places[0]` and the slope, or the means at both of `places`.
    places : tuple of float
    model, own : ndarray, shape (m, 2)
    """

    is_slope: bool
    places: tuple[float, float]
    model: np.ndarray
    own: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class LineScale:
    """The values of x at which lines are computed, and the averaged rows there.

    Attributes
    ----------
    fit : Fit
    places : ndarray, shape (t,)
        At which the lines are given.
    shares : ndarray, shape (t,) or None
        How far from the first to the last place each lies, where linear predictors are straight: then `rows` has
        these two alone.
    rows : list of MeanRows
        Of each partition.
    """

    fit: Fit
    places: np.ndarray
    shares: np.ndarray | None
    rows: list[MeanRows]

    @property
    def has_bent_link(self) -> bool:
        """Whether a straight linear predictor is a curve on the scale of the response."""
        return isinstance(self.fit, GeneralizedFit) and self.fit.family.link.name != "identity"

    def means(self, eta: np.ndarray) -> np.ndarray:
        """Return the mean responses along lines, shape (m, t), of linear predictors at `rows`, shape (2 or t, m)."""
        at = eta.T if self.shares is None else eta[0][:, None] + np.outer(eta[1] - eta[0], self.shares)
        if isinstance(self.fit, GeneralizedFit) and self.fit.family.link.positive:
            at = np.where(at > 0.0, at, np.nan)  # a predictor that is out of range has no mean
        return mean_of(self.fit, at)

    def numbers(self, model: np.ndarray, own: np.ndarray) -> LineNumbers:
        """Return what tells of each line: mean and slope of a straight one, else the means at both ends.

        Parameters
        ----------
        model, own : ndarray, shape (2 or t, m)
            Linear predictors at `rows`.
        """
        low, high = float(self.places[0]), float(self.places[-1])
        if self.shares is None or self.has_bent_link:
            ends = [self.means(eta)[:, [0, -1]] for eta in (model, own)]
            return LineNumbers(False, (low, high), *ends)
        margin = NEAR_ZERO * (high - low)
        origin = 0.0 if low - margin <= 0.0 <= high + margin else low
        pairs = []
        for eta in (model, own):
            slope = (eta[1] - eta[0]) / (high - low)
            pairs.append(np.column_stack([eta[0] + slope * (origin - low), slope]))
        return LineNumbers(True, (origin, origin), *pairs)


def line_scale(fit: Fit, asked: LinesAsked, partitions: Sequence[Groups]) -> LineScale:
    """Return the places of lines and the averaged rows there, for each partition of the rows into groups."""

    def rows(places: Sequence[object]) -> list[MeanRows]:
        name = None if asked.x is None else asked.x.name
        return mean_rows(fit, asked.factor, partitions, name, places, asked.at)

    if asked.x is None or asked.x.is_factor:
        examples = (None,) if asked.x is None else asked.x.examples
        return LineScale(fit, np.arange(len(examples), dtype=float), None, rows(examples))
    low, high = float(asked.x.values.min()), float(asked.x.values.max())
    probes = rows([low, low + BETWEEN * (high - low), high])
    n_places = N_PLACES if LineScale(fit, np.zeros(0), None, []).has_bent_link else 2
    if not all(map(_is_straight, probes)):
        places = np.linspace(low, high, N_PLACES)
        return LineScale(fit, places, None, rows(places.tolist()))
    shares = np.linspace(0.0, 1.0, n_places)
    return LineScale(fit, low + (high - low) * shares, shares, [one.at([0, 2]) for one in probes])


def _is_straight(rows: MeanRows) -> bool:
    """Whether all columns at the place between are what those at the ends make of them."""
    first, between, last = rows.columns
    size = np.abs(rows.columns).max(axis=(0, 1))
    return bool((np.abs(between - (first + BETWEEN * (last - first))) <= STRAIGHT_RTOL * size).all())
