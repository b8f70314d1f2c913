"""What the structure picker does in Python: answers commands, writes formulas, fits, keeps the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Any

from mixwidget.control import Control
from mixwidget.errors import FitCancelled
from mixwidget.fit.fit import Fit
from mixwidget.fit.row_summaries import facts_of
from mixwidget.views.ladder import ladder_view
from mixwidget.views.prior import prior_on_dial
from mixwidget.views.structure import structure_view
from mixwidget.views.structure_of_sums import structure_without_rows
from mixwidget.widgets.choice import Choice, PriorChoice, first_choice, fixed_terms, formula_text, step_choice
from mixwidget.widgets.history import History, Visit
from mixwidget.widgets.messages import message, message_of
from mixwidget.widgets.penalised import PenalisedFits
from mixwidget.widgets.source import Source
from mixwidget.widgets.traits import Command, LadderView, command_from_json
from mixwidget.widgets.worker import FitWorker, Outcome, ShouldStop


class Session:
    """One picker's fits.

    Parameters
    ----------
    path : sequence of Fit
        The first fit, and simpler ones made of its columns where they are fitted already.
    source : Source
    show : callable
        Takes a visit and the number of the command that it answers; called from the worker's thread too.
    tell : callable
        Takes a status (see `messages`).
    hold : callable
        Lets the notebook's name of the first fit hold the one that is shown.
    lock : context manager
        Held while a command is obeyed; what a fit has become is taken over under it too.
    prepare : callable
        Makes of a visit what `show` will need, in the thread of the fit and without the lock.
    place : int
        Position in `path` of the fit that is shown.
    """

    def __init__(
        self,
        path: Sequence[Fit],
        source: Source,
        show: Callable[[Visit, int], None],
        tell: Callable[[dict[str, object]], None],
        hold: Callable[[], None],
        *,
        lock: AbstractContextManager[Any],
        prepare: Callable[[Visit], object],
        place: int = 0,
    ) -> None:
        self._source = source
        self._show = show
        self._tell = tell
        self._hold = hold
        self._lock = lock
        self._prepare = prepare
        first = path[0]
        self._design = first.design
        self.structure = structure_without_rows(first) if facts_of(first) else structure_view(first, source.frame)
        prior = PriorChoice(*prior_on_dial(first.priors))
        choice = first_choice(first.design, self.structure, reml=bool(first.reml), prior=prior)
        choices = [choice, *(step_choice(step.design, first.design, choice) for step in path[1:])]
        self._fits = PenalisedFits(source, prior)
        self.history = History([self._visit(*pair) for pair in zip(choices, path, strict=True)], place)
        self._preview: Visit | None = None  # what a dial that is still being turned shows; the ladder has it last
        self.worker: FitWorker[Visit] = FitWorker(self._take)
        self._number = 0

    def obey(self, command: Mapping[str, Any]) -> None:
        """Answer a command of the browser at once; fits follow in the worker's thread."""
        self._number = int(command["number"])
        try:
            self._act(command_from_json(command, self.structure))
        except Exception as error:  # noqa: BLE001  an error in a handler is seen by nobody else
            self._tell(message_of(error, self._number))

    def ladder(self) -> dict[str, Any]:
        """Return the visited structures, and what is switched on in the current one, ready for the browser."""
        history, preview = self.history, self._preview
        visits = [*history.visits, *([] if preview is None else [preview])]
        current = history.key if preview is None else len(visits) - 1
        return LadderView(
            ladder_view([visit.fit for visit in visits], current),
            current,
            history.can_undo,
            history.can_redo,
            self._shown.choice,
        ).to_dict()

    def formula(self, choice: Choice) -> str:
        """Return the formula of a choice."""
        return formula_text(choice, self._design, self.structure)

    def fitted(self, choice: Choice, control: Control) -> Visit:
        """Return a choice with its fit, which is made now unless it was visited; nothing is shown of it.

        Raises
        ------
        MixwidgetError
            If the data do not allow it.
        """
        formula = self.formula(choice)
        known = self.history.find(formula, choice)
        if known is not None:
            return self.history.visits[known]
        fit, choice = self._fits.fit(formula, choice, control)
        return Visit(formula, choice, fit, 0.0)

    def visit_of(self, fit: Fit) -> Visit:
        """Return a fit to the same data with the choice that makes it."""
        base = self.history.visits[0].choice
        stepped = step_choice(fit.design, self._design, base)
        choice = replace(stepped, fixed=fixed_terms(fit.design), reml=bool(fit.reml))
        return Visit(self.formula(choice), choice, fit, 0.0)

    def prior(self) -> dict[str, Any]:
        """Return what the dial for a weak prior shows, ready for the browser; empty without a dial."""
        if self._source.dial is None:
            return {}
        shown = self._shown
        return self._fits.view(shown.formula, shown.choice, shown.fit).to_dict()

    @property
    def _shown(self) -> Visit:
        return self._preview or self.history.current

    def _visit(self, choice: Choice, fit: Fit) -> Visit:
        visit = Visit(self.formula(choice), choice, fit, 0.0)
        self._fits.know(visit.formula, choice, fit)
        return visit

    def _act(self, command: Command) -> None:
        if command.choice is not None:
            self._choose(command.choice, is_draft=command.draft)
        elif command.action == "cancel":
            self._cancel()
        elif command.action == "hold":
            self._hold()
            self._answer()
        elif command.key is not None:
            self._move(partial(self.history.go, command.key))
        else:
            self._move(self.history.redo if command.action == "redo" else self.history.undo)

    def _answer(self) -> None:
        """Answer a command that asks for no fit; one that runs goes on."""
        self._tell(message("busy" if self.worker.is_busy else "idle", self._number))

    def _cancel(self) -> None:
        """Let go of what runs.

        A fit is heard to stop between two evaluations only, one of which takes a second where factors with thousands of
        levels cross; nobody waits for that, and the next fit begins when its thread is free.
        """
        is_busy = self.worker.is_busy
        self.worker.drop()
        self._tell(message_of(FitCancelled(""), self._number) if is_busy else message("idle", self._number))

    def _move(self, step: Callable[[], None]) -> None:
        """Step to a structure that is fitted already; a fit that runs is not wanted any more."""
        self.worker.drop()
        self._preview = None
        step()
        self._show(self.history.current, self._number)

    def _choose(self, choice: Choice, *, is_draft: bool) -> None:
        """Fit a choice; a draft is shown, but not taken into the history: the dial is still being turned."""
        formula = self.formula(choice)
        known, preview = self.history.find(formula, choice), self._preview
        if known is not None and not is_draft:
            self._move(lambda: self.history.go(known))
        elif preview is not None and (preview.formula, preview.choice) == (formula, choice) and not is_draft:
            self._move(lambda: self.history.add(replace(preview, is_draft=False)))
        else:
            self._tell(message("busy", self._number))
            self.worker.submit(self._number, lambda should_stop: self._fit(formula, choice, should_stop, is_draft))

    def _fit(self, formula: str, choice: Choice, should_stop: ShouldStop, is_draft: bool) -> Visit:
        start = perf_counter()
        control = replace(self._source.control, should_stop=should_stop, warn=False)
        fit, choice = self._fits.fit(formula, choice, control)
        self._fits.know(formula, choice, fit)
        visit = Visit(formula, choice, fit, perf_counter() - start, is_draft)
        control.poll("the fit")
        self._prepare(visit)
        return visit

    def _take(self, outcome: Outcome[Visit]) -> None:
        """Take over what a fit has become, unless it was cancelled or replaced in the meantime."""
        with self._lock:
            if self.worker.is_wanted(outcome.number):
                self._finish(outcome, max(outcome.number, self._number))

    def _finish(self, outcome: Outcome[Visit], number: int) -> None:
        if outcome.value is None:
            self._tell(message_of(outcome.error or RuntimeError("the fit ended without a result"), number))
            return
        try:
            self._preview = outcome.value if outcome.value.is_draft else None
            if self._preview is None:
                self.history.add(outcome.value)
            self._show(outcome.value, number)
        except Exception as error:  # noqa: BLE001  the thread has nobody else to tell
            self._tell(message_of(error, number))
