"""The smaller model with the same likelihood that a model with free directions contains.

What can be set to zero whatever the values of the rest is left out before the search: columns whose variance another
term or the fixed effects take over, and covariances that nothing depends on. The search then runs as for any model.
"""

from __future__ import annotations

import numpy as np

from mixwidget.engine.model.free_directions import FreeDirections, symmetric
from mixwidget.engine.model.theta import ThetaLayout

ROUNDING = 1e-9  # of an eigenvalue of a direction, whose largest entries are about 1

Sources = list[tuple[int, tuple[int, ...]]]  # for each term of the smaller model the old term and its columns there


def smaller_terms(free: FreeDirections, layout: ThetaLayout) -> Sources:
    """Return the terms of the smaller model, in the order of the old ones."""
    places = _places(layout)
    is_alone = _alone(free)
    found: Sources = []
    for term, k in enumerate(layout.term_sizes):
        kept = [a for a in range(k) if not _can_go(free, layout, places, is_alone, term, a)]
        if len(kept) > 1 and _all_can_go(free, layout, places, term):
            kept = []
        linked = np.eye(k, dtype=bool)
        for a in kept:
            for b in kept:
                linked[a, b] |= a != b and not is_alone[places[term, max(a, b), min(a, b)]]
        while kept:
            group = _connected(linked, kept)
            found.append((term, group))
            kept = [a for a in kept if a not in group]
    return found


def _places(layout: ThetaLayout) -> dict[tuple[int, int, int], int]:
    """Return where sigma^2 and the elements have that of a term's row and column."""
    found: dict[tuple[int, int, int], int] = {}
    for term, (rows, columns) in enumerate(layout.term_triangles):
        for a, b in zip(rows.tolist(), columns.tolist(), strict=True):
            found[term, a, b] = 1 + len(found)
    return found


def _alone(free: FreeDirections) -> np.ndarray:
    """Return which elements change by themselves: they are the pivot of a row without other entries."""
    is_alone = np.zeros(len(free.units), dtype=bool)
    for row, pivot in zip(free.rows, free.pivots.tolist(), strict=True):
        is_alone[pivot] = np.count_nonzero(row) == 1
    return is_alone


def _can_go(
    free: FreeDirections,
    layout: ThetaLayout,
    places: dict[tuple[int, int, int], int],
    is_alone: np.ndarray,
    term: int,
    column: int,
) -> bool:
    """Whether the variance of a column can become zero, and what it gives to the others is no negative variance."""
    k = layout.term_sizes[term]
    own = places[term, column, column]
    others = (places[term, max(column, b), min(column, b)] for b in range(k) if b != column)
    if own not in free.pivots or not all(is_alone[place] for place in others):
        return False
    given = -free.rows[free.pivots.tolist().index(own)]
    given[own] = 0.0
    if given[0] < 0.0:
        return False
    start = 1
    for size in layout.term_sizes:
        stop = start + size * (size + 1) // 2
        if np.linalg.eigvalsh(symmetric(given[start:stop], size))[0] < -ROUNDING:
            return False
        start = stop
    return True


def _all_can_go(free: FreeDirections, layout: ThetaLayout, places: dict[tuple[int, int, int], int], term: int) -> bool:
    """Whether a whole covariance matrix can become zero, because what others take over is always one too.

    The map from the matrix to what another term gains is positive if its Choi matrix is (Choi 1975, Linear Algebra
    Appl. 10).
    """
    k = layout.term_sizes[term]
    rows = {int(pivot): row for pivot, row in zip(free.pivots, free.rows, strict=True)}
    own = {(a, b): places[term, max(a, b), min(a, b)] for a in range(k) for b in range(k)}
    if not all(place in rows for place in own.values()):
        return False
    given = {pair: -rows[place] * (1.0 if pair[0] == pair[1] else 0.5) for pair, place in own.items()}
    sigma = np.array([[given[a, b][0] for b in range(k)] for a in range(k)])
    if np.linalg.eigvalsh(sigma)[0] < -ROUNDING:
        return False
    start = 1
    for other, size in enumerate(layout.term_sizes):
        stop = start + size * (size + 1) // 2
        if other != term:
            blocks = [[symmetric(given[a, b][start:stop], size) for b in range(k)] for a in range(k)]
            if np.linalg.eigvalsh(np.block(blocks))[0] < -ROUNDING:
                return False
        start = stop
    return True


def _connected(linked: np.ndarray, kept: list[int]) -> tuple[int, ...]:
    """Return the columns that covariances tie to the first of those that are kept."""
    group = {kept[0]}
    while more := {b for a in group for b in kept if linked[a, b]} - group:
        group |= more
    return tuple(sorted(group))
