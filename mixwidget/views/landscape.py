"""The map of a criterion as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mixwidget.inference.landscape import Landscape
from mixwidget.views.view import View

# Upper ends of the bands of the map, in units of the criterion above the best optimum: halves and doubles, with the
# first where no test would tell the places from the optimum.
LEVELS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)
FINE = 150  # rows and columns of the map between those that were evaluated, so that bands have smooth edges


@dataclass(frozen=True, slots=True)
class MapCell(View):
    """A rectangle of the map, one row high and as wide as the criterion stays in one band.

    Attributes
    ----------
    x, x2, y, y2 : float
    band : str
        How much higher than the best optimum the criterion is there.
    """

    x: float
    x2: float
    y: float
    y2: float
    band: str


@dataclass(frozen=True, slots=True)
class PathPoint(View):
    """A point that an optimiser passed."""

    optimiser: str
    step: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Bottom(View):
    """An optimum and who ended there."""

    x: float
    y: float
    excess: float
    optimisers: str


@dataclass(frozen=True, slots=True)
class LandscapeView(View):
    """A slice through the criterion over two parameters.

    Attributes
    ----------
    x, y : str
        Their names.
    x_is_log, y_is_log : bool
        Standard deviations stand on a logarithmic axis.
    bands : tuple of str
        Those of the map, the lowest first.
    cells : tuple of MapCell
    paths : tuple of PathPoint
    optima : tuple of Bottom
    """

    x: str
    y: str
    x_is_log: bool
    y_is_log: bool
    bands: tuple[str, ...]
    cells: tuple[MapCell, ...]
    paths: tuple[PathPoint, ...]
    optima: tuple[Bottom, ...]


def landscape_view(found: Landscape) -> LandscapeView:
    """Return a landscape as plain data; paths are cut at the edges of the map."""
    x_is_log, y_is_log = (name.startswith("sd ") for name in (found.x, found.y))
    x_edges, y_edges = _edges(found.x_values, is_log=x_is_log), _edges(found.y_values, is_log=y_is_log)
    cells = _cells(found.excess, (x_edges[0], x_edges[-1], x_is_log), (y_edges[0], y_edges[-1], y_is_log))
    names = _band_names()
    seen = {cell.band for cell in cells}
    paths = tuple(
        PathPoint(str(optimiser), int(step), _within(x, x_edges), _within(y, y_edges))
        for optimiser, step, x, y in found.paths[["optimiser", "step", "x", "y"]].to_numpy().tolist()
    )
    optima = tuple(
        Bottom(_within(x, x_edges), _within(y, y_edges), float(excess), str(optimisers))
        for x, y, excess, optimisers in found.optima[["x", "y", "excess", "optimisers"]].to_numpy().tolist()
    )
    bands = tuple(name for name in names if name in seen)
    return LandscapeView(found.x, found.y, x_is_log, y_is_log, bands, cells, paths, optima)


def _band_names() -> list[str]:
    first, *_, last = LEVELS
    between = [f"{low:g} to {high:g}" for low, high in pairwise(LEVELS)]
    return [f"below {first:g}", *between, f"above {last:g}"]


def _cells(excess: np.ndarray, x: tuple[float, float, bool], y: tuple[float, float, bool]) -> tuple[MapCell, ...]:
    """Return the runs of equal bands in each row of the fine map; what cannot be evaluated is left out."""
    names = _band_names()
    bands = np.digitize(_between(excess), LEVELS)
    x_edges, y_edges = _fine_edges(*x), _fine_edges(*y)
    is_known = np.isfinite(_between(excess))
    cells: list[MapCell] = []
    for i, row in enumerate(np.where(is_known, bands, -1)):
        starts = [0, *(np.flatnonzero(np.diff(row)) + 1).tolist(), FINE]
        cells += [
            MapCell(x_edges[j], x_edges[end], y_edges[i], y_edges[i + 1], names[row[j]])
            for j, end in pairwise(starts)
            if row[j] >= 0
        ]
    return tuple(cells)


def _between(excess: np.ndarray) -> np.ndarray:
    """Return the excess on the fine map, its logarithm interpolated along rows and columns, shape (FINE, FINE)."""
    logs = np.log1p(np.maximum(excess, 0.0))
    return np.expm1(_stretched(_stretched(logs).T).T)


def _stretched(values: np.ndarray) -> np.ndarray:
    """Return values at the middles of FINE equal parts of the range that the columns of an array share."""
    n = values.shape[1]
    at = np.clip((np.arange(FINE) + 0.5) / FINE * n - 0.5, 0.0, n - 1.0)
    left = np.minimum(at.astype(int), n - 2)
    share = at - left
    return values[:, left] * (1.0 - share) + values[:, left + 1] * share


def _fine_edges(low: float, high: float, is_log: bool) -> list[float]:
    edges = np.geomspace(low, high, FINE + 1) if is_log else np.linspace(low, high, FINE + 1)
    return [float(edge) for edge in edges]


def _edges(values: np.ndarray, *, is_log: bool) -> list[float]:
    """Return the boundaries of the cells around grid values."""
    scaled = np.log(values) if is_log else values
    half = np.diff(scaled).mean() / 2.0
    edges = np.append(scaled - half, scaled[-1] + half)
    return [float(edge) for edge in (np.exp(edges) if is_log else edges)]


def _within(value: float, edges: list[float]) -> float:
    return float(min(max(value, edges[0]), edges[-1]))
