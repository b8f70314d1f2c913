"""The drawn marks of an SVG that Vega wrote, flat: one path at its place on the page, with its style and its tip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from xml.etree.ElementTree import Element

STYLE: Final = (
    *("fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap"),
    *("stroke-linejoin", "opacity"),
)
CIRCLE = re.compile(r"M([\d.e-]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0$")
STEP = re.compile(r"([MLHVCQAZmlhvcqaz])([^MLHVCQAZmlhvcqaz]*)")
NUMBER = re.compile(r"-?\d*\.?\d+(?:e[+-]?\d+)?")
SHIFT = re.compile(r"translate\(([^,)]+),([^)]+)\)")

# which of a command's numbers are x and which are y, for those that count from the page's corner
XY: Final = {"M": "xy", "L": "xy", "H": "x", "V": "y", "C": "xyxyxy", "Q": "xyxy", "A": "-----xy"}


@dataclass(frozen=True, slots=True)
class Path:
    """A path, or several of one style.

    Attributes
    ----------
    d : str
        With one decimal of a pixel.
    style : tuple of pairs
    tips : tuple of str
        What a pointer reads: one text for the path, or one for each of its points.
    is_point : bool
        Whether it is a dot, drawn as a line of no length with a round end.
    """

    d: str
    style: tuple[tuple[str, str], ...]
    tips: tuple[str, ...] = ()
    is_point: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What is no path: a text, an image, a group that clips; its element and where it stands."""

    element: Element
    x: float
    y: float


Item = Path | Kept


def tag(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def items(parent: Element, x: float = 0.0, y: float = 0.0) -> Iterator[Item]:
    """Yield what is drawn inside an element that stands at (x, y), in the order of painting."""
    for element in parent:
        if element.get("display") == "none":
            continue
        dx, dy = offset(element)
        at = x + dx, y + dy
        match tag(element):
            case "g" if element.get("clip-path") is None:
                yield from items(element, *at)
            case "line":
                yield _path(element, f"M0,0L{element.get('x2', '0')},{element.get('y2', '0')}", at)
            case "path" if element.get("d"):
                yield _path(element, element.get("d", ""), at)
            case "g" | "text" | "image":
                yield Kept(element, *at)
            case _:
                pass


def offset(element: Element) -> tuple[float, float]:
    """Return how far an element is shifted."""
    found = SHIFT.match(element.get("transform", ""))
    return (float(found[1]), float(found[2])) if found else (0.0, 0.0)


def short(value: float) -> str:
    """Return a length with one decimal, as few characters as it takes.

    Examples
    --------
    >>> short(12.04), short(-0.04), short(0.5)
    ('12', '0', '.5')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return {"-0": "0"}.get(text, text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text)


def _path(element: Element, d: str, at: tuple[float, float]) -> Path:
    style = tuple(
        (name, value)
        for name in STYLE
        if (value := element.get(name)) is not None and (name, value) != ("opacity", "1")
    )
    label = element.get("aria-label", "")
    made = Path(_moved(d, *at), style, (" ".join(label.split()),) if label else ())
    circle = CIRCLE.match(d)
    is_filled = element.get("stroke", "none") in ("none", "transparent")
    return _dot(made, float(circle[1]), at) if circle and is_filled else made


def _dot(made: Path, radius: float, at: tuple[float, float]) -> Path:
    style = {name: value for name, value in made.style if name not in ("fill", "fill-opacity", "stroke-width")}
    given = dict(made.style)
    style |= {"stroke": given.get("fill", "none"), "stroke-width": short(2 * radius), "stroke-linecap": "round"}
    if "fill-opacity" in given:
        style["stroke-opacity"] = given["fill-opacity"]
    return replace(made, d=f"M{short(at[0])} {short(at[1])}h0", style=tuple(sorted(style.items())), is_point=True)


def _moved(d: str, x: float, y: float) -> str:
    """Return a path at another place, with numbers of one decimal."""
    parts: list[str] = []
    for command, text in STEP.findall(d):
        axes = XY.get(command, "-" if command in "hv" else "-" * 8)
        numbers = [float(number) for number in NUMBER.findall(text)]
        shifts = [{"x": x, "y": y, "-": 0.0}[axes[i % len(axes)]] for i in range(len(numbers))]
        parts.append(command + " ".join(short(number + shift) for number, shift in zip(numbers, shifts, strict=True)))
    return "".join(parts).replace(" -", "-")
