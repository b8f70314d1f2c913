"""The widget: one class for the explorer and each of its parts, told apart by the trait `view`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

import anywidget
import traitlets

from mixwidget.fit.fit import Fit
from mixwidget.views.caterpillar import level_names
from mixwidget.views.explorer import ExplorerView, explorer_view
from mixwidget.views.fixed_tests import FixedTestsView
from mixwidget.views.formula_in_r import formula_in_r
from mixwidget.widgets.cells import SHOWN
from mixwidget.widgets.fallback import fallback_html, fallback_text, wants_static
from mixwidget.widgets.history import Visit
from mixwidget.widgets.late_tests import LateTests
from mixwidget.widgets.messages import message
from mixwidget.widgets.session import Session
from mixwidget.widgets.snippets import snippets
from mixwidget.widgets.source import Source
from mixwidget.widgets.traits import fit_view

STATIC = Path(__file__).parents[1] / "static"
VIEWS = ("explorer", "table", "caterpillar", "picker")
WITH_PICKER = ("explorer", "picker")


class FitWidget(anywidget.AnyWidget):
    """A fit to look at and to change.

    Parameters
    ----------
    fit : Fit
    source : Source
        Data and refit.
    view : {"explorer", "table", "caterpillar", "picker"}
    theme : {"auto", "light", "dark"}
        "auto" follows the front end.
    path : sequence of Fit
        Fits from the richest structure downwards, `fit` among them, that the picker's ladder starts with.
    present : callable
        Makes of a fit what `fit` hands out.

    Attributes
    ----------
    fit : LmerModel
        The fit that is shown; ``widget.observe(f, "fit")`` calls ``f`` after each change, in the thread of the fit.
    formula : str
        Its formula.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
    >>> picker = fit.picker()
    >>> picker.observe(lambda change: print(change.new.aic), "fit")  # called after each click
    >>> picker.fit is fit
    True
    """

    # texts, not paths: a widget whose file anywidget watches is never let go
    _esm = (STATIC / "loader.js").read_text(encoding="utf-8")
    _css = (STATIC / "widget.css").read_text(encoding="utf-8")

    script = traitlets.Unicode((STATIC / "widget.js").read_text(encoding="utf-8")).tag(sync=True)
    view = traitlets.Enum(VIEWS, "explorer").tag(sync=True)
    theme = traitlets.Enum(("auto", "light", "dark"), "auto").tag(sync=True)
    fit_view = traitlets.Dict().tag(sync=True)
    tests = traitlets.Dict().tag(sync=True)
    asked = traitlets.Dict().tag(sync=True)
    levels = traitlets.Dict().tag(sync=True)
    structure = traitlets.Dict().tag(sync=True)
    ladder = traitlets.Dict().tag(sync=True)
    prior = traitlets.Dict().tag(sync=True)
    status = traitlets.Dict(message("idle", 0)).tag(sync=True)
    command = traitlets.Dict().tag(sync=True)
    formula = traitlets.Unicode(read_only=True).tag(sync=True)
    fit = traitlets.Any(read_only=True)

    def __init__(
        self,
        fit: Fit,
        source: Source,
        *,
        view: str = "explorer",
        theme: str = "auto",
        path: Sequence[Fit] = (),
        present: Callable[[Fit], Any] = lambda fit: fit,
    ) -> None:
        self._lock = threading.RLock()
        self._source = source
        self._current, self._present = fit, present
        self._views: WeakKeyDictionary[Fit, ExplorerView] = WeakKeyDictionary()
        self._keys: WeakValueDictionary[int, Fit] = WeakValueDictionary()
        self._last_key = -1  # a key is never used again, so that late tests find their own fit or none
        fits = tuple(path) or (fit,)
        place = next(i for i, step in enumerate(fits) if step is fit)
        self._late = LateTests(lambda key: key == self.fit_view.get("key"), self._tell_tests)
        self._session = self._session_of(fits, source, place) if view in WITH_PICKER else None
        first: dict[str, Any] = {"view": view, "theme": theme, **self._traits_of(fit, 0.0)}
        if self._session is not None:
            first |= {"structure": self._session.structure.to_dict(), "ladder": self._session.ladder()}
            first |= {"prior": self._session.prior()}
        super().__init__(**first)
        self.set_trait("formula", self.fit_view["formula"])
        self.set_trait("fit", present(fit))
        self.observe(self._obey, "command")
        self.observe(self._answer, "asked")

    def set_state(self, sync_data: Any) -> None:
        """Take a message of the browser; not while a fit is being shown from its own thread."""
        with self._lock:
            super().set_state(sync_data)

    def wait(self, seconds: float | None = None) -> bool:
        """Return whether the fit that was asked for is over after at most so many seconds."""
        return self._session is None or self._session.worker.wait(seconds)

    def close(self) -> None:
        """Stop what runs and leave the page."""
        if self._session is not None:
            self._session.worker.drop()
        if self.comm is not None:
            self._empty()
            self.layout.close()
        super().close()
        self._views.clear()
        self._session = None

    def __repr__(self) -> str:
        """Return the text that stands where no widget can be shown."""
        return fallback_text(self._view_of(self._current), self._current)

    @property
    def explorer_view(self) -> ExplorerView:
        """What is shown of the current fit, as plain data."""
        return self._view_of(self._current)

    def live(self, value: object = None, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the live widget as IPython wants it; nothing where scripts must not be relied on.

        Parameters
        ----------
        value : object
            What the cell displays, if that is not the widget itself.
        """
        live = None if wants_static() else super()._repr_mimebundle_(**kwargs)
        data, metadata = (dict(part) for part in live) if live is not None else ({}, {})
        SHOWN.show(self, value)
        return data, metadata

    def bundle(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the live widget, and beside it HTML and text for where it cannot run."""
        data, metadata = self.live(**kwargs)
        view = self._view_of(self._current)
        data["text/html"] = fallback_html(view, self._current, self.view)
        data["text/plain"] = fallback_text(view, self._current)
        return data, metadata

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return self.bundle(**kwargs)

    def _session_of(self, fits: Sequence[Fit], source: Source, place: int) -> Session:
        def prepare(visit: Visit) -> None:
            self._view_of(visit.fit, visit.seconds)

        return Session(fits, source, self._show, self._tell, lock=self._lock, prepare=prepare, place=place)

    def _obey(self, change: Any) -> None:
        if change["new"] and self._session is not None:
            self._session.obey(change["new"])

    def _empty(self) -> None:
        """Send nothing in the place of all that is large: JupyterLab keeps the models of widgets that are closed."""
        with self._lock:
            with self.hold_sync():
                self.script = ""
                self.fit_view = self.levels = self.structure = self.ladder = self.tests = {}
            self.status = message("closed", 0)  # a second change, since models keep what was before the last one too

    def _answer(self, change: Any) -> None:
        """Start on the tests that a view asks for."""
        fit = self._keys.get(change["new"].get("of"))
        if fit is not None:
            self._tell_tests(self._late.ask(change["new"]["of"], fit))

    def _tell_tests(self, tests: FixedTestsView) -> None:
        with self._lock:
            if tests.of == self.fit_view.get("key"):
                self.tests = tests.to_dict()

    def _tell(self, status: dict[str, object]) -> None:
        with self._lock:
            self.status = status

    def _show(self, visit: Visit, number: int) -> None:
        """Send all that changed in one message, then tell those who observe `fit`."""
        traits = self._traits_of(visit.fit, visit.seconds)
        with self._lock, self.hold_sync():
            self.set_trait("formula", traits["fit_view"]["formula"])
            for name, value in traits.items():
                setattr(self, name, value)
            if self._session is not None:
                self.ladder = self._session.ladder()
                self.prior = self._session.prior()
            self.status = message("idle", number)
        self._current = visit.fit
        self.set_trait("fit", self._present(visit.fit))

    def _traits_of(self, fit: Fit, seconds: float) -> dict[str, Any]:
        view = self._view_of(fit, seconds)
        source = self._source
        is_reml = view.method == "REML"
        code = snippets(
            view.formula,
            reml=is_reml,
            data=source.data,
            options=source.options,
            priors=fit.priors,
            r_formula=formula_in_r(fit),
        )
        key = self._key_of(fit)
        traits: dict[str, Any] = {
            "fit_view": fit_view(view, key, code).to_dict(),
            "tests": self._late.of(key, fit).to_dict(),
        }
        levels = level_names(fit)
        if any(self.levels.get(group) != names for group, names in levels.items()):
            traits["levels"] = {**self.levels, **levels}
        return traits

    def _key_of(self, fit: Fit) -> int:
        for key, known in self._keys.items():
            if known is fit:
                return key
        self._last_key += 1
        self._keys[self._last_key] = fit
        return self._last_key

    def _view_of(self, fit: Fit, seconds: float = 0.0) -> ExplorerView:
        """Return the view of a fit, made once, so that undo needs no arithmetic."""
        if fit not in self._views:
            self._views[fit] = explorer_view(fit, seconds=seconds)
        return self._views[fit]
