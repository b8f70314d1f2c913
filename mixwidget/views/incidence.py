"""Nested or crossed, as plain data: which levels meet, as many as can be seen, and the words and the term for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.design.incidence import Incidence
from mixwidget.views.formula_sum import backticked
from mixwidget.views.view import View

MAX_ACROSS, MAX_DOWN = 36, 20  # levels that are drawn
FEW_LEVELS = 6  # of fewer levels a standard deviation can hardly be estimated


@dataclass(frozen=True, slots=True)
class Cell(View):
    """Two levels that meet, and in how many rows."""

    across: str
    down: str
    n_rows: int


@dataclass(frozen=True, slots=True)
class IncidenceView(View):
    """The picture of two grouping factors.

    Attributes
    ----------
    kind : {"nested", "crossed", "partly crossed", "same"}
    sentence : str
        What the rows say.
    term : str
        What to write into the formula.
    caution : str
        What the rows cannot tell: whether labels are used again.
    new_level : str
        Fixed or random, by what changes for a level that is not in the data.
    across, down : str
        The factor whose levels stand side by side, and the one whose levels stand below each other.
    across_levels, down_levels : tuple of str
        Those that are drawn, in order.
    cells : tuple of Cell
    sampled : str
        Which levels are drawn, where there are too many.
    """

    kind: str
    sentence: str
    term: str
    caution: str
    new_level: str
    across: str
    down: str
    across_levels: tuple[str, ...]
    down_levels: tuple[str, ...]
    cells: tuple[Cell, ...]
    sampled: str


def incidence_view(found: Incidence) -> IncidenceView:
    """Return how two factors stand to each other; the one with fewer levels stands below.

    Parameters
    ----------
    found : Incidence
        Its first factor is the outer one, if labels of the second are used again in each of its levels.
    """
    kind = _kind(found)
    turned = found if len(found.first_levels) >= len(found.second_levels) else _swapped(found)
    across, down = _drawn(turned)
    keep = np.isin(turned.first_codes, across) & np.isin(turned.second_codes, down)
    cells = zip(turned.first_codes[keep], turned.second_codes[keep], turned.counts[keep], strict=True)
    return IncidenceView(
        kind,
        _sentence(found, kind),
        _term(found, kind),
        _caution(found, kind),
        _new_level(found),
        turned.first,
        turned.second,
        tuple(turned.first_levels[i] for i in across),
        tuple(turned.second_levels[j] for j in down),
        tuple(Cell(turned.first_levels[i], turned.second_levels[j], int(n)) for i, j, n in cells),
        _sampled(turned, len(across), len(down)),
    )


def _inner_and_outer(found: Incidence) -> tuple[str, str]:
    """Return the factor that is nested and the one it is nested in, or may be: the second in the first."""
    if found.crossing.first_in_second and not found.crossing.second_in_first:
        return found.first, found.second
    return found.second, found.first


def _swapped(found: Incidence) -> Incidence:
    return Incidence(
        found.second,
        found.first,
        found.second_levels,
        found.first_levels,
        found.second_codes,
        found.first_codes,
        found.counts,
        found.n_missing,
    )


def _kind(found: Incidence) -> str:
    crossing = found.crossing
    if crossing.is_same:
        return "same"
    if crossing.first_in_second or crossing.second_in_first:
        return "nested"
    return "crossed" if crossing.share == 1.0 else "partly crossed"


def _sentence(found: Incidence, kind: str) -> str:
    a, b, crossing = found.first, found.second, found.crossing
    n_a, n_b = crossing.n_first, crossing.n_second
    inner, outer = _inner_and_outer(found)
    n_outer, n_inner = sorted((n_a, n_b))
    text = {
        "same": f"The same groups: each {a} has one {b} and each {b} one {a}.",
        "nested": f"Nested: each of the {n_inner:,} levels of {inner} occurs in one of the {n_outer:,} levels of "
        f"{outer} only.",
        "crossed": f"Crossed: each of the {n_a:,} levels of {a} meets each of the {n_b:,} levels of {b}.",
        "partly crossed": f"Partly crossed: {crossing.n_cells:,} of {n_a * n_b:,} pairs of {a} and {b} occur, "
        f"{100.0 * crossing.share:.2g} %.",
    }[kind]
    missing = f" Rows that lack one of the two are left out: {found.n_missing:,}." if found.n_missing else ""
    return text + missing


def _term(found: Incidence, kind: str) -> str:
    inner, outer = map(backticked, _inner_and_outer(found))
    return {"same": f"(1 | {outer})", "nested": f"(1 | {outer}/{inner})"}.get(kind, _both(found))


def _both(found: Incidence) -> str:
    return f"(1 | {backticked(found.first)}) + (1 | {backticked(found.second)})"


def _caution(found: Incidence, kind: str) -> str:
    inner, outer = _inner_and_outer(found)
    if kind == "same":
        return f"One of the two is enough: {inner} and {outer} cannot be told apart."
    if kind == "nested":
        return f"Since no label of {inner} is used in two levels of {outer}, {_both(found)} is the same model."
    return (
        f"Rows cannot tell whether {found.second_levels[0]!r} of {inner} is the same one in each {outer}. If it is "
        f"another one in each, as pupil 1 of every school is, {inner} is nested: "
        f"write (1 | {backticked(outer)}/{backticked(inner)})."
    )


def _new_level(found: Incidence) -> str:
    sizes = {found.first: len(found.first_levels), found.second: len(found.second_levels)}
    inner, outer = _inner_and_outer(found)
    few = [name for name in (outer, inner) if sizes[name] < FEW_LEVELS]
    asked = next((name for name in (outer, inner) if name not in few), outer)
    return " ".join(
        [_random_or_fixed(asked, sizes[asked])]
        + [
            f"{name} has {sizes[name]} levels only, from which its standard deviation can hardly be estimated: "
            f"{name} as a fixed effect is the alternative."
            for name in few
        ]
    )


def _random_or_fixed(name: str, n_levels: int) -> str:
    return (
        f"Fixed or random? Ask what changes for a new {name}. As a random effect, {name} has a standard deviation: "
        f"it says how far a new one may lie from the average. As a fixed effect, it has {n_levels - 1:,} "
        f"coefficient{'' if n_levels == 2 else 's'}, one for each of these {n_levels:,} but the first, "
        "which say nothing about a new one."
    )


def _drawn(found: Incidence) -> tuple[list[int], list[int]]:
    """Return the levels that are drawn: evenly chosen ones below each other, and of those that they meet side by side.

    Side by side stand nested levels by the outer level that they are in, others in their own order.
    """
    down = _evenly(np.arange(len(found.second_levels)), MAX_DOWN)
    meets = np.isin(found.second_codes, down)
    if found.crossing.first_in_second:
        of_outer = [found.first_codes[found.second_codes == j] for j in down]
        share = max(1, MAX_ACROSS // len(down))
        n_all = sum(map(len, of_outer))
        across = np.concatenate([part if n_all <= MAX_ACROSS else part[:share] for part in of_outer])
        return across.tolist(), down.tolist()
    times = np.bincount(found.first_codes[meets], minlength=len(found.first_levels))
    candidates = np.flatnonzero(times)
    if len(candidates) > MAX_ACROSS:  # those that meet most of the others, so that there is something to be seen
        candidates = np.sort(candidates[np.argsort(-times[candidates], kind="stable")[:MAX_ACROSS]])
    return candidates.tolist(), down.tolist()


def _evenly(places: np.ndarray, most: int) -> np.ndarray:
    if len(places) <= most:
        return places
    return places[np.linspace(0, len(places) - 1, most).round().astype(int)]


def _sampled(found: Incidence, n_across: int, n_down: int) -> str:
    n_first, n_second = len(found.first_levels), len(found.second_levels)
    if (n_across, n_down) == (n_first, n_second):
        return ""
    rule = "as many in each" if found.crossing.first_in_second else "those that meet most of these"
    return (
        f"Drawn: {n_down} of {n_second:,} levels of {found.second}, evenly chosen, "
        f"and {n_across} of {n_first:,} levels of {found.first}, {rule}."
    )
