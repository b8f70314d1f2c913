"""The pictures of the data beside a fit: each computed in a thread of its own when a page asks for it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

from mixwidget.errors import OptionError
from mixwidget.fit.fit import Fit
from mixwidget.fit.rows_for import rows_for
from mixwidget.inference.lines_request import lines_request
from mixwidget.inference.pooling_plane import ShrinkageRequest
from mixwidget.views.effects import effects_view
from mixwidget.views.explanations import explanations_view
from mixwidget.views.lines import lines_view
from mixwidget.views.shrinkage import shrinkage_view
from mixwidget.views.view import View
from mixwidget.widgets.threads import HAS_THREADS
from mixwidget.widgets.traits import Asked, Late, LateState

# Makes a picture of a fit, the rows of the data with all their columns, and what the page wants of it.
Maker = Callable[[Fit, Any, Mapping[str, Any]], View]

PICTURES: dict[str, Maker] = {
    "effects": lambda fit, _frame, options: effects_view(fit, options),
    "lines": lambda fit, _frame, options: lines_view(fit, lines_request(options)),
    "shrinkage": lambda fit, _frame, options: shrinkage_view(fit, ShrinkageRequest(**options)),
    "words": lambda fit, _frame, _options: explanations_view(fit),
}


class LatePictures:
    """The pictures of the fits of one widget.

    Parameters
    ----------
    frame : DataFrame
        The rows that are fitted, with all columns of the data.
    is_shown : callable
        Says whether the fit of a key is still the one that is shown; nothing is computed for others.
    tell : callable
        Takes the name of a picture and what became of it; called in the thread that computed it.
    threaded : bool
        False computes in `ask` itself.
    """

    def __init__(
        self,
        frame: Any,
        is_shown: Callable[[int], bool],
        tell: Callable[[str, dict[str, Any]], None],
        *,
        threaded: bool = HAS_THREADS,
    ) -> None:
        self._frame = frame
        self._is_shown = is_shown
        self._tell = tell
        self._threaded = threaded
        self._made: dict[str, dict[str, Any]] = {}
        self._latest: dict[str, Asked] = {}
        self._turn = threading.Lock()

    def ask(self, asked: Asked, fit: Fit) -> dict[str, Any]:
        """Return a picture that was made before, or start on it and return that it is under way.

        Raises
        ------
        OptionError
            If there is no such picture.
        """
        if asked.what not in PICTURES:
            raise OptionError(f"there is no picture {asked.what!r}; there are {', '.join(PICTURES)}")
        self._latest[asked.what] = asked
        made = self._made.get(_name(asked))
        if made is not None:
            return made
        if not self._threaded:
            return self._computed(asked, fit)
        threading.Thread(target=self._run, args=(asked, fit), daemon=True, name="mixwidget-pictures").start()
        return _answer(asked, "computing")

    def made(self, key: int) -> dict[str, list[dict[str, Any]]]:
        """Return the pictures of a fit that were asked for so far, those of the plain question first."""
        found: dict[str, list[dict[str, Any]]] = {}
        for name, answer in list(self._made.items()):
            what, of, options = json.loads(name)
            if of == key:
                others = found.setdefault(what, [])
                others.insert(len(others) if options else 0, answer)
        return found

    def forget(self) -> None:
        """Let go of all pictures."""
        self._made.clear()

    def _run(self, asked: Asked, fit: Fit) -> None:
        with self._turn:
            if self._latest[asked.what] is not asked or not self._is_shown(asked.of):
                return
            answer = self._computed(asked, fit)
        if self._latest[asked.what] is asked:
            self._tell(asked.what, answer)

    def _computed(self, asked: Asked, fit: Fit) -> dict[str, Any]:
        try:
            with rows_for(asked.what):
                view = PICTURES[asked.what](fit, self._frame, asked.options)
        except Exception as error:  # noqa: BLE001  shown in the place of the picture; a thread has nobody else to tell
            return _answer(asked, "failed", str(error))
        self._made[_name(asked)] = answer = ready(asked, view)
        return answer


def ready(asked: Asked, view: View) -> dict[str, Any]:
    """Return a picture as the page gets it."""
    return _answer(asked, "ready") | {"view": view.to_dict()}


def _name(asked: Asked) -> str:
    return json.dumps([asked.what, asked.of, asked.options], sort_keys=True)


def _answer(asked: Asked, state: LateState, message: str = "") -> dict[str, Any]:
    return Late(asked.of, state, message, dict(asked.options)).to_dict() | {"view": None}
