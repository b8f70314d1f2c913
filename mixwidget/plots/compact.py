"""A small SVG from the one that Vega writes: dots of one style become one path, names and roles of its scene go.

A picture is saved in every notebook and copy of it, and Vega spends 400 bytes on a point.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape
from itertools import groupby
from xml.etree.ElementTree import Element, fromstring

from mixwidget.plots.marks import Item, Kept, Path, items, short, tag

FONT = "system-ui, sans-serif"  # as in the caterpillar
SHADES = 6  # paths that share the dots of one see-through style: so many that overlap are darker than one
LETTER, BOLD_LETTER = 0.58, 0.64  # widths of a letter over the size of the font, in DejaVu Sans
LETTERS = 8  # of the hash that keeps names of one picture apart from those of others in the page
TEXT = ("font-size", "font-weight", "font-style", "text-anchor", "fill", "opacity", "fill-opacity")
IMAGE = ("width", "height", "href", "{http://www.w3.org/1999/xlink}href", "preserveAspectRatio", "opacity")


def compact(raw: str, words: str) -> str:
    """Return the same picture in fewer bytes.

    Parameters
    ----------
    raw : str
        SVG by Vega.
    words : str
        What a screen reader says of the picture.

    Returns
    -------
    str
        SVG whose bytes follow from the picture alone. A path of several dots has a title of as many lines.
    """
    root = fromstring(raw)  # noqa: S314  vl-convert wrote it a moment ago
    drawn = list(items(root))
    left, right = _sides(drawn, float(root.get("width", "0")))
    width, height = short(right - left), root.get("height", "")
    box = f'width="{width}" height="{height}" viewBox="{short(left)} 0 {width} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {box}'
    look = f'role="img" aria-label="{escape(words)}" font-family="{FONT}" font-size="11" stroke-linejoin="round"'
    body = "".join([*_definitions(root), *_svg(drawn)])
    return _with_own_names(f"{head} {look}>{body}</svg>")


def _sides(drawn: list[Item], width: float) -> tuple[float, float]:
    """Return the left and the right end of a picture, with room for texts in fonts wider than those that Vega knows."""
    left, right = 0.0, width
    for kept in drawn:
        if isinstance(kept, Path) or tag(kept.element) != "text" or "rotate" in kept.element.get("transform", ""):
            continue
        size = float(kept.element.get("font-size", "11").removesuffix("px"))
        longest = max(len(text) for text in (kept.element.text or "", *(part.text or "" for part in kept.element)))
        reach = longest * size * (BOLD_LETTER if kept.element.get("font-weight") else LETTER)
        before = {"end": 1.0, "middle": 0.5}.get(kept.element.get("text-anchor", ""), 0.0)
        left, right = min(left, kept.x - before * reach), max(right, kept.x + (1.0 - before) * reach)
    return math.floor(left), math.ceil(right)


def _definitions(root: Element) -> Iterator[str]:
    for element in root.iter():
        if tag(element) == "defs":
            yield _plain(element)


def _svg(drawn: Iterable[Item]) -> Iterator[str]:
    for _, run in groupby(drawn, _alike):
        alike = list(run)
        yield from (_kept(item) for item in alike if isinstance(item, Kept))
        paths = [item for item in alike if isinstance(item, Path)]
        if paths and _is_seen(paths[0]):
            yield f"<g{_style(paths[0])}>{''.join(map(_path, _joined(paths)))}</g>"


def _alike(item: Item) -> object:
    """Return what neighbours share that are drawn as one, or as a group."""
    return "kept" if isinstance(item, Kept) else (item.style, item.is_point, bool(item.tips))


def _joined(paths: list[Path]) -> list[Path]:
    """Return one path for all dots, or for all shapes without tips; several for dots that one sees through."""
    first = paths[0]
    if first.tips and not first.is_point:
        return paths
    n = min(SHADES, len(paths)) if first.is_point and {"opacity", "stroke-opacity"} & dict(first.style).keys() else 1
    shares = [paths[i::n] for i in range(n)]
    return [
        Path("".join(path.d for path in share), first.style, tuple(tip for path in share for tip in path.tips))
        for share in shares
    ]


def _is_seen(path: Path) -> bool:
    style = dict(path.style)
    return not {style.get("fill", "none"), style.get("stroke", "none")} <= {"none", "transparent"}


def _style(path: Path) -> str:
    given = {"fill": "none", **dict(path.style)}
    opacity = float(given.pop("opacity", "1"))  # of a group it would hide that its dots overlap
    for paint in ("fill", "stroke"):
        if given.get(paint, "none") != "none" and opacity < 1:
            given[f"{paint}-opacity"] = f"{opacity * float(given.get(f'{paint}-opacity', '1')):.3g}"
    return "".join(f' {name}="{value}"' for name, value in given.items() if _counts(name, value))


def _path(path: Path) -> str:
    if not path.tips:
        return f'<path d="{path.d}"/>'
    lines = "\n".join(escape(tip, quote=False) for tip in path.tips)
    return f'<path d="{path.d}"><title>{lines}</title></path>'


def _counts(name: str, value: str) -> bool:
    return (name, value) not in {("stroke-width", "1"), ("opacity", "1"), ("stroke", "none"), ("stroke-dasharray", "")}


def _kept(kept: Kept) -> str:
    element, place = kept.element, f"translate({short(kept.x)} {short(kept.y)})"
    match tag(element):
        case "text":
            turned = re.search(r"rotate\([^)]*\)", element.get("transform", ""))
            found = {name: value.removesuffix("px") for name in TEXT if (value := element.get(name))}
            found["transform"] = f"{place} {turned[0]}" if turned else place
            return f"<text{_attributes(found)}>{_words(element)}</text>"
        case "image":
            found = {name: value for name in IMAGE if (value := element.get(name))}
            found["href"] = found.pop(IMAGE[3], found.get("href", ""))
            return f"<image{_attributes(found | {'transform': place})}/>"
        case _:
            inside = "".join(_svg(items(element)))
            return f'<g clip-path="{element.get("clip-path")}" transform="{place}">{inside}</g>'


def _words(element: Element) -> str:
    lines = [f"<tspan{_attributes(part.attrib)}>{escape(part.text or '')}</tspan>" for part in element]
    return "".join([escape(element.text or ""), *lines])


def _attributes(values: dict[str, str]) -> str:
    defaults = {("font-size", "11"), ("text-anchor", "start"), ("opacity", "1")}
    return "".join(f' {name}="{escape(value)}"' for name, value in values.items() if (name, value) not in defaults)


def _plain(element: Element) -> str:
    """Return an element and what is in it without namespaces."""
    inside = "".join(_plain(child) for child in element)
    return f"<{tag(element)}{_attributes(element.attrib)}>{inside}</{tag(element)}>"


def _with_own_names(svg: str) -> str:
    """Return an SVG whose clips and gradients cannot be taken for those of another picture of the page."""
    own = sha256(svg.encode()).hexdigest()[:LETTERS]
    return re.sub(r'(\bid="|url\(#)', rf"\g<1>mw{own}-", svg)
