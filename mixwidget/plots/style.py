"""How our charts look: the explorer's colours in tones for light and dark pages, its fonts, titles that wrap."""

from __future__ import annotations

import textwrap
from typing import Any

import altair as alt

# Tones between those of light and dark pages: contrast of at least 4 to 1 with white and with #111111. A page that runs
# scripts draws the ink in its own colour and moves the others towards it (js/src/picture.ts knows these three).
INK, ACCENT, MARK = "#767676", "#2b7bc9", "#c4611b"
# What a file on white paper has instead: the explorer's light theme (js/src/styles/theme.css).
ON_PAPER = {INK: "#1c2127", ACCENT: "#0b5cad", MARK: "#b4470e"}

PANEL_WIDTH, PANEL_HEIGHT = 190, 120  # of three panels in a row
SPACING = {"column": 46, "row": 56}  # between them, for axes and names
COLUMNS = 3
TITLE_SIZE, TEXT_SIZE = 14, 11.5
TITLE_CHARACTER, TEXT_CHARACTER = 8.0, 6.3  # pixels that a letter takes, on average

_LABELS = {
    "labelColor": INK,
    "labelFontSize": 11,
    "titleColor": INK,
    "titleFontSize": 11.5,
    "titleFontWeight": "normal",
}
CONFIG: dict[str, Any] = {
    "background": None,
    "font": "sans-serif",
    "padding": {"left": 4, "right": 14, "top": 4, "bottom": 4},
    "view": {"stroke": None, "fill": INK, "fillOpacity": 0.06},
    # numbers as R prints them: a hyphen for minus, no commas
    "locale": {"number": {"decimal": ".", "thousands": "", "grouping": [3], "currency": ["", ""], "minus": "-"}},
    "axis": {
        **_LABELS,
        "domain": False,
        "ticks": False,
        "labelPadding": 5,
        "labelFlush": False,
        "gridColor": INK,
        "gridOpacity": 0.22,
        "labelLimit": 150,
        "titleLimit": 1000,
        "tickCount": 5,
    },
    "axisBand": {"grid": False},
    "axisPoint": {"grid": False},
    "axisY": {"titleAlign": "left", "titleAnchor": "end", "titleAngle": 0, "titleX": 0, "titleY": -8},
    "header": {
        "labelColor": INK,
        "labelFontSize": 12,
        "labelFontWeight": 600,
        "labelAnchor": "start",
        "labelLimit": 1000,
        "title": None,
    },
    "legend": _LABELS,
    "text": {"color": INK, "fontSize": 11},
    "rule": {"color": INK},
    "title": {
        "anchor": "start",
        "frame": "bounds",
        "color": INK,
        "fontSize": TITLE_SIZE,
        "fontWeight": 600,
        "lineHeight": 18,
        "offset": 14,
        "limit": 2000,
        "subtitleColor": INK,
        "subtitleFontSize": TEXT_SIZE,
        "subtitleLineHeight": 15,
        "subtitlePadding": 6,
    },
}


def heading(finding: str, lines: list[str], width: float) -> alt.TitleParams:
    """Return the title of a chart: the finding, and below it what is seen, wrapped to the width of the panels.

    Parameters
    ----------
    finding : str
    lines : list of str
        Each begins a line of its own.
    width : float
        Of all panels, in pixels.
    """
    below = [part for line in lines if line for part in textwrap.wrap(line, int(width / TEXT_CHARACTER))]
    return alt.TitleParams(textwrap.wrap(finding, int(width / TITLE_CHARACTER)), subtitle=below)


def panel_title(text: str) -> alt.TitleParams:
    """Return the title of one panel of several, as the caterpillar's."""
    return alt.TitleParams(text, anchor="start", frame="group", fontSize=12, fontWeight=600, offset=6)


def panels_width(n_panels: int) -> int:
    """Return the width of so many panels beside each other, with the axes between them."""
    return min(n_panels, COLUMNS) * (PANEL_WIDTH + SPACING["column"]) + 40
