"""Time one case with every engine by turns."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import dataclass, field
from statistics import mean, median

from benchmarks import machine, memory, store
from benchmarks.cases import Case, Refit
from benchmarks.process import Timing, Worker, WorkerError

SECONDS_EACH = 8.0  # an engine fits until about this much time is spent on a case
MOST_TURNS = 21
FEWEST_TURNS = 3  # ... but for fits that take longer than ONCE_FROM
BURST = 4  # a process that was asleep is slow at first: short fits come in bursts whose first does not count
BURST_UP_TO = 0.1  # seconds
CALM = 1.0  # processors that others keep busy: below, a slow measure is good enough to be kept
ONCE_FROM = 20.0  # seconds: such a fit is run once, and kept for later runs of the benchmark


@dataclass(frozen=True, slots=True)
class Measure:
    """What one engine did with one case.

    Attributes
    ----------
    version, date : str
        The package, and the day and hour of the measurement (UTC).
    seconds : list of float
        Times of the fits; empty if there was no fit.
    criterion : float or None
        The criterion it reached.
    note : str
        Its remarks, or why there was no fit.
    memory : float or None
        Peak above the data in the first fit, in MB.
    first : float or None
        Time of the first fit of this model in its process, in seconds: nothing about the formula is known yet.
    cpu : float or None
        Mean processor time of the fits, in seconds: it hardly grows when other programs want the processors too.
    foreign : float or None
        How many processors other programs kept busy meanwhile.
    """

    version: str
    date: str
    seconds: list[float] = field(default_factory=list)
    criterion: float | None = None
    note: str = ""
    memory: float | None = None
    first: float | None = None
    cpu: float | None = None
    foreign: float | None = None

    @property
    def median(self) -> float | None:
        """Median of the times, in seconds."""
        return median(self.seconds) if self.seconds else None

    @property
    def is_slow(self) -> bool:
        """Whether a fit takes so long that it is measured only once."""
        return self.note.startswith("> ") or (self.median or 0.0) > ONCE_FROM


@dataclass(frozen=True, slots=True)
class CaseResult:
    """All measures of one case.

    Attributes
    ----------
    data : str
        Digest of the data set.
    formula : str
        The model.
    rows : int
        Number of rows.
    levels : dict of int
        Levels of each factor.
    measures : dict of Measure
        By engine.
    """

    data: str
    formula: str
    rows: int
    levels: dict[str, int]
    measures: dict[str, Measure]


def measure_case(
    case: Case | Refit, engines: list[str], kept: dict[str, Measure], limits: dict[str, float]
) -> CaseResult:
    """Fit a case with each engine in turn, round after round, each engine in a fresh process.

    Parameters
    ----------
    case : Case or Refit
        The model and its data. A refit is timed with lme4, from the beginning, and mixwidget, from kept cross products.
    engines : list of str
        Engines to run, in their order within a round.
    kept : dict of Measure
        Measures of an earlier run that stand if they are slow, of the same version, and were made on a calm machine.
    limits : dict of float
        Longest time for one fit of each engine, in seconds.

    Returns
    -------
    CaseResult
        With a measure for each engine that can fit the model at all.
    """
    folder = store.stored(case.data)
    runners = [_start(case, engine, limits[engine]) for engine in engines if _model(case, engine) is not None]
    measures = {r.engine: kept[r.engine] for r in runners if _stands(kept.get(r.engine), r.version)}
    active = [runner for runner in runners if runner.engine not in measures]
    try:
        meter = machine.start_meter(tuple(runner.worker.pid for runner in active))
        for runner in active:
            runner.first_fit(str(folder))
        _take_turns(active)
        foreign = meter.foreign()
    finally:
        for runner in runners:
            runner.worker.close()
    measures.update({runner.engine: runner.result(foreign) for runner in active})
    rows, levels = store.shape(folder)
    return CaseResult(store.digest(folder), case.formula, rows, levels, measures)


def turns_for(seconds: float) -> int:
    """Return how many turns an engine takes whose fit lasts `seconds`.

    Examples
    --------
    >>> [turns_for(seconds) for seconds in (0.01, 0.5, 5.0, 30.0)]
    [21, 16, 3, 1]
    """
    if seconds > ONCE_FROM:
        return 1
    return min(MOST_TURNS, max(FEWEST_TURNS, math.ceil(SECONDS_EACH / max(seconds, 1e-6))))


def is_due(turn: int, turns: int, share: int) -> bool:
    """Whether something done `share` times in `turns` rounds, evenly spread, is done in round `turn`.

    Examples
    --------
    >>> [is_due(turn, 6, 2) for turn in range(6)]
    [False, False, True, False, False, True]
    """
    return (turn + 1) * share // turns > turn * share // turns


class _Runner:
    """One engine at work on one case."""

    def __init__(self, case: Case | Refit, engine: str, worker: Worker, limit: float) -> None:
        self.engine, self.worker, self.model = engine, worker, _model(case, engine) or ""
        self._wide = case.wide if isinstance(case, Refit) and engine == "mixwidget" else None
        self.version = worker.ask("version")[0]
        self.timings: list[Timing] = []
        self.memory: float | None = None
        self.stopped = ""
        self._limit = limit

    def first_fit(self, folder: str) -> None:
        """Warm the process up, load the data, fit once under a memory mark."""
        try:
            self.worker.ask("load", str(store.stored("warm_up")))
            self.worker.fit(_warm_up(self.engine), self._limit)
            self.worker.ask("load", folder)
            if self._wide is not None:
                self.worker.ask("keep", self._wide, limit=self._limit)
            mark = memory.mark(self.worker.pid)
            self.timings.append(self._fit())
            self.memory = mark.peak_above() if mark else None
        except WorkerError as stop:
            self.stopped = str(stop)

    def wanted(self) -> int:
        """How many turns are still to be taken."""
        if self.stopped:
            return 0
        count = turns_for(self.timings[0].seconds)
        return 0 if count == 1 else count

    def take_turn(self) -> None:
        """Fit once more, or a few times if that is quick."""
        try:
            if self.timings[-1].seconds < BURST_UP_TO:
                burst = [self._fit() for _ in range(BURST)]
                self.timings.extend(burst[1:])
            else:
                self.timings.append(self._fit())
        except WorkerError as stop:
            self.stopped = str(stop)

    def _fit(self) -> Timing:
        return self.worker.fit(self.model, self._limit, word="fit" if self._wide is None else "refit")

    def result(self, foreign: float | None) -> Measure:
        """Return the measure; the first fit counts as a time only if it was the only one."""
        now = dt.datetime.now(dt.timezone.utc).strftime("%Y-%m-%d %H:%M")
        if not self.timings:
            return Measure(self.version, now, note=self.stopped, foreign=foreign)
        counted = self.timings[1:] or self.timings
        last = counted[-1]
        return Measure(
            self.version,
            now,
            [t.seconds for t in counted],
            last.criterion,
            self.stopped or last.note,
            self.memory,
            self.timings[0].seconds,
            mean(t.cpu for t in counted),
            foreign,
        )


def _start(case: Case | Refit, engine: str, limit: float) -> _Runner:
    return _Runner(case, engine, Worker(engine), limit)


def _stands(measure: Measure | None, version: str) -> bool:
    return measure is not None and measure.version == version and measure.is_slow and (measure.foreign or 0.0) <= CALM


def _take_turns(runners: list[_Runner]) -> None:
    plan = {runner.engine: runner.wanted() for runner in runners}
    turns = max(plan.values(), default=0)
    for turn in range(turns):
        for runner in runners:
            if not runner.stopped and is_due(turn, turns, plan[runner.engine]):
                runner.take_turn()


def _model(case: Case | Refit, engine: str) -> str | None:
    if isinstance(case, Refit):
        return {"lme4": case.formula, "mixwidget": json.dumps(case.terms)}.get(engine)
    if engine != "statsmodels":
        return case.formula
    return json.dumps(case.statsmodels) if case.statsmodels else None


def _warm_up(engine: str) -> str:
    if engine == "statsmodels":
        return json.dumps({"formula": "y ~ x", "groups": "g", "re_formula": "~x"})
    return "y ~ x + (1 + x | g)"
