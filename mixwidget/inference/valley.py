"""The criterion around its lowest place on the way between complete and no pooling, finely enough to be drawn."""

from __future__ import annotations

import numpy as np

from mixwidget.inference.pooling_stop import Stops

DRAWN = 45.0  # rise up to which the curve is drawn finely; pictures end a little below
HALVINGS = 5  # of the step between two stops, to find where the curve leaves the picture


def valley(stops: Stops, place: np.ndarray, criterion: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return places and criterion, shape (m,) each, at all stops and between where the rise is below `DRAWN`.

    Parameters
    ----------
    stops : Stops
    place, criterion : ndarray, shape (T,)
        Those of the stops; the estimate is in the middle.
    """
    middle = len(place) // 2
    rise = criterion - criterion[middle]
    edges = (_edge(stops, place, rise, middle, step, criterion[middle]) for step in (-1, 1))
    between = np.concatenate([np.linspace(place[middle], edge, stops.fine_points + 2)[1:-1] for edge in edges])
    between = between[np.abs(between[:, None] - place).min(axis=1) > 1e-12]
    heights = np.array([stops.height(s / (1.0 - s)) for s in between.tolist()])
    places = np.concatenate([place, between])
    order = np.argsort(places)
    return places[order], np.concatenate([criterion, heights])[order]


def _edge(stops: Stops, place: np.ndarray, rise: np.ndarray, middle: int, step: int, lowest: float) -> float:
    """Return about where the rise reaches `DRAWN` on one side, or the side's end."""
    far = middle + step
    while 0 < far < len(place) - 1 and rise[far] < DRAWN:
        far += step
    inside, outside = float(place[far - step]), float(place[far])
    if rise[far] < DRAWN:
        return outside
    for _ in range(HALVINGS):
        half = 0.5 * (inside + outside)
        inside, outside = (half, outside) if stops.height(half / (1.0 - half)) - lowest < DRAWN else (inside, half)
    return outside
