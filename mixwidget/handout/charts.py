"""Altair's own charts in a notebook's outputs, which ask the network for their script, as SVG."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import Any

VEGALITE = "application/vnd.vegalite."
_MARK = "vegaEmbed"
_START = "})("  # in altair's HTML the function that draws is called with the specification


def has_converter() -> bool:
    """Return whether vl-convert is there, which draws without a browser."""
    return find_spec("vl_convert") is not None


def chart_specification(data: Any, html: str) -> dict[str, Any] | None:
    """Return the Vega-Lite specification of an output, None where it is no chart.

    Parameters
    ----------
    data : mapping
        The mime bundle.
    html : str
        Its HTML.

    Examples
    --------
    >>> chart_specification({}, '<script>(function(spec, o){vegaEmbed(spec)})({"mark": "point"}, {});</script>')
    {'mark': 'point'}
    >>> chart_specification({}, "<p>no chart</p>") is None
    True
    """
    for kind, value in data.items():
        if kind.startswith(VEGALITE):
            return value if isinstance(value, dict) else json.loads(value)
    start = html.find(_START)
    if _MARK not in html or start < 0:
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(html, start + len(_START))
    except json.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def chart_svg(specification: dict[str, Any]) -> str:
    """Return a chart as SVG."""
    import vl_convert

    return vl_convert.vegalite_to_svg(json.dumps(specification))
