"""What the static SVGs have in common: their inks, the page that they stand on, the words on it."""

from __future__ import annotations

from html import escape

INK, QUIET, LINE, ACCENT = "#1c2127", "#535c68", "#d5dae1", "#0b5cad"
GROUND, PANEL_GROUND = "#ffffff", "#f8f9fb"


def svg_page(width: float, height: float, pieces: list[str]) -> str:
    """Return an SVG of a size in pixels, its pieces on a ground of one colour.

    Examples
    --------
    >>> svg_page(20, 10, [])[-55:]
    '<rect width="100%" height="100%" fill="#ffffff"/></svg>'
    """
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    font = f'font-family="system-ui, sans-serif" font-size="11" fill="{INK}"'
    ground = f'<rect width="100%" height="100%" fill="{GROUND}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>{ground}{"".join(pieces)}</svg>'


def svg_text(x: float, y: float, text: str, colour: str = INK, anchor: str = "start") -> str:
    """Return words at a place, nothing for none; the anchor says which end of them stands there."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>' if text else ""
