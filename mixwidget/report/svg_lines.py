"""The data of levels with their lines as a static SVG, for places where no script runs: a panel for each level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, isfinite

from mixwidget.report.svg_page import ACCENT, INK, LINE, PANEL_GROUND, QUIET, svg_page, svg_text
from mixwidget.report.svg_scale import Scale, linear, nice_ticks
from mixwidget.views.arrays import float32s, int32s
from mixwidget.views.lines import LinesView

MOST_PANELS = 25  # of more levels the first and the last, and some that are drawn
EXTREMES = 4
COLUMNS = 5
PANEL = (150.0, 104.0)
GAP = 8.0
LEFT, TOP, BOTTOM, NOTE = 40.0, 42.0, 34.0, 16.0
CHARACTER = 6.2
COLOURS = (ACCENT, "#b4470e", "#2f7d4f", "#7a3e9d", "#8a6d00", "#535c68")
BAR = 0.3  # half the length of a bar, of the distance of two levels of x
OWN, POOLED = "#68717d", "#b4470e"

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What is drawn, unpacked once."""

    places: list[float]
    own: list[float]
    model: list[float]
    pooled: list[float]
    starts: list[int]
    x: list[float]
    y: list[float]
    colours: list[int]
    line_level: list[int]
    line_colours: list[int]

    @classmethod
    def of(cls, view: LinesView) -> _Numbers:
        points = view.points
        return cls(
            places=float32s(view.places),
            own=float32s(view.own),
            model=float32s(view.model),
            pooled=float32s(view.pooled),
            starts=int32s(points.starts),
            x=float32s(points.x),
            y=float32s(points.y),
            colours=int32s(points.colour),
            line_level=int32s(view.line_level),
            line_colours=int32s(view.line_colour),
        )


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A view, and where its panels stand."""

    view: LinesView
    numbers: _Numbers
    levels: list[int]
    names: Sequence[str]
    x: tuple[float, float]
    y: tuple[float, float]
    columns: int

    def corner(self, panel: int) -> tuple[float, float]:
        row, column = divmod(panel, self.columns)
        return LEFT + column * (PANEL[0] + GAP), TOP + row * (PANEL[1] + GAP)

    def scales(self, panel: int) -> tuple[Scale, Scale]:
        left, top = self.corner(panel)
        return linear(self.x, (left, left + PANEL[0])), linear(self.y, (top + PANEL[1], top))


def lines_svg(view: LinesView, names: Sequence[str]) -> str:
    """Return a panel for each level: its points, its lines by three models.

    Parameters
    ----------
    view : LinesView
    names : sequence of str
        Of all levels of the grouping factor.
    """
    levels = shown_in_panels(view, MOST_PANELS, EXTREMES)
    columns = min(COLUMNS, max(1, len(levels)))
    drawing = _Drawing(
        view, _Numbers.of(view), levels, names, _x_domain(view), _padded(view.y_range, view.line_range), columns
    )
    n_rows = ceil(len(levels) / columns)
    width = LEFT + columns * (PANEL[0] + GAP)
    height = TOP + n_rows * (PANEL[1] + GAP) + BOTTOM + NOTE
    parts = [
        *_legend(view),
        svg_text(0, TOP - 6, view.y_title, QUIET),
        svg_text(width - GAP, height - NOTE - 3, view.x_title, QUIET, "end"),
        *(piece for i in range(len(levels)) for piece in _panel(drawing, i)),
        svg_text(LEFT, height - 4, _note(view, levels), QUIET),
    ]
    return svg_page(width, height, parts)


def shown_in_panels(view: LinesView, most: int, extremes: int) -> list[int]:
    """Return the levels that have a panel, in the first order: of very many the first, the last, and some drawn."""
    order, drawn = int32s(view.orders[0].ranked), int32s(view.drawn)
    if len(order) <= most:
        return order
    outermost = {*order[:extremes], *order[-extremes:]}
    rest = [level for level in drawn if level not in outermost][: most - 2 * extremes]
    return [level for level in order if level in outermost or level in set(rest)]


def _x_domain(view: LinesView) -> tuple[float, float]:
    return (-0.5, len(view.categories) - 0.5) if view.categories else _padded(view.x_range)


def _padded(*ranges: tuple[float, float]) -> tuple[float, float]:
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    pad = 0.05 * (high - low or 1.0)
    return low - pad, high + pad


def _legend(view: LinesView) -> list[str]:
    pieces, x = [], 0.0
    for key in view.keys[:3]:
        colour, dash, width = _style(key.kind, -1)
        pieces.append(f'<path d="M{x:.0f} 11h24" stroke="{colour}" stroke-width="{width}"{dash}/>')
        pieces.append(svg_text(x + 29, 15, key.long))
        x += 44 + CHARACTER * len(key.long)
    for i, colour in enumerate(view.colours):
        text = f"{view.colour} {colour}"
        pieces.append(svg_text(x, 15, text, COLOURS[i]))
        x += 14 + CHARACTER * len(text)
    return pieces


def _style(kind: str, colour: int) -> tuple[str, str, float]:
    """Return colour, dash and width of a kind of line."""
    ink = None if colour < 0 else COLOURS[colour % len(COLOURS)]
    if kind == "model":
        return ink or COLOURS[0], "", 2.4
    if kind == "own":
        return ink or OWN, ' stroke-dasharray="5 3"', 1.8
    return ink or POOLED, ' stroke-dasharray="9 2 2 2"', 1.5


def _panel(drawing: _Drawing, panel: int) -> list[str]:
    view, level = drawing.view, drawing.levels[panel]
    left, top = drawing.corner(panel)
    ground = f'<rect x="{left:.1f}" y="{top:.1f}" width="{PANEL[0]}" height="{PANEL[1]}" fill="{PANEL_GROUND}"/>'
    name = drawing.names[int32s(view.levels)[level]]
    return [
        ground,
        *_axes(drawing, panel),
        *_pooled(drawing, panel),
        *_points(drawing, panel, level),
        *_level_lines(drawing, panel, level),
        f'<text x="{left + 4:.1f}" y="{top + 12:.1f}" font-weight="600">{escape(name)}</text>',
    ]


def _axes(drawing: _Drawing, panel: int) -> list[str]:
    view, (x, y) = drawing.view, drawing.scales(panel)
    left, top = drawing.corner(panel)
    pieces = []
    for value in nice_ticks(drawing.y, 3):
        pieces.append(f'<path d="M{left:.1f} {y(value):.1f}h{PANEL[0]}" stroke="{LINE}"/>')
        if panel % drawing.columns == 0:
            pieces.append(svg_text(left - 5, y(value) + 4, f"{value:g}", QUIET, "end"))
    if panel + drawing.columns < len(drawing.levels):
        return pieces
    places = [(float(i), name) for i, name in enumerate(view.categories)] or [
        (value, f"{value:g}") for value in nice_ticks(drawing.x, 3)
    ]
    return pieces + [svg_text(x(value), top + PANEL[1] + 13, text, QUIET, "middle") for value, text in places]


def _pooled(drawing: _Drawing, panel: int) -> list[str]:
    values, n = drawing.numbers.pooled, len(drawing.numbers.places)
    several = len(values) > n
    return [
        _line(drawing, panel, values[i * n : (i + 1) * n], _style("pooled", i if several else -1))
        for i in range(len(values) // n)
    ]


def _points(drawing: _Drawing, panel: int, level: int) -> list[str]:
    numbers, (x, y) = drawing.numbers, drawing.scales(panel)
    found: dict[int, str] = {}
    for i in range(numbers.starts[level], numbers.starts[level + 1]):
        path = f"M{x(numbers.x[i]):.1f} {y(numbers.y[i]):.1f}h.01"
        found[numbers.colours[i]] = found.get(numbers.colours[i], "") + path
    return [
        f'<path d="{path}" stroke="{INK if colour < 0 else COLOURS[colour % len(COLOURS)]}" stroke-width="3.4" '
        f'stroke-linecap="round" stroke-opacity="0.75"/>'
        for colour, path in found.items()
    ]


def _level_lines(drawing: _Drawing, panel: int, level: int) -> list[str]:
    numbers, n = drawing.numbers, len(drawing.numbers.places)
    mine = [i for i, other in enumerate(numbers.line_level) if other == level]
    return [
        _line(drawing, panel, values[i * n : (i + 1) * n], _style(kind, numbers.line_colours[i]))
        for kind, values in (("own", numbers.own), ("model", numbers.model))
        for i in mine
    ]


def _line(drawing: _Drawing, panel: int, values: Sequence[float], style: tuple[str, str, float]) -> str:
    """Return a line as far as it lies in its panel; short bars where x is a factor."""
    (x, y), places = drawing.scales(panel), drawing.numbers.places
    if drawing.view.categories:
        ends = [((place - BAR, value), (place + BAR, value)) for place, value in zip(places, values, strict=True)]
    else:
        stops = list(zip(places, values, strict=True))
        ends = list(pairwise(stops))
    pieces = [cut for first, last in ends if (cut := _within(drawing.y, first, last)) is not None]
    path, at = "", None
    for first, last in pieces:
        path += ("" if first == at else f"M{x(first[0]):.1f} {y(first[1]):.1f}") + f"L{x(last[0]):.1f} {y(last[1]):.1f}"
        at = last
    colour, dash, width = style
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dash}/>' if path else ""


def _within(y: tuple[float, float], first: Point, last: Point) -> tuple[Point, Point] | None:
    """Return the part of a piece of a line between two heights; None where nothing of it is there."""
    if not (isfinite(first[1]) and isfinite(last[1])):
        return None
    if max(first[1], last[1]) < y[0] or min(first[1], last[1]) > y[1]:
        return None

    def cut(point: Point, other: Point) -> Point:
        height = min(max(point[1], y[0]), y[1])
        if height == point[1]:
            return point
        share = (height - point[1]) / (other[1] - point[1])
        return point[0] + share * (other[0] - point[0]), height

    return cut(first, last), cut(last, first)


def _note(view: LinesView, levels: Sequence[int]) -> str:
    total = len(int32s(view.levels))
    if len(levels) == total:
        return ""
    order = view.orders[0].label
    return (
        f"{len(levels)} of {view.n_levels:,} levels, {order}: the first {EXTREMES}, the last {EXTREMES}, "
        f"{len(levels) - 2 * EXTREMES} drawn at random (seed {view.seed})"
    )
