"""What a saved widget keeps for a page without a kernel: the structures that its picker can be clicked to there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mixwidget.fit.fit import Fit
from mixwidget.handout.offered import offered
from mixwidget.handout.sizes import in_kb, structure_count, structures_in_words
from mixwidget.handout.stored import MISSING, StoredFit, StoredView, stored_fit
from mixwidget.handout.structures import MOST_BYTES
from mixwidget.handout.widget import nearby_state
from mixwidget.views.ladder import ladder_view
from mixwidget.widgets.fit_widget import FitWidget, Shown
from mixwidget.widgets.history import Visit
from mixwidget.widgets.pictures import PICTURES
from mixwidget.widgets.session import Session
from mixwidget.widgets.twin import MAX_BYTES, UNDER_WAY, UNTESTED, n_bytes

SETTING, NEARBY = "MIXWIDGET_STRUCTURES", "nearby"
UNSEEN = "This picture was not looked at in the notebook."
HINT = "It holds the {} that the notebook was saved with; any other can be fitted where mixwidget is installed."

Seen = tuple[Visit, Shown]


def kept_state(widget: FitWidget) -> dict[str, Any]:
    """Return the traits that a page needs for clicks without a kernel, and how many structures they hold, in words.

    With the setting ``MIXWIDGET_STRUCTURES=nearby`` they are those that one or two clicks lead to, fitted now. Without
    it nothing is computed: they are those that were visited, of which the latest come first where all take too much.

    Parameters
    ----------
    widget : FitWidget
        One with a picker.
    """
    session = widget.session
    if session is None:
        return {}
    if os.environ.get(SETTING) == NEARBY:
        state, n_found = nearby_state(widget, session)
        holds = structure_count(len(state["stored"]["fits"]))
        more = f" of {n_found}, since a picker holds about {in_kb(MOST_BYTES)}"
        return {
            "stored": state["stored"],
            "offered": state["structure"],
            "levels": state["levels"],
            "holds": holds + (more if len(state["stored"]["fits"]) < n_found else ""),
        }
    seen = _latest(widget, session)
    structure = offered(session.structure, [visit.choice for visit, _ in seen])
    view = _visited(session, seen)
    return {"stored": view.to_dict(), "offered": structure.to_dict(), "holds": structure_count(len(seen))}


def _latest(widget: FitWidget, session: Session) -> list[Seen]:
    """Return the structures that were visited, in that order, as many of the latest as there is room for."""
    history = session.history
    kept: dict[int, Seen] = {}
    room = MAX_BYTES
    for key in dict.fromkeys([history.key, *reversed(history.trail), *range(len(history.visits))]):
        visit = history.visits[key]
        shown = widget.shown_of(visit)
        room -= n_bytes([shown[0].to_dict(), shown[2]])
        if room < 0 and kept:
            break
        kept[key] = visit, shown
    return [kept[key] for key in sorted(kept)]


def _visited(session: Session, seen: Sequence[Seen]) -> StoredView:
    """Return what the browser needs to step between fits that were seen; nothing is computed for it."""
    history = session.history
    visits = [visit for visit, _ in seen]
    fits = [visit.fit for visit in visits]
    is_whole = len(visits) == len(history.visits)
    return StoredView(
        tuple(_stored(key, fits, *pair) for key, pair in enumerate(seen)),
        tuple(rung.key for rung in ladder_view(fits)),
        tuple(range(len(visits))),
        history.trail if is_whole else (visits.index(history.current),),
        history.place if is_whole else 0,
        tuple(PICTURES),
        MISSING,
        HINT.format(structures_in_words(len(visits))),
        UNSEEN,
    )


def _stored(key: int, fits: Sequence[Fit], visit: Visit, shown: Shown) -> StoredFit:
    fit_view, tests, pictures = shown
    if tests.state in UNDER_WAY:
        tests = replace(tests, state="waiting", message=UNTESTED)
    of_key = {name: [answer | {"of": key} for answer in answers] for name, answers in pictures.items()}
    return stored_fit(key, visit, fits, (replace(fit_view, key=key, seconds=0.0), replace(tests, of=key), of_key))
