"""The paths of shrinkage of a handout: what is printed of them, those of other structures told from the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, log10
from typing import Any

from mixwidget.fit.fit import Fit
from mixwidget.inference.pooling_plane import ShrinkageRequest, pooling_plane
from mixwidget.views.grid_path import GridPath, grid_path
from mixwidget.views.packed_path import PackedPath

PLACES = 2000  # of an axis, at least, that what is printed tells apart: more than a screen has
ALIKE = ("group", "n_levels", "n_stops")  # what paths share of which one tells of the other

Pictures = dict[str, list[dict[str, Any]]]


def with_short_paths(pictures: Sequence[Pictures], fits: Sequence[Fit], *, first: int) -> list[Pictures]:
    """Return the pictures of each fit, paths of shrinkage in units of the last printed decimal.

    Parameters
    ----------
    pictures : sequence of dict
        Of each fit, as `stored_pictures` gives them.
    fits : sequence of Fit
    first : int
        The fit that is shown when the page opens.
    """
    shown = pictures[first]["shrinkage"][0]
    beside = _grid(shown, fits[first], None)

    def short(key: int) -> Pictures:
        plain = pictures[key]["shrinkage"][0]
        grid = beside if key == first else _grid(plain, fits[key], beside if _are_alike(shown, plain) else None)
        if grid is None:
            return pictures[key]
        view = plain["view"] | {"own": b"", "coef": PackedPath(b"", b"", b"", b"", grid).to_dict()}
        return pictures[key] | {"shrinkage": [plain | {"view": view}]}

    return [short(key) for key in range(len(pictures))]


def _are_alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    views = one["view"], other["view"]
    return None not in views and all(views[0][name] == views[1][name] for name in ALIKE)


def _grid(answer: Mapping[str, Any], fit: Fit, beside: GridPath | None) -> GridPath | None:
    if answer["state"] != "ready":
        return None
    plane = pooling_plane(fit, ShrinkageRequest())
    decimals = tuple(max(0, ceil(log10(PLACES / (high - low)))) for low, high in answer["view"]["ranges"])
    return grid_path(plane.coef, plane.own, decimals, beside)
