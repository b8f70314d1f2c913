"""Shrinkage as a static SVG, for places where no script runs: the estimate, without the slider."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from struct import unpack

from mixwidget.report.svg_page import ACCENT, GROUND, INK, LINE, PANEL_GROUND, QUIET, svg_page, svg_text
from mixwidget.report.svg_scale import Scale, linear, nice_ticks
from mixwidget.views.arrays import float64s
from mixwidget.views.shrinkage import ShrinkageView

WIDTH, HEIGHT = 640.0, 380.0
LEFT, TOP, RIGHT, BOTTOM = 60.0, 22.0, 10.0, 40.0
ELLIPSE = 72  # corners of an ellipse
MOST_NAMES = 60  # levels that all have their name; of more none has
FEW = 25  # levels whose rows are high enough for a name each


@dataclass(frozen=True, slots=True)
class _Levels:
    """The levels at the estimate, unpacked once: each with its places along the axes, own and the model's."""

    view: ShrinkageView
    names: Sequence[str]
    own: list[tuple[float, ...]]
    model: list[tuple[float, ...]]
    centre: tuple[float, ...]
    spread: tuple[float, ...]


def shrinkage_svg(view: ShrinkageView, names: Sequence[str]) -> str:
    """Return the levels in the plane of two effects, or in rows along one, with the contours of the Gaussian.

    Parameters
    ----------
    view : ShrinkageView
    names : sequence of str
        Of the levels of the grouping factor.
    """
    levels = _unpacked(view, names)
    x = linear(view.ranges[0], (LEFT, WIDTH - RIGHT))
    y = linear(view.ranges[1], (HEIGHT - BOTTOM, TOP)) if len(view.effects) == 2 else None
    marks = _plane(levels, x, y) if y is not None else _rows(levels, x)
    parts = [
        f'<clipPath id="plot"><rect {_box()}/></clipPath><rect {_box()} fill="{PANEL_GROUND}"/>',
        *_axis(x, is_x=True),
        *(_axis(y, is_x=False) if y is not None else []),
        svg_text(0, 12, view.effects[1].title if y is not None else view.group, QUIET),
        svg_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 5, view.effects[0].title, QUIET, "middle"),
        f'<g clip-path="url(#plot)">{"".join(marks)}</g>',
        *(_names(levels, x, y) if len(names) <= MOST_NAMES else []),
    ]
    return svg_page(WIDTH, HEIGHT, parts)


def _unpacked(view: ShrinkageView, names: Sequence[str]) -> _Levels:
    d, n, middle = len(view.effects), view.n_levels, view.middle
    own = float64s(view.own)
    if view.coef.float32:
        model = list(unpack(f"<{d * n}f", view.coef.float32[4 * middle * d * n : 4 * (middle + 1) * d * n]))
    else:
        codes = unpack(f"<{d * n}H", view.coef.uint16[2 * middle * d * n : 2 * (middle + 1) * d * n])
        low, step = (float64s(part)[middle * d :] for part in (view.coef.low, view.coef.step))
        model = [low[i // n] + step[i // n] * code for i, code in enumerate(codes)]
    centre, spread = float64s(view.centre), float64s(view.spread)
    return _Levels(
        view,
        names,
        [tuple(own[i * n + level] for i in range(d)) for level in range(n)],
        [tuple(model[i * n + level] for i in range(d)) for level in range(n)],
        tuple(centre[middle * d : (middle + 1) * d]),
        tuple(spread[middle * 3 : (middle + 1) * 3]),
    )


def _plane(levels: _Levels, x: Scale, y: Scale) -> list[str]:
    places = [
        ((x(own[0]), y(own[1])) if math.isfinite(sum(own)) else None, (x(model[0]), y(model[1])))
        for own, model in zip(levels.own, levels.model, strict=True)
    ]
    cx, cy = x(levels.centre[0]), y(levels.centre[1])
    diamond = f'<path d="M{cx:.1f} {cy - 7:.1f}l7 7l-7 7l-7 -7z" fill="{INK}" stroke="{GROUND}" stroke-width="1.5"/>'
    return [*_ellipses(levels, x, y), *_marks(places), diamond]


def _ellipses(levels: _Levels, x: Scale, y: Scale) -> list[str]:
    l11, l21, l22 = levels.spread
    turns = [2.0 * math.pi * i / ELLIPSE for i in range(ELLIPSE)]
    found = []
    for contour in levels.view.contours:
        r = contour.radius
        corners = [
            (
                x(levels.centre[0] + r * l11 * math.cos(turn)),
                y(levels.centre[1] + r * (l21 * math.cos(turn) + l22 * math.sin(turn))),
            )
            for turn in turns
        ]
        path = "L".join(f"{px:.1f} {py:.1f}" for px, py in corners)
        found.append(f'<path d="M{path}Z" {_hill()}/>')
    return found


def _rows(levels: _Levels, x: Scale) -> list[str]:
    sd, centre = levels.spread[0], levels.centre[0]
    bands = []
    for contour in levels.view.contours:
        low, high = x(centre - contour.radius * sd), x(centre + contour.radius * sd)
        bands.append(
            f'<rect x="{low:.1f}" y="{TOP}" width="{high - low:.1f}" height="{HEIGHT - TOP - BOTTOM}" {_hill()}/>'
        )
    heights = _heights(levels)
    places = [
        ((x(own[0]), height) if math.isfinite(own[0]) else None, (x(model[0]), height))
        for own, model, height in zip(levels.own, levels.model, heights, strict=True)
    ]
    at = f"M{x(centre):.1f} {TOP}V{HEIGHT - BOTTOM}"
    return [*bands, f'<path d="{at}" stroke="{INK}" stroke-width="2.5" stroke-dasharray="2 3"/>', *_marks(places)]


def _heights(levels: _Levels) -> list[float]:
    """Return the height of each level's row, the largest estimate at the top."""
    n = len(levels.model)
    order = sorted(range(n), key=lambda level: -levels.model[level][0])
    step = (HEIGHT - TOP - BOTTOM) / n
    heights = [0.0] * n
    for row, level in enumerate(order):
        heights[level] = TOP + (row + 0.5) * step
    return heights


def _marks(places: Sequence[tuple[tuple[float, float] | None, tuple[float, float]]]) -> list[str]:
    """Return shafts from own estimates to the model's, and dots at both ends."""
    known = [(own, model) for own, model in places if own is not None]
    shafts = "".join(f"M{own[0]:.1f} {own[1]:.1f}L{model[0]:.1f} {model[1]:.1f}" for own, model in known)
    own_dots = "".join(f"M{own[0]:.1f} {own[1]:.1f}h.01" for own, _ in known)
    dots = "".join(f"M{model[0]:.1f} {model[1]:.1f}h.01" for _, model in places)
    width = 8 if len(places) <= MOST_NAMES else 4
    cap = 'stroke-linecap="round" fill="none"'
    return [
        f'<path d="{shafts}" stroke="{QUIET}" stroke-opacity="0.8" fill="none"/>',
        f'<path d="{own_dots}" stroke="{QUIET}" stroke-width="{width - 1}" {cap}/>',
        f'<path d="{own_dots}" stroke="{GROUND}" stroke-width="{width - 4 if width > 4 else 1}" {cap}/>',
        f'<path d="{dots}" stroke="{ACCENT}" stroke-width="{width}" {cap}/>',
    ]


def _names(levels: _Levels, x: Scale, y: Scale | None) -> list[str]:
    if y is None:
        if len(levels.names) > FEW:
            return []
        heights = _heights(levels)
        return [svg_text(LEFT - 6, at + 4, name, QUIET, "end") for name, at in zip(levels.names, heights, strict=True)]
    return [
        svg_text(x(own[0]) + 6, y(own[1]) + 4, name, QUIET)
        for name, own in zip(levels.names, levels.own, strict=True)
        if math.isfinite(sum(own)) and TOP < y(own[1]) < HEIGHT - BOTTOM and LEFT < x(own[0]) < WIDTH - RIGHT
    ]


def _axis(scale: Scale, *, is_x: bool) -> list[str]:
    pieces = []
    for value in nice_ticks(scale.domain, 6):
        at = scale(value)
        path = f"M{at:.1f} {TOP}V{HEIGHT - BOTTOM}" if is_x else f"M{LEFT} {at:.1f}H{WIDTH - RIGHT}"
        place = (at, HEIGHT - BOTTOM + 14, "middle") if is_x else (LEFT - 6, at + 4, "end")
        pieces += [f'<path d="{path}" stroke="{LINE}"/>', svg_text(place[0], place[1], f"{value:g}", QUIET, place[2])]
    return pieces


def _hill() -> str:
    return f'fill="{ACCENT}" fill-opacity="0.07" stroke="{ACCENT}" stroke-opacity="0.45"'


def _box() -> str:
    return f'x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" height="{HEIGHT - TOP - BOTTOM}"'
