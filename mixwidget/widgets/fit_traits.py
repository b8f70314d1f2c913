"""What a widget sends of each of its fits: the view, the tests, the names of the levels, each made once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

from mixwidget.fit.fit import Fit
from mixwidget.views.caterpillar import level_names
from mixwidget.views.explorer import ExplorerView, explorer_view
from mixwidget.views.fixed_tests import FixedTestsView
from mixwidget.views.formula_in_r import formula_in_r
from mixwidget.widgets.late_tests import LateTests
from mixwidget.widgets.snippets import call_of, snippets
from mixwidget.widgets.source import Source
from mixwidget.widgets.traits import FitView, fit_view


class FitTraits:
    """The fits of one widget as the browser is told of them.

    Parameters
    ----------
    source : Source
    is_shown : callable
        Says whether the fit of a key is the one that is shown.
    tell : callable
        Takes tests that became ready late.
    at_once : bool
        Whether all tests come with their fit.
    """

    def __init__(
        self,
        source: Source,
        is_shown: Callable[[int], bool],
        tell: Callable[[FixedTestsView], None],
        *,
        at_once: bool,
    ) -> None:
        self._source = source
        self._late = LateTests(is_shown, tell, at_once=at_once)
        self._views: WeakKeyDictionary[Fit, ExplorerView] = WeakKeyDictionary()
        self._keys: WeakValueDictionary[int, Fit] = WeakValueDictionary()
        self._last_key = -1  # a key is never used again, so that late tests find their own fit or none

    def of(self, fit: Fit, seconds: float, known: Mapping[str, list[str]]) -> dict[str, Any]:
        """Return the traits of a fit.

        Parameters
        ----------
        fit : Fit
        seconds : float
            How long it took.
        known : mapping of str to list of str
            The levels that the browser has; they are left out where all are among them.
        """
        shown, tests = self.views(fit, seconds)
        traits: dict[str, Any] = {"fit_view": shown.to_dict(), "tests": tests.to_dict()}
        levels = level_names(fit)
        if any(known.get(group) != names for group, names in levels.items()):
            traits["levels"] = {**known, **levels}
        return traits

    def views(self, fit: Fit, seconds: float = 0.0) -> tuple[FitView, FixedTestsView]:
        """Return a fit as it is shown, and its tests or that they are still to come."""
        view, key = self.view(fit, seconds), self.key(fit)
        return fit_view(view, key, self._snippets(view, fit)), self._late.of(key, fit)

    def key(self, fit: Fit) -> int:
        """Return the number that tells a fit apart."""
        for key, known in self._keys.items():
            if known is fit:
                return key
        self._last_key += 1
        self._keys[self._last_key] = fit
        return self._last_key

    def view(self, fit: Fit, seconds: float = 0.0) -> ExplorerView:
        """Return the view of a fit, made once, so that undo needs no arithmetic."""
        if fit not in self._views:
            self._views[fit] = explorer_view(fit, seconds=seconds)
        return self._views[fit]

    def tests(self, key: int, method: str | None = None) -> FixedTestsView | None:
        """Start on the tests of the fit of a key; return how far they are, None without such a fit."""
        fit = self._keys.get(key)
        return None if fit is None else self._late.ask(key, fit, method)

    def fit(self, key: int) -> Fit | None:
        """Return the fit of a key, None if it was let go of."""
        return self._keys.get(key)

    def forget(self, fit: Fit | None = None) -> None:
        """Let go of a fit that nobody steps back to, or of all."""
        if fit is None:
            self._views.clear()
        else:
            self._views.pop(fit, None)

    def _snippets(self, view: ExplorerView, fit: Fit) -> Any:
        return snippets(
            view.formula,
            call_of(fit),
            data=self._source.data,
            options=self._source.options,
            priors=fit.priors,
            r_formula=formula_in_r(fit),
        )
