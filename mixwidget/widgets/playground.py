"""The playground: data that are drawn from settings, fitted and shown as the explorer shows a fit, with a record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pandas as pd
import traitlets

from mixwidget.errors import FitCancelled
from mixwidget.fit.fit import Fit
from mixwidget.teaching.presets import PRESETS
from mixwidget.teaching.record import RecordView, Sample, record_view
from mixwidget.teaching.settings import Settings
from mixwidget.widgets.dial import PriorDial
from mixwidget.widgets.drawn import Drawn, drawn
from mixwidget.widgets.fit_widget import FitWidget
from mixwidget.widgets.pictures import LatePictures
from mixwidget.widgets.playground_view import (
    SLIDERS,
    SWITCHES,
    PlaygroundView,
    Wanted,
    preset_of,
    settings_of,
    wanted_from_json,
)
from mixwidget.widgets.refit import Refitter, fitted_rows
from mixwidget.widgets.source import Source
from mixwidget.widgets.static_files import static_text
from mixwidget.widgets.twin import STATE
from mixwidget.widgets.worker import FitWorker, Outcome, ShouldStop

MAX_SAMPLES = 200  # of the record; the first ones are let go


class PlaygroundWidget(FitWidget):
    """An explorer of data that are drawn, and drawn again.

    Parameters
    ----------
    settings : Settings
    seed : int
        Of the first sample; each new one has the next number.
    theme : {"auto", "light", "dark"}
    present : callable
        Makes of a fit what `fit` hands out.

    Attributes
    ----------
    data : DataFrame
        The sample that is shown: group, x, y.
    settings : Settings
    seed : int
        Of that sample.
    record : RecordView
        The estimates of all samples since the settings, or the model, were changed.

    Examples
    --------
    >>> import mixwidget as mw
    >>> play = mw.playground("shrinkage", seed=3)
    >>> play.data.shape, play.formula
    ((100, 3), 'y ~ x + (1 + x | group)')
    """

    playground = traitlets.Dict().tag(sync=True)
    wanted = traitlets.Dict().tag(sync=True)
    _saved = (*STATE, "playground")

    def __init__(self, settings: Settings, seed: int, *, theme: str, present: Callable[[Fit], Any]) -> None:
        first = drawn(settings, seed, settings.formula, reml=True, should_stop=None)
        self.settings, self.seed, self.data = settings, seed, first.data
        self._samples: list[Sample] = [first.sample]
        self._recorded = first.fit.design.formula.text
        self._number = 0
        self._drawer: FitWorker[tuple[Settings, list[Drawn]]] = FitWorker(self._take)
        super().__init__(first.fit, _source(first.fit), theme=theme, present=present)
        self.pictures = static_text("pictures.js")  # its controls are drawn by this script
        self._tell_state("idle")
        self.observe(self._want, "wanted")

    @property
    def record(self) -> RecordView:
        """The estimates of the samples, as plain data."""
        return record_view(self._samples, self.settings, self._recorded)

    def sample(self, n: int = 1) -> None:
        """Draw further samples, fit them and wait; the last one is shown.

        Parameters
        ----------
        n : int
            Their number; seeds count up.
        """
        self._obey_wish(Wanted(self._number + 1, n_samples=n))
        self.wait()

    def wait(self, seconds: float | None = None) -> bool:
        """Return whether samples and fits that were asked for are over after at most so many seconds."""
        return self._drawer.wait(seconds) and super().wait(seconds)

    def close(self) -> None:
        """Stop what runs and leave the page."""
        with self._lock:  # a sample that is being taken over is taken over first
            self._drawer.drop()
            self.playground = {}
        super().close()

    def _want(self, change: Any) -> None:
        """Answer a wish of the page at once; samples follow in the thread that draws."""
        if not change["new"]:
            return
        try:
            self._obey_wish(wanted_from_json(change["new"]))
        except Exception as error:  # noqa: BLE001  an error in a handler is seen by nobody else
            self._number = int(change["new"].get("number", self._number))
            self._tell_state("failed", str(error))

    def _obey_wish(self, wanted: Wanted) -> None:
        self._number = wanted.number
        settings = settings_of(wanted, self.settings)
        if wanted.forget:
            self._samples = []
        if not wanted.n_samples:
            self._drawer.drop()
            self._tell_state("idle")
            self._twin.renew()
            return
        self._tell_state("drawing")
        seed = self.seed + 1 if wanted.seed is None else wanted.seed
        formula = self.formula if settings.family == self.settings.family else settings.formula
        reml = self._current.reml or settings.family != self.settings.family

        def job(should_stop: ShouldStop) -> tuple[Settings, list[Drawn]]:
            seeds = range(seed, seed + wanted.n_samples)
            return settings, [_unless(should_stop, settings, one, formula, reml=reml) for one in seeds]

        self._drawer.submit(wanted.number, job)

    def _take(self, outcome: Outcome[tuple[Settings, list[Drawn]]]) -> None:
        """Take over what was drawn, unless something else is wanted by now."""
        with self._lock:
            if not self._drawer.is_wanted(outcome.number):
                return
            if outcome.value is None:
                self._tell_state("failed", str(outcome.error))
                return
            settings, samples = outcome.value
            last = samples[-1]
            formula = last.fit.design.formula.text
            if (settings, formula) != (self.settings, self._recorded):
                self._samples = []
            new = [one.sample for one in samples]
            seeds = {one.seed for one in new}  # those that come again are the same data
            self._samples = [*(one for one in self._samples if one.seed not in seeds), *new][-MAX_SAMPLES:]
            self.settings, self.seed, self.data = settings, last.sample.seed, last.data
            self._recorded = formula
            self._begin_anew(last.fit, _source(last.fit), last.seconds)
            self._tell_state("idle")

    def _begin_anew(self, fit: Fit, source: Source, seconds: float) -> None:
        """Show a fit of other data, with a picker of its own."""
        with self._lock, self.hold_sync():
            self.session.worker.drop()
            self._pictures.forget()
            self.source = source
            self._pictures = LatePictures(source.frame, self._is_shown, self._tell_picture)
            self.session = self._session_of((fit,), source, 0)
            self.structure = self.session.structure.to_dict()
            self._show(replace(self.session.history.current, seconds=seconds), cast(int, self.status["request"]))

    def _tell_state(self, state: Any, message: str = "") -> None:
        preset, look_at = preset_of(self.settings)
        with self._lock:
            self.playground = PlaygroundView(
                self._number,
                state,
                message,
                self.seed,
                preset,
                look_at,
                self.settings,
                tuple(PRESETS.values()),
                SLIDERS,
                SWITCHES,
                self.record,
            ).to_dict()


def _unless(should_stop: ShouldStop, settings: Settings, seed: int, formula: str, *, reml: bool) -> Drawn:
    if should_stop():
        raise FitCancelled("something else is wanted by now")
    return drawn(settings, seed, formula, reml=reml, should_stop=should_stop)


def _source(fit: Fit) -> Source:
    frame: pd.DataFrame = fitted_rows(fit)
    return Source(Refitter(fit), frame, fit.control, "data", {}, PriorDial())
