"""What the verdict costs beside the fit: ``python -m benchmarks.verdict`` prints the rows of ``verdict.md``.

The fit that is timed is `mw.lmer` without its warnings, and so without any look at the optimum; the verdict is all
that `fit.verdict` does, with the descents from further starting values. It may cost as much as the fit, not more.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timezone

import numpy as np
import pandas as pd

import mixwidget as mw
from benchmarks.cases import CASES
from benchmarks.data import load
from benchmarks.machine import describe, start_meter
from mixwidget.inference.verdict import verdict

GOAL = 1.0  # of the time of the fit, the share that the verdict may cost
TURNS = {  # by name of the case
    "sleepstudy": 21,
    "painkiller": 11,
    "hsb82": 11,
    "maximal_8x8": 3,
    "subjects_items": 3,
    "two_slopes": 3,
    "insteval": 3,
}
QUIET = mw.Control(warn=False)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a verdict costs beside its fit.

    Attributes
    ----------
    rows : int
    fit, verdict : float
        Median seconds.
    share : float
        Median of their ratios.
    code : str
        What the verdict says.
    """

    rows: int
    fit: float
    verdict: float
    share: float
    code: str


def main() -> None:
    """Measure every model and print the table."""
    now = datetime.now(timezone.utc)
    meter = start_meter(())
    known = {case.name: case for case in CASES}
    costs = {name: measure(load(known[name].data), known[name].formula, turns) for name, turns in TURNS.items()}
    foreign = meter.foreign()
    busy = "" if foreign is None else f"; others kept {foreign:.1f} processors busy"
    about = ", ".join(f"{key} {text}" for key, text in describe().items())
    print(f"{now:%Y-%m-%d %H:%M} UTC, mixwidget {mw.__version__}, numpy {np.__version__}; {about}{busy}\n")
    print(table(costs))


def measure(frame: pd.DataFrame, formula: str, turns: int) -> Cost:
    """Return what a fit and its verdict cost, after one of each that is not counted.

    Parameters
    ----------
    frame : DataFrame
    formula : str
    turns : int
        Each is one fit and the verdict on it.
    """
    _turn(frame, formula)
    times = np.array([_turn(frame, formula) for _ in range(turns)])
    fit, judged = np.median(times, axis=0)
    share = float(np.median(times[:, 1] / times[:, 0]))
    return Cost(len(frame), float(fit), float(judged), share, mw.lmer(formula, frame, control=QUIET).verdict.code)


def table(costs: dict[str, Cost]) -> str:
    """Return the costs as a table in Markdown."""
    head = ["| data | rows | fit | verdict | share of the fit | goal | says |", "|---|--:|--:|--:|--:|--:|---|"]
    body = [
        f"| {name} | {cost.rows:,} | {1e3 * cost.fit:,.1f} ms | {1e3 * cost.verdict:,.1f} ms | {cost.share:.2f} "
        f"| {'met' if cost.share <= GOAL else 'missed'} ({GOAL:g}) | {cost.code} |"
        for name, cost in costs.items()
    ]
    return "\n".join([*head, *body])


def _turn(frame: pd.DataFrame, formula: str) -> tuple[float, float]:
    begun = time.perf_counter()
    fit = mw.lmer(formula, frame, control=QUIET)
    fitted = time.perf_counter()
    verdict(fit.fit, thorough=True)
    return fitted - begun, time.perf_counter() - fitted


if __name__ == "__main__":
    main()
