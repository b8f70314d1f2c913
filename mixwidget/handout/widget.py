"""A widget in a handout: its fits and those that its picker may need, packed for a page without a kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mixwidget.handout.offered import offered
from mixwidget.handout.page import page_bytes, widget_html
from mixwidget.handout.sizes import in_kb, structure_count
from mixwidget.handout.stored import stored_view
from mixwidget.handout.structures import choices_nearby, listed, nearby, room_for
from mixwidget.views.caterpillar import level_names
from mixwidget.widgets.fit_traits import FitTraits
from mixwidget.widgets.fit_widget import FitWidget
from mixwidget.widgets.history import Visit
from mixwidget.widgets.packed import pack
from mixwidget.widgets.session import Session
from mixwidget.widgets.twin import saved_state

Say = Callable[[str], object]
Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class HeldWidget:
    """A widget as HTML, and how many structures it holds."""

    html: str
    n_structures: int


def stored_widget(
    widget: FitWidget, name: str, structures: Sequence[Any] | None, say: Say, progress: Progress
) -> HeldWidget:
    """Return a widget for a page.

    Parameters
    ----------
    widget : FitWidget
    name : str
        Unique in the page.
    structures : sequence, optional
        What its picker holds beside what was visited.
    say : callable
        Takes what will be written, before anything is fitted.
    progress : callable
    """
    session = widget.session
    still = widget.still_html()
    if session is None:
        return HeldWidget(widget_html(name, still, saved_state(widget.state())), 1)
    visits = _visits(widget, session, structures, say, progress)
    state = _state(widget, session, visits, is_listed=structures is not None)
    return HeldWidget(widget_html(name, still, state), len(visits))


def nearby_state(widget: FitWidget, session: Session) -> tuple[dict[str, Any], int]:
    """Return the traits of a page's widget with what is visited or a click or two away, and how many those are.

    More structures than there is room for are not fitted.
    """
    visits = {_key(visit): visit for visit in session.history.visits}
    first = len(pack(_state(widget, session, [session.history.current], is_listed=False)))
    choices = choices_nearby(session)
    control = replace(widget.source.control, warn=False)
    for visit in nearby(session, choices[: room_for(first)], control, lambda _done, _total: None):
        visits.setdefault(_key(visit), visit)
    left_out = max(0, len(choices) - room_for(first))
    return _state(widget, session, list(visits.values()), is_listed=False), len(visits) + left_out


def _visits(
    widget: FitWidget, session: Session, structures: Sequence[Any] | None, say: Say, progress: Progress
) -> list[Visit]:
    """Return the visited structures and then the others that the file is to hold, each once."""
    visits = {_key(visit): visit for visit in session.history.visits}
    first = len(pack(_state(widget, session, [session.history.current], is_listed=False)))
    still = len(widget.still_html())
    control = replace(widget.source.control, warn=False)
    if structures is None:
        choices = choices_nearby(session)[: room_for(first)]
        say(_size(still, first, len(choices) + 1, "a click or two away"))
        found = nearby(session, choices, control, progress)
    else:
        say(_size(still, first, len(visits) + len(structures), "visited or listed"))
        found = listed(session, widget.source, structures, control)
    for visit in found:
        visits.setdefault(_key(visit), visit)
    return list(visits.values())


def _key(visit: Visit) -> tuple[Any, ...]:
    return visit.formula, visit.choice.reml, visit.choice.prior


def _size(still: int, first: int, n_structures: int, which: str) -> str:
    size = in_kb(page_bytes() + still + n_structures * first)
    return f"at most about {size}, with {structure_count(n_structures)} {which}"


def _state(widget: FitWidget, session: Session, visits: Sequence[Visit], *, is_listed: bool) -> dict[str, Any]:
    """Return the traits of a page's widget; structures that somebody listed stand in its ladder from the start."""
    history = session.history
    trail, place = (history.trail, history.place) if len(visits) > 1 else ((0,), 0)
    visited = range(len(visits)) if is_listed else sorted({*trail})
    traits = FitTraits(widget.source, lambda _key: True, lambda _tests: None, at_once=True)
    levels: dict[str, list[str]] = {}
    for visit in visits:
        levels |= level_names(visit.fit)
    return {
        **{name: getattr(widget, name) for name in ("view", "theme", "kind", "page")},
        "prior": {},
        "levels": levels,
        "structure": offered(session.structure, [visit.choice for visit in visits]).to_dict(),
        "stored": stored_view(visits, visited, trail, place, traits, widget.source.frame).to_dict(),
    }
