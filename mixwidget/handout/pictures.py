"""The pictures of a fit that a handout holds: what a page may ask for, answered when the file is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import permutations
from typing import Any

from mixwidget.fit.fit import Fit
from mixwidget.widgets.packed import pack
from mixwidget.widgets.pictures import PICTURES, LatePictures
from mixwidget.widgets.traits import Asked

MOST_BYTES = 210_000  # of all pictures of a widget, packed: 4 structures of 3,000 levels with the lines of 200
MOST_PAIRED = 3  # variables: of more, the effect of each is held, and none by another one

Options = dict[str, Any]


def stored_pictures(key: int, fit: Fit, frame: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the answers to what a page can ask of a fit, the one to the plain question first.

    Parameters
    ----------
    key : int
        Of the fit.
    fit : Fit
    frame : DataFrame
        The rows that are fitted, with all columns of the data.
    """
    late = LatePictures(frame, lambda _key: True, lambda _name, _answer: None, threaded=False)

    def answer(name: str, options: Options) -> dict[str, Any]:
        return late.ask(Asked(name, key, 0.0, options), fit)

    found: dict[str, list[dict[str, Any]]] = {}
    for name in PICTURES:
        plain = answer(name, {})
        more = _OPTIONS.get(name, _none)(plain["view"]) if plain["state"] == "ready" else []
        found[name] = [plain, *(answer(name, options) for options in more)]
    return found


def with_room(pictures: Sequence[dict[str, Any]], *, first: int) -> list[dict[str, Any]]:
    """Return the pictures of each fit without those that would make the file too large.

    Parameters
    ----------
    pictures : sequence of dict
        Of each fit, as `stored_pictures` gives them.
    first : int
        The fit whose pictures matter most: the one that is shown when the page opens.
    """
    kept: list[dict[str, Any]] = [{} for _ in pictures]
    for key in sorted(range(len(pictures)), key=lambda key: (key != first, key)):
        whole = pictures[key]
        for found in (whole, *({name: answers} for name, answers in whole.items())):
            if found.keys() <= kept[key].keys():
                continue
            if len(pack([*kept, found])) <= MOST_BYTES:
                kept[key] |= found
    return kept


def _none(_view: Mapping[str, Any]) -> list[Options]:
    return []


def _of_effects(view: Mapping[str, Any]) -> list[Options]:
    """Return each variable alone, and by each other one where there are few."""
    names: Sequence[str] = view["variables"]
    pairs = permutations(names, 2) if len(names) <= MOST_PAIRED else ()
    return [*({"of": name} for name in names), *({"of": of, "by": by} for of, by in pairs)]


_OPTIONS: dict[str, Callable[[Mapping[str, Any]], list[Options]]] = {"effects": _of_effects}
