"""What bases of columns need of all rows: quantiles for the knots of splines, cross products for polynomials."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.dialect.arithmetic import numeric
from mixwidget.dialect.memory import Memory
from mixwidget.dialect.polynomials import Polynomials
from mixwidget.dialect.splines import knot_shares, make_spline
from mixwidget.errors import DataError
from mixwidget.sources.gathering import Gathering
from mixwidget.sources.moments import Moments

MOST_VALUES = 1_000_000  # different values of which exact quantiles are kept


class OfQuantiles(Gathering):
    """Medians and the knots of splines."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.counts = pd.Series(dtype=np.int64)
        self.quantiles: Callable[[np.ndarray, float, float], np.ndarray] = self._quantiles
        self.given: Mapping[str, Any] = {}

    def add(self, given: Mapping[str, Any]) -> None:
        """Add the numbers of a batch."""
        self.given = given
        found = pd.Series(np.asarray(numeric(given["x"]), dtype=np.float64)).value_counts()
        self.counts = self.counts.add(found, fill_value=0) if len(self.counts) else found
        if len(self.counts) > MOST_VALUES:
            remedy = "write the value itself" if self.name == "median" else "give knots= and Boundary.knots="
            raise DataError(f"more than {MOST_VALUES:,} different values, too many to keep for quantiles; {remedy}")

    def keep(self, memory: Memory) -> None:
        """Put what was found where the function looks for it."""
        memory.recall(self._median if self.name == "median" else self._spline)

    def _median(self) -> float:
        return float(self.quantiles(np.array([0.5]), -np.inf, np.inf)[0])

    def _spline(self) -> Any:
        given, values = self.given, self.counts.index.to_numpy(dtype=np.float64)
        boundary = given.get("Boundary_knots")
        low, high = (values.min(), values.max()) if boundary is None else np.sort(numeric(boundary)).tolist()
        degree, has_intercept = int(given.get("degree", 3)), bool(given.get("intercept", False))
        shares = knot_shares(int(given["df"]), degree, has_intercept, self.name == "ns")
        return make_spline(
            values,
            n_columns=None,
            knots=tuple(self.quantiles(shares, low, high).tolist()),
            degree=degree,
            has_intercept=has_intercept,
            boundary=(float(low), float(high)),
            is_natural=self.name == "ns",
        )

    def _quantiles(self, shares: np.ndarray, low: float, high: float) -> np.ndarray:
        """Return quantiles of the values between two limits, interpolated as by ``np.quantile``."""
        ordered = self.counts.sort_index().loc[low:high]
        values, ends = ordered.index.to_numpy(dtype=np.float64), np.cumsum(ordered.to_numpy())
        place = shares * (ends[-1] - 1)
        below = np.floor(place)
        first, second = (
            values[np.searchsorted(ends, np.minimum(at, ends[-1] - 1), "right")] for at in (below, below + 1)
        )
        return first + (place - below) * (second - first)


class OfPolynomials(Gathering):
    """Orthogonal polynomials.

    It keeps the root of the cross products of powers, batch upon batch; its entries hold the three-term recurrence.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.moments = Moments()
        self.root: np.ndarray | None = None
        self.values: set[float] = set()
        self.degree, self.shift, self.unit = 1, 0.0, 1.0
        self.given: Mapping[str, Any] = {}

    def look_at(self, given: Mapping[str, Any]) -> None:
        """Read the degree."""
        if np.ndim(next(iter(given.get("more", ())), 0)):
            raise DataError("poly() of several columns is not offered; cross the polynomials of each with '*'")
        order = given["more"][0] if given.get("more") else given.get("degree")
        self.degree = int(1 if order is None else order)

    def add(self, given: Mapping[str, Any]) -> None:
        """Add the numbers of a batch."""
        self.look_at(given)
        x = np.asarray(numeric(given["x"]), dtype=np.float64)
        x = x[~np.isnan(x)]
        if not len(x):
            return
        self.moments.add(x)
        if len(self.values) <= self.degree:
            self.values |= set(np.unique(x)[: self.degree + 2].tolist())
        if self.root is None:
            self.shift, self.unit = float(x.mean()), float(x.std()) or 1.0
        powers = np.vander((x - self.shift) / self.unit, self.degree + 1, increasing=True)
        stacked = powers if self.root is None else np.vstack([self.root, powers])
        self.root = np.asarray(np.linalg.qr(stacked, mode="r"))

    def keep(self, memory: Memory) -> None:
        """Put what was found where the function looks for it."""
        n_unique = len(self.values)
        if not 1 <= self.degree < n_unique or self.root is None:
            raise DataError(f"the degree must lie between 1 and {n_unique - 1}, one less than the distinct values")
        memory.recall(self.polynomials)

    def polynomials(self) -> Polynomials:
        """Return the polynomials that are orthogonal over all rows."""
        root, unit, origin = np.asarray(self.root), self.unit, float(self.moments.mean)
        sizes = np.diagonal(root)
        above = np.diagonal(root, 1) / sizes[:-1]  # the share of each power in the next one
        centres = np.diff(above, prepend=0.0) * unit + (self.shift - origin)
        squares = (sizes * unit ** np.arange(self.degree + 1)) ** 2
        return Polynomials(origin, tuple(centres.tolist()), tuple(squares.tolist()))
