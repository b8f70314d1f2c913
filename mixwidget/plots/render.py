"""From an altair chart to its SVG, and from that to PNG and PDF, without a browser or a network, by vl-convert."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import altair as alt

from mixwidget.errors import OptionError
from mixwidget.plots.style import CONFIG, ON_PAPER

PNG_SCALE = 2.0  # two pixels for each unit of the chart: sharp on paper and on a projector


def can_convert() -> bool:
    """Return whether vl-convert is there: it has no wheel for musl, Windows on ARM and Pyodide."""
    return find_spec("vl_convert") is not None


def specification(chart: Any) -> dict[str, Any]:
    """Return the Vega-Lite specification of a chart in our look; what the chart itself configures stays.

    altair's limit of 5,000 rows is for charts that are sent to a browser with their data, which a picture is not.
    """
    with alt.data_transformers.enable("default", max_rows=None):
        found: dict[str, Any] = chart.to_dict()
    return {**found, "config": _merged(CONFIG, found.get("config", {}))}


def to_svg(chart: Any) -> str:
    """Return the SVG of a chart as vl-convert writes it."""
    import vl_convert

    return vl_convert.vegalite_to_svg(specification(chart), vl_version=_version())


def write_file(svg: str, path: str | Path) -> None:
    """Write a picture in the colours of white paper.

    Parameters
    ----------
    svg : str
    path : str or Path
        Ends in .svg, .png or .pdf.

    Raises
    ------
    OptionError
        If it ends otherwise.
    """
    import vl_convert

    printed = _on_paper(svg)
    match Path(path).suffix.lower():
        case ".svg":
            content = printed.encode()
        case ".png":
            content = vl_convert.svg_to_png(printed, scale=PNG_SCALE)
        case ".pdf":
            content = vl_convert.svg_to_pdf(printed)
        case suffix:
            raise OptionError(f"save: a picture is written as .svg, .png or .pdf, not as {suffix!r}")
    Path(path).write_bytes(content)


def _on_paper(svg: str) -> str:
    head, end, body = svg.partition(">")
    for tone, colour in ON_PAPER.items():
        body = body.replace(tone, colour)
    return f'{head}{end}<rect width="100%" height="100%" fill="#ffffff"/>{body}'


def _version() -> str | None:
    """Return the Vega-Lite that altair writes, or None for vl-convert's newest if it does not know that one."""
    import vl_convert

    wanted = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    return wanted if wanted in vl_convert.get_vegalite_versions() else None


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return one configuration over another, key by key."""
    both = {key: _merged(base[key], over[key]) for key in base if isinstance(base[key], dict) and key in over}
    return {**base, **over, **both}
