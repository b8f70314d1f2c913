"""The output that holds a widget's twin: published once, rewritten when the widget has come to rest on another fit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from weakref import WeakMethod

from mixwidget.widgets.shell import publish
from mixwidget.widgets.threads import HAS_THREADS

# A dial that is turned shows a fit every few milliseconds: the twin follows when it stands still. Long enough for that,
# and shorter than a hand needs from a click to Ctrl+S.
PAUSE = 0.3


class TwinOutput:
    """One output of the notebook, shown by one cell or by several.

    Parameters
    ----------
    name : str
        Its display id.
    render : callable
        Makes its mime bundle, an empty one where nothing is left to show; called in a thread of its own.
    threaded : bool
        False rewrites it in `renew` itself.
    """

    def __init__(self, name: str, render: Callable[[], dict[str, str]], *, threaded: bool = HAS_THREADS) -> None:
        self._name = name
        self._render = render
        self._threaded = threaded
        self._guard, self._turn = threading.Lock(), threading.Lock()
        self._timer: threading.Timer | None = None
        self._is_shown = False

    def show(self) -> None:
        """Publish it below the running cell."""
        self._is_shown = True
        publish(self._render(), display_id=self._name)

    def renew(self) -> None:
        """Rewrite it soon; not at once, since the answer to the next click comes first."""
        if not self._is_shown:
            return
        if not self._threaded:
            self._rewrite()
            return
        with self._guard:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(PAUSE, _call, (WeakMethod(self._rewrite),))
            self._timer.name, self._timer.daemon = "mixwidget-twin", True
            self._timer.start()

    def wait(self, seconds: float | None = None) -> bool:
        """Return whether it is up to date after at most so many seconds."""
        timer = self._timer
        if timer is not None:
            timer.join(seconds)
        return timer is None or not timer.is_alive()

    def close(self) -> None:
        """Leave it as it is."""
        self._is_shown = False  # waits for nobody: who closes a widget may hold what a rewrite waits for
        with self._guard:
            if self._timer is not None:
                self._timer.cancel()

    def _rewrite(self) -> None:
        with self._turn:  # one after the other, so that the last one stays
            data = self._render() if self._is_shown else {}
            if data and self._is_shown:
                publish(data, display_id=self._name, update=True)


def _call(rewrite: WeakMethod[Callable[[], None]]) -> None:
    """Call a method of what still lives; ipykernel remembers threads that printed, and a timer what it was to call."""
    alive = rewrite()
    if alive is not None:
        alive()
