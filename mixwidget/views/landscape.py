"""The map of a criterion as plain data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.inference.landscape import Landscape
from mixwidget.views.view import View, number


@dataclass(frozen=True, slots=True)
class MapCell(View):
    """A rectangle of the map and how much higher than the best optimum the criterion is there."""

    x: float
    x2: float
    y: float
    y2: float
    excess: float | None


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
    cells : tuple of MapCell
    paths : tuple of PathPoint
    optima : tuple of Bottom
    """

    x: str
    y: str
    x_is_log: bool
    y_is_log: bool
    cells: tuple[MapCell, ...]
    paths: tuple[PathPoint, ...]
    optima: tuple[Bottom, ...]


def landscape_view(found: Landscape) -> LandscapeView:
    """Return a landscape as plain data; paths are cut at the edges of the map."""
    x_is_log, y_is_log = (name.startswith("sd ") for name in (found.x, found.y))
    x_edges, y_edges = _edges(found.x_values, is_log=x_is_log), _edges(found.y_values, is_log=y_is_log)
    cells = tuple(
        MapCell(x_edges[j], x_edges[j + 1], y_edges[i], y_edges[i + 1], number(found.excess[i, j]))
        for i in range(len(found.y_values))
        for j in range(len(found.x_values))
    )
    paths = tuple(
        PathPoint(str(optimiser), int(step), _within(x, x_edges), _within(y, y_edges))
        for optimiser, step, x, y in found.paths[["optimiser", "step", "x", "y"]].to_numpy().tolist()
    )
    optima = tuple(
        Bottom(_within(x, x_edges), _within(y, y_edges), float(excess), str(optimisers))
        for x, y, excess, optimisers in found.optima[["x", "y", "excess", "optimisers"]].to_numpy().tolist()
    )
    return LandscapeView(found.x, found.y, x_is_log, y_is_log, cells, paths, optima)


def _edges(values: np.ndarray, *, is_log: bool) -> list[float]:
    """Return the boundaries of the cells around grid values."""
    scaled = np.log(values) if is_log else values
    half = np.diff(scaled).mean() / 2.0
    edges = np.append(scaled - half, scaled[-1] + half)
    return [float(edge) for edge in (np.exp(edges) if is_log else edges)]


def _within(value: float, edges: list[float]) -> float:
    return float(min(max(value, edges[0]), edges[-1]))
