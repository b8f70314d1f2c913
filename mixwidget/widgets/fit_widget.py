"""The widget: one class for the explorer and each of its parts, told apart by the trait `view`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import traitlets

from mixwidget.errors import OptionError
from mixwidget.fit.fit import Fit
from mixwidget.views.explorer import ExplorerView
from mixwidget.views.fixed_tests import FixedTestsView
from mixwidget.views.formula_text import formula_text
from mixwidget.widgets.fallback import fallback_html, fallback_text
from mixwidget.widgets.fit_traits import FitTraits
from mixwidget.widgets.history import Visit
from mixwidget.widgets.labels import LABELS
from mixwidget.widgets.messages import message
from mixwidget.widgets.names import NotebookName
from mixwidget.widgets.pictures import PICTURES, LatePictures
from mixwidget.widgets.saved_widget import SavedWidget
from mixwidget.widgets.session import Session
from mixwidget.widgets.shell import in_kernel, in_marimo, is_watched
from mixwidget.widgets.source import Source
from mixwidget.widgets.static_files import static_text
from mixwidget.widgets.traits import Asked, FitView, HeldView, asked_from_json
from mixwidget.widgets.twin import STATE, twin_html
from mixwidget.widgets.twin_output import TwinOutput
from mixwidget.widgets.with_pages import WithPages

KINDS = ("modes", "ridges")
VIEWS = ("explorer", "table", "caterpillar", "picker", "lines", "shrinkage")
WITH_PICKER = ("explorer", "picker")
WITH_TESTS = ("explorer", "table")
NOBODY, UNUSED = -1, "unused"  # key and words of a name that holds no fit yet
Shown = tuple[FitView, FixedTestsView, dict[str, list[dict[str, Any]]]]
MARIMO_SECONDS = 1.0  # most fits are over by then; of the others marimo hears when the page has drawn them


class FitWidget(WithPages, SavedWidget):
    """A fit to look at and to change.

    Parameters
    ----------
    fit : Fit
    source : Source
        Data and refit.
    view : {"explorer", "table", "caterpillar", "picker", "lines", "shrinkage"}
    theme : {"auto", "light", "dark"}
        "auto" follows the front end.
    kind : {"modes", "ridges"}
        What the caterpillar plot shows first.
    path : sequence of Fit
        Fits from the richest structure downwards, `fit` among them, that the picker's ladder starts with.
    present : callable
        Makes of a fit what `fit` hands out.
    name : NotebookName, optional
        The variable that holds the first fit, for the button that lets it hold the one that is shown.
    begin : mapping
        Traits that are there from the start: a picture that was computed already.

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

    view = traitlets.Enum(VIEWS, "explorer").tag(sync=True)
    kind = traitlets.Enum(KINDS, "modes").tag(sync=True)
    page = traitlets.Unicode().tag(sync=True)  # the label of the tab that is in front; the first one where it is empty
    fit_view = traitlets.Dict().tag(sync=True)
    tests = traitlets.Dict().tag(sync=True)
    asked = traitlets.Dict().tag(sync=True)  # the last question of each kind, since a page may send several as one
    wanted = traitlets.Dict().tag(sync=True)  # what a picture shows first
    lines = traitlets.Dict().tag(sync=True)
    shrinkage = traitlets.Dict().tag(sync=True)
    effects = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    levels = traitlets.Dict().tag(sync=True)
    structure = traitlets.Dict().tag(sync=True)
    ladder = traitlets.Dict().tag(sync=True)
    prior = traitlets.Dict().tag(sync=True)
    status = traitlets.Dict(message("idle", 0)).tag(sync=True)
    command = traitlets.Dict().tag(sync=True)
    held = traitlets.Dict().tag(sync=True)
    # the key of the fit that the page has drawn, where somebody waits for it; else None
    seen = traitlets.Int(None, allow_none=True).tag(sync=True)
    formula = traitlets.Unicode(read_only=True).tag(sync=True)
    fit = traitlets.Any(read_only=True)
    _saved = STATE  # the traits that the twin holds

    def __init__(
        self,
        fit: Fit,
        source: Source,
        *,
        view: str = "explorer",
        theme: str = "auto",
        kind: str = "modes",
        path: Sequence[Fit] = (),
        present: Callable[[Fit], Any] = lambda fit: fit,
        name: NotebookName | None = None,
        begin: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self._lock = threading.RLock()
        self._current, self._present = fit, present
        self._model = present(fit)
        self._name = name
        self.source = source
        # whoever opens a page that was made without a look can ask nobody for the tests
        at_once = in_kernel() and not is_watched() and view in WITH_TESTS
        self._fits = FitTraits(source, self._is_shown, self._tell_tests, at_once=at_once)
        fits = tuple(path) or (fit,)
        place = next(i for i, step in enumerate(fits) if step is fit)
        self._pictures = LatePictures(source.frame, self._is_shown, self._tell_picture)
        self.session = self._session_of(fits, source, place) if view in WITH_PICKER else None
        first: dict[str, Any] = {"view": view, "theme": theme, "kind": kind, **self._fits.of(fit, 0.0, {})}
        if self.session is not None:
            first |= {"structure": self.session.structure.to_dict(), "ladder": self.session.ladder()}
            first |= {"prior": self.session.prior(), "held": self._held()}
        label = LABELS.next()
        super().__init__(**first, **begin, twin=label or "", seen=-1 if in_marimo() else None, model_id=label)
        self._twin = TwinOutput(self.model_id, self.still)
        self.set_trait("formula", self.fit_view["formula"])
        self.set_trait("fit", self._model)
        self.observe(self._obey, "command")
        self.observe(self._answer, "asked")
        self.observe(lambda _change: self._twin.renew(), "page")

    def set_state(self, sync_data: Any) -> None:
        """Take a message of the browser; not while a fit is being shown from its own thread."""
        with self._lock:
            super().set_state(sync_data)
        if "command" in sync_data and in_marimo():  # the cells that depend on the widget run when this returns
            self.wait(MARIMO_SECONDS)

    def wait(self, seconds: float | None = None) -> bool:
        """Return whether the fit that was asked for is over, and saved, after at most so many seconds."""
        return (self.session is None or self.session.worker.wait(seconds)) and self._twin.wait(seconds)

    def close(self) -> None:
        """Stop what runs and leave the page."""
        if self.session is not None:
            self.session.worker.drop()
        self._twin.close()
        if self.comm is not None:
            self._empty()
            self.layout.close()
        super().close()
        self._fits.forget()
        self._pictures.forget()
        self.session = None

    def __repr__(self) -> str:
        """Return the text that stands where no widget can be shown."""
        return fallback_text(*self._shown())

    def still_bundle(self) -> dict[str, str]:
        """Return HTML without script, and text."""
        shown = self._shown()
        return {"text/html": fallback_html(*shown), "text/plain": fallback_text(*shown)}

    def _session_of(self, fits: Sequence[Fit], source: Source, place: int) -> Session:
        def prepare(visit: Visit) -> None:
            self._fits.view(visit.fit, visit.seconds)

        answers = (self._show, self._tell, self._hold)
        return Session(fits, source, *answers, lock=self._lock, prepare=prepare, place=place)

    def _obey(self, change: Any) -> None:
        if change["new"] and self.session is not None:
            self.session.obey(change["new"])

    def _hold(self) -> None:
        """Let the notebook's name hold the fit that is shown; a name that means something else by now is let go."""
        if self._name is None:
            raise OptionError("no name of the notebook holds this fit; copy the code instead")
        also: tuple[str, ...] = ()
        try:
            also = self._name.give(self._model)
        except OptionError:
            self._name = None
            raise
        finally:
            self.held = self._held(also)

    def _held(self, also: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return what the notebook's name holds, ready for the browser; empty without a name."""
        if self._name is None:
            return {}
        fit = getattr(self._name.model, "fit", None)
        if not isinstance(fit, Fit):
            return HeldView(self._name.name, UNUSED, NOBODY, also).to_dict()
        formula, key = formula_text(fit.design.formula.text), self._fits.key(fit)
        return HeldView(self._name.name, formula, key, also).to_dict()

    def still(self, name: str = "") -> dict[str, str]:
        """Return the twin, and text for where no HTML is shown; nothing of a widget that was closed.

        Parameters
        ----------
        name : str
            Of the widget whose live view hides the twin; this one unless given.
        """
        with self._lock:
            if not self.fit_view:
                return {}
            shown, state = self._shown(), self.state()
        return {
            "text/html": twin_html(name or self.model_id, fallback_html(*shown), state, self.kept),
            "text/plain": fallback_text(*shown),
        }

    def shown_of(self, visit: Visit) -> Shown:
        """Return what was shown of a structure, and the pictures of it that were looked at."""
        with self._lock:
            views = self._fits.views(visit.fit, visit.seconds)
            return *views, self._pictures.made(self._fits.key(visit.fit))

    def _shown(self) -> tuple[ExplorerView, Fit, str, dict[str, Any]]:
        return self._fits.view(self._current), self._current, self.view, self.wanted

    def _empty(self) -> None:
        """Send nothing in the place of all that is large: JupyterLab keeps the models of widgets that are closed."""
        with self._lock:
            with self.hold_sync():
                self.script = self.pictures = ""
                self.fit_view = self.levels = self.structure = self.ladder = self.tests = {}
                for name in PICTURES:
                    setattr(self, name, {})
            self.status = message("closed", 0)  # a second change, since models keep what was before the last one too

    def _answer(self, change: Any) -> None:
        """Start on what a view asks for: the tests, a picture, the script that draws pictures."""
        for what, question in change["new"].items():
            if question != change["old"].get(what):
                self._reply(asked_from_json(question))

    def _reply(self, asked: Asked) -> None:
        if asked.what == "pictures":
            self.pictures = static_text("pictures.js")
        elif asked.what == "tests":
            tests = self._fits.tests(asked.of, asked.method)
            if tests is not None:
                self._tell_tests(tests)
        elif (fit := self._fits.fit(asked.of)) is not None:
            self._tell_picture(asked.what, self._pictures.ask(asked, fit))

    def _tell_picture(self, name: str, answer: dict[str, Any]) -> None:
        with self._lock:
            if self._is_shown(answer["of"]):
                setattr(self, name, answer)
        self._twin.renew()

    def _is_shown(self, key: int) -> bool:
        return key == self.fit_view.get("key")

    def _tell_tests(self, tests: FixedTestsView) -> None:
        with self._lock:
            if self._is_shown(tests.of):
                self.tests = tests.to_dict()
        self._twin.renew()

    def _tell(self, status: dict[str, object]) -> None:
        with self._lock:
            self.status = status

    def _show(self, visit: Visit, number: int) -> None:
        """Send all that changed in one message, then tell those who observe `fit`."""
        traits = self._fits.of(visit.fit, visit.seconds, self.levels)
        with self._lock, self.hold_sync():
            self.set_trait("formula", traits["fit_view"]["formula"])
            for name, value in traits.items():
                setattr(self, name, value)
            if self.session is not None:
                self.ladder = self.session.ladder()
                self.prior = self.session.prior()
            self.status = message("idle", number)
            self._current, self._model = visit.fit, self._present(visit.fit)
        self.set_trait("fit", self._model)
        self._twin.renew()
