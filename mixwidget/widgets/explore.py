"""The widget that starts from a data frame: choose a model by clicks or as text, and fit it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import anywidget
import traitlets

from mixwidget.control import Control
from mixwidget.errors import Diagnostic, FitCancelled
from mixwidget.widgets.draft import Draft, ModelRequest
from mixwidget.widgets.draft_moves import moved
from mixwidget.widgets.draft_view import draft_view
from mixwidget.widgets.explore_command import ExploreCommand, command_of
from mixwidget.widgets.explore_still import still_html, still_text
from mixwidget.widgets.explore_view import CheckView, ExploreView, check_view, failed_check
from mixwidget.widgets.fit_widget import FitWidget
from mixwidget.widgets.frame_source import FrameSource
from mixwidget.widgets.labels import LABELS
from mixwidget.widgets.messages import message, message_of
from mixwidget.widgets.names import NotebookName
from mixwidget.widgets.refit import widget
from mixwidget.widgets.saved_widget import SavedWidget
from mixwidget.widgets.shell import in_marimo
from mixwidget.widgets.static_files import static_text
from mixwidget.widgets.threads import opening_threads
from mixwidget.widgets.twin import still_twin
from mixwidget.widgets.twin_output import TwinOutput
from mixwidget.widgets.worker import FitWorker, Outcome, ShouldStop


@dataclass(frozen=True, slots=True)
class Maker:
    """What makes a model of a request, and looks at it before.

    Attributes
    ----------
    fit : callable
        Takes a request and a `Control` that it polls, returns a model.
    check : callable
        Takes a request, returns the findings about its design.
    """

    fit: Callable[[ModelRequest, Control], Any]
    check: Callable[[ModelRequest], Sequence[Diagnostic]]


class ExploreWidget(SavedWidget):
    """A model of a data frame, chosen by clicks or as text, and the explorer of its fit.

    Parameters
    ----------
    source : FrameSource
    maker : Maker
    draft : Draft
        What is chosen at first.
    theme : {"auto", "light", "dark"}
    name : NotebookName, optional
        The variable that the button "Use as ..." lets hold the fit.

    Attributes
    ----------
    formula : str
        The formula as it is chosen.
    fit : MixedModel or None
        The fit that is shown; ``widget.observe(f, "fit")`` calls ``f`` after each change.

    Examples
    --------
    >>> import mixwidget as mw
    >>> start = mw.explore(mw.load_dataset("sleepstudy"))
    >>> start.write("Reaction ~ Days + (Days | Subject)")
    >>> round(start.run().sigma, 2)
    25.59
    """

    view = traitlets.Unicode("explore").tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)
    explore = traitlets.Dict().tag(sync=True)
    status = traitlets.Dict(message("idle", 0)).tag(sync=True)
    command = traitlets.Dict().tag(sync=True)
    fitted = anywidget.WidgetTrait().tag(sync=True)
    # how many fits there were, and what of it the page has heard where somebody waits for it (marimo does); else None
    news = traitlets.Dict().tag(sync=True)
    seen = traitlets.Int(None, allow_none=True).tag(sync=True)
    formula = traitlets.Unicode(read_only=True).tag(sync=True)
    fit = traitlets.Any(None, read_only=True)

    def __init__(
        self,
        source: FrameSource,
        maker: Maker,
        draft: Draft,
        *,
        theme: str = "auto",
        name: NotebookName | None = None,
    ) -> None:
        self._lock = threading.RLock()
        self._source, self._maker, self._name = source, maker, name
        self._model = draft
        self._child: FitWidget | None = None
        self._number = self._n_fits = 0
        self._fits: FitWorker[Any] = FitWorker(self._take_fit, thread=opening_threads())
        self._checks: FitWorker[CheckView] = FitWorker(self._take_check)
        label = LABELS.next()
        shown = ExploreView(draft_view(draft, source, 0), None, 0)
        first = {"frame": source.view.to_dict(), "explore": shown.to_dict(), "seen": 0 if in_marimo() else None}
        super().__init__(**first, theme=theme, pictures=static_text("pictures.js"), twin=label or "", model_id=label)
        self._twin = TwinOutput(self.model_id, self.twin_bundle)
        self.set_trait("formula", draft.formula)
        self.observe(self._obey, "command")

    def set_state(self, sync_data: Any) -> None:
        """Take a message of the browser; not while a fit is being shown from its own thread."""
        with self._lock:
            super().set_state(sync_data)

    def write(self, formula: str) -> None:
        """Choose what a formula says, as if it were typed."""
        self._answer(ExploreCommand(self._number + 1, "write", formula))

    def run(self) -> Any:
        """Fit what is chosen, show it, and return the fit.

        Raises
        ------
        MixwidgetError
            Where no fit is possible.
        """
        if self._model.problem is not None:
            raise self._model.problem
        self._show(self._maker.fit(self._model.request, Control(warn=False)))
        return self.fit

    def wait(self, seconds: float | None = None) -> bool:
        """Return whether what was asked for is over, and saved, after at most so many seconds."""
        return self._checks.wait(seconds) and self._fits.wait(seconds) and self._twin.wait(seconds)

    def close(self) -> None:
        """Stop what runs and leave the page."""
        self._fits.drop()
        self._checks.drop()
        self._twin.close()
        if self.comm is not None:
            with self.hold_sync():
                self.script = self.pictures = ""
                self.frame, self.explore, self.fitted = {}, {}, None
            self.layout.close()
        super().close()
        if self._child is not None:
            self._child.close()

    def __repr__(self) -> str:
        """Return the text that stands where no widget can be shown."""
        return self.still_bundle()["text/plain"]

    def _obey(self, change: Any) -> None:
        """Answer a command of the browser at once; fits and checks follow in threads of their own."""
        if not change["new"]:
            return
        number = int(change["new"]["number"])
        try:
            self._answer(command_of(change["new"]))
        except Exception as error:  # noqa: BLE001  an error in a handler is seen by nobody else
            self._number = number
            self._tell(message_of(error, number))

    def _answer(self, command: ExploreCommand) -> None:
        self._number = command.number
        if command.action == "fit":
            if command.value:  # was typed, and not yet heard of
                self._choose(moved(self._model, replace(command, action="write"), self._source))
            self._start()
        elif command.action == "cancel":
            self._cancel()
        else:
            self._choose(moved(self._model, command, self._source))

    def _choose(self, draft: Draft) -> None:
        with self._lock, self.hold_sync():
            self._model = draft
            shown = draft_view(draft, self._source, self._number)
            self._renew(draft=shown.to_dict())
            self.set_trait("formula", draft.formula)
            self.status = message("busy" if self._fits.is_busy else "idle", self._number)
        self._twin.renew()
        if shown.flaw is None:
            request = draft.request
            self._checks.submit(self._number, lambda _: self._checked(request))

    def _checked(self, request: ModelRequest) -> CheckView:
        try:
            return check_view(request.formula, self._maker.check(request))
        except Exception as error:  # noqa: BLE001  shown beside the formula
            return failed_check(request.formula, error)

    def _take_check(self, outcome: Outcome[CheckView]) -> None:
        with self._lock:
            if outcome.value is not None and self._checks.is_wanted(outcome.number):
                self._renew(check=outcome.value.to_dict())

    def _start(self) -> None:
        problem, request = self._model.problem, self._model.request
        if problem is not None:
            raise problem
        self._tell(message("busy", self._number))
        self._fits.submit(self._number, lambda should_stop: self._made(request, should_stop))

    def _made(self, request: ModelRequest, should_stop: ShouldStop) -> Any:
        control = Control(should_stop=should_stop, warn=False)
        model = self._maker.fit(request, control)
        control.poll("the fit")
        return model

    def _cancel(self) -> None:
        is_busy = self._fits.is_busy
        self._fits.drop()
        cancelled = message_of(FitCancelled(""), self._number)
        self._tell(cancelled if is_busy else message("idle", self._number))

    def _take_fit(self, outcome: Outcome[Any]) -> None:
        """Show what a fit has become, unless it was cancelled or replaced in the meantime."""
        if not self._fits.is_wanted(outcome.number):
            return
        error = outcome.error
        if error is None:
            try:
                self._show(outcome.value)
            except Exception as found:  # noqa: BLE001  the thread has nobody else to tell
                error = found
        number = max(outcome.number, self._number)
        self._tell(message("idle", number) if error is None else message_of(error, number))

    def _show(self, model: Any) -> None:
        """Put the explorer of a fit in the place of the one before."""
        child = widget(model, "explorer", self.theme, name=self._name)
        child.observe(self._follow, ["fit", "tests"])
        with self._lock, self.hold_sync():
            before, self._child = self._child, child
            self.fitted = child
            self._renew(fits=self.explore["fits"] + 1)
        self._hold(model)
        if before is not None:
            before.close()

    def _follow(self, change: Any) -> None:
        """Follow the fit below, which a click in its picker has changed."""
        if change["owner"] is self._child:
            self._hold(change["owner"].fit)

    def _hold(self, model: Any) -> None:
        self.set_trait("fit", model)
        with self._lock:
            self._n_fits += 1
            self.news = {"fits": self._n_fits}
        self._twin.renew()

    def _renew(self, **changes: Any) -> None:
        """Send a part of an `ExploreView` anew; the others are plain already."""
        self.explore = {**self.explore, **changes}

    def _tell(self, status: dict[str, object]) -> None:
        with self._lock:
            self.status = status

    def twin_bundle(self) -> dict[str, str]:
        """Return the twin; nothing of a widget that was closed."""
        with self._lock:
            draft, child = self._model, self._child
            if not self.frame:
                return {}
        bundle = self._bundle(draft, None if child is None else child.still(self.model_id))
        return {**bundle, "text/html": still_twin(self.model_id, bundle["text/html"])}

    def still_bundle(self) -> dict[str, str]:
        """Return HTML without script, and text."""
        child = self._child
        return self._bundle(self._model, None if child is None else child.still_bundle())

    def _bundle(self, draft: Draft, fitted: dict[str, str] | None) -> dict[str, str]:
        shown = fitted or {"text/html": "", "text/plain": ""}
        return {
            "text/html": still_html(self._source.view, draft, shown["text/html"]),
            "text/plain": still_text(self._source.view, draft, shown["text/plain"]),
        }
