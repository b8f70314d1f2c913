"""The tests of the fixed effects that take long: computed in a thread of their own once somebody looks at the fit."""

from __future__ import annotations

import threading
from collections.abc import Callable

from mixwidget.fit.fit import Fit
from mixwidget.views.fixed_tests import FixedTestsView, fixed_tests_view, has_quick_tests, methods_of, untested_view
from mixwidget.widgets.threads import HAS_THREADS


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
        self._method = ""  # the usual one, until a page asks for another
        self._views: dict[tuple[int, str], FixedTestsView] = {}
        self._turn = threading.Lock()

    def of(self, key: int, fit: Fit) -> FixedTestsView:
        """Return the tests of a fit by the method that is chosen, or that they are still to come."""
        method = self._method
        if (key, method) not in self._views:
            is_quick = not method and (self._at_once or has_quick_tests(fit))
            made = _computed(key, fit, method) if is_quick else untested_view(fit, key, "waiting", method=method)
            self._views[key, method] = made
        return self._views[key, method]

    def ask(self, key: int, fit: Fit, method: str | None = None) -> FixedTestsView:
        """Start on the tests of a fit unless they are there or under way.

        Parameters
        ----------
        key : int
        fit : Fit
        method : str, optional
            One that the kind of model has; for this fit and those after it.
        """
        if method is not None:
            offered = methods_of(fit)
            self._method = "" if method not in [one.value for one in offered[1:]] else method
        if self.of(key, fit).state != "waiting":
            return self.of(key, fit)
        self._views[key, self._method] = untested_view(fit, key, "computing", method=self._method)
        if self._threaded:
            arguments = (key, fit, self._method)
            threading.Thread(target=self._run, args=arguments, daemon=True, name="mixwidget-tests").start()
        else:
            self._run(key, fit, self._method)
        return self.of(key, fit)

    def _run(self, key: int, fit: Fit, method: str) -> None:
        with self._turn:
            if not self._is_shown(key):
                self._views[key, method] = untested_view(fit, key, "waiting", method=method)
                return
            self._views[key, method] = _computed(key, fit, method)
        if method == self._method:
            self._tell(self._views[key, method])


def _computed(key: int, fit: Fit, method: str) -> FixedTestsView:
    try:
        return fixed_tests_view(fit, key, method)
    except Exception as error:  # noqa: BLE001  shown in the table; a thread has nobody else to tell
        return untested_view(fit, key, "failed", str(error), method)
