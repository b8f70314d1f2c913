"""The tests of the fixed effects that take long: computed in a thread of their own once somebody looks at the fit."""

from __future__ import annotations

import threading
from collections.abc import Callable

from mixwidget.fit.fit import Fit
from mixwidget.views.fixed_tests import FixedTestsView, fixed_tests_view, has_quick_tests, untested_view
from mixwidget.widgets.worker import HAS_THREADS


class LateTests:
    """The tests of each fit of a widget.

    Parameters
    ----------
    is_shown : callable
        Says whether the fit of a key is still the one that is shown; the tests of others wait until they are again.
    tell : callable
        Takes the tests that became ready; called in the thread that computed them.
    at_once : bool
        Whether all tests come with their fit: for pages that nobody looks at while they are made.
    threaded : bool
        False computes in `ask` itself.
    """

    def __init__(
        self,
        is_shown: Callable[[int], bool],
        tell: Callable[[FixedTestsView], None],
        *,
        at_once: bool = False,
        threaded: bool = HAS_THREADS,
    ) -> None:
        self._is_shown = is_shown
        self._tell = tell
        self._at_once = at_once
        self._threaded = threaded
        self._views: dict[int, FixedTestsView] = {}
        self._turn = threading.Lock()

    def of(self, key: int, fit: Fit) -> FixedTestsView:
        """Return the tests of a fit, or that they are still to come."""
        if key not in self._views:
            is_quick = self._at_once or has_quick_tests(fit)
            self._views[key] = _computed(key, fit) if is_quick else untested_view(fit, key, "waiting")
        return self._views[key]

    def ask(self, key: int, fit: Fit) -> FixedTestsView:
        """Start on the tests of a fit unless they are there or under way."""
        if self.of(key, fit).state != "waiting":
            return self._views[key]
        self._views[key] = untested_view(fit, key, "computing")
        if self._threaded:
            threading.Thread(target=self._run, args=(key, fit), daemon=True, name="mixwidget-tests").start()
        else:
            self._run(key, fit)
        return self._views[key]

    def _run(self, key: int, fit: Fit) -> None:
        with self._turn:
            if not self._is_shown(key):
                self._views[key] = untested_view(fit, key, "waiting")
                return
            self._views[key] = _computed(key, fit)
        self._tell(self._views[key])


def _computed(key: int, fit: Fit) -> FixedTestsView:
    try:
        return fixed_tests_view(fit, key)
    except Exception as error:  # noqa: BLE001  shown in the table; a thread has nobody else to tell
        return untested_view(fit, key, "failed", str(error))
