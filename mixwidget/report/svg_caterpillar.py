"""The caterpillar plot as a static SVG, for places where no script runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from struct import unpack

from mixwidget.report.svg_page import ACCENT, GROUND, INK, LINE, QUIET, svg_page
from mixwidget.report.svg_scale import Scale, linear, nice_ticks
from mixwidget.views.arrays import float64s
from mixwidget.views.caterpillar import ModesColumn, ModesView

MAX_LEVELS = 60  # a notebook with more rows in each output is slow to load; the note says what was left out
ROW = 13
GAP = 16
HEAD, FOOT = 24, 24
PANEL = 210
CHARACTER = 6.2


@dataclass(frozen=True, slots=True)
class _Panel:
    """Where one term is drawn, and its values in the order of the rows."""

    column: ModesColumn
    left: float
    mode: list[float]
    low: list[float]
    high: list[float]
    x: Scale


def caterpillar_svg(view: ModesView, levels: list[str]) -> str:
    """Return the conditional modes of one grouping factor with their widest intervals, largest first term on top.

    Parameters
    ----------
    view : ModesView
    levels : list of str
        The names of its levels.
    """
    order = unpack(f"<{view.n_levels}I", view.columns[0].order)
    step = (len(order) - 1) / (MAX_LEVELS - 1)
    rows = order if len(order) <= MAX_LEVELS else [order[round(i * step)] for i in range(MAX_LEVELS)]
    gutter = CHARACTER * min(14, max(len(levels[i]) for i in rows)) + 14
    panels = [_panel(column, rows, gutter + i * (PANEL + GAP)) for i, column in enumerate(view.columns)]
    width = gutter + len(panels) * (PANEL + GAP)
    bottom = HEAD + ROW * len(rows)
    note = f"{len(rows)} of {len(order)} levels, evenly spaced by rank" if len(rows) < len(order) else ""
    height = bottom + FOOT + (16 if note else 0)
    parts = [
        f'<g text-anchor="end" fill="{QUIET}">',
        *(_name(levels[level], gutter, i) for i, level in enumerate(rows)),
        "</g>",
        *(piece for panel in panels for piece in _panel_svg(panel, bottom)),
        f'<text x="{gutter:.0f}" y="{height - 5}" fill="{QUIET}">{escape(note)}</text>' if note else "",
    ]
    return svg_page(width, height, parts)


def _panel(column: ModesColumn, rows: Sequence[int], left: float) -> _Panel:
    widest = column.intervals[-1]
    mode, low, high = (_float64(values, rows) for values in (column.mode, widest.low, widest.high))
    first, last = min(0.0, *low), max(0.0, *high)
    pad = 0.04 * (last - first or 1.0)
    return _Panel(column, left, mode, low, high, linear((first - pad, last + pad), (left, left + PANEL)))


def _float64(values: bytes, rows: Sequence[int]) -> list[float]:
    numbers = float64s(values)
    return [numbers[i] for i in rows]


def _panel_svg(panel: _Panel, bottom: int) -> list[str]:
    x, zero = panel.x, panel.x(0.0)
    pieces = [f'<text x="{panel.left:.0f}" y="{HEAD - 9}" font-weight="600">{escape(panel.column.name)}</text>']
    for value in nice_ticks(x.domain, 3):
        at = x(value)
        pieces.append(f'<path d="M{at:.1f} {HEAD}V{bottom}" stroke="{LINE}" fill="none"/>')
        pieces.append(f'<text x="{at:.1f}" y="{bottom + 14}" text-anchor="middle" fill="{QUIET}">{value:g}</text>')
    pieces.append(f'<path d="M{zero:.1f} {HEAD}V{bottom}" stroke="{INK}" stroke-dasharray="4 3" fill="none"/>')
    clear = [low > 0.0 or high < 0.0 for low, high in zip(panel.low, panel.high, strict=True)]
    for is_clear in (False, True):
        chosen = [i for i, value in enumerate(clear) if value == is_clear]
        if chosen:
            pieces += _marks(panel, chosen, is_clear=is_clear)
    return pieces


def _marks(panel: _Panel, rows: Sequence[int], *, is_clear: bool) -> list[str]:
    """Intervals that exclude zero are thick with a filled point, the others thin with a hollow one."""
    x = panel.x
    y = [HEAD + (i + 0.5) * ROW for i in rows]
    lines = "".join(f"M{x(panel.low[i]):.1f} {at:.1f}H{x(panel.high[i]):.1f}" for i, at in zip(rows, y, strict=True))
    dots = "".join(f"M{x(panel.mode[i]):.1f} {at:.1f}h.01" for i, at in zip(rows, y, strict=True))
    dot = f'<path d="{dots}" fill="none" stroke-linecap="round" stroke="{{}}" stroke-width="{{}}"/>'
    return [
        f'<path d="{lines}" fill="none" stroke="{ACCENT}" stroke-width="{2.4 if is_clear else 1.2}"/>',
        dot.format(ACCENT, 7),
        "" if is_clear else dot.format(GROUND, 4.4),
    ]


def _name(name: str, gutter: float, row: int) -> str:
    short = name if len(name) <= 14 else f"{name[:13]}…"
    y = HEAD + (row + 0.5) * ROW + 3.5
    return f'<text x="{gutter - 7:.0f}" y="{y:.1f}">{escape(short)}</text>'
