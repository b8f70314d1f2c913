"""Whether fits end at the lowest minimum: ``python -m benchmarks.global_optimum --sets 200 --seed 1``.

Random data sets of the kinds in `tests/random_designs.py` are fitted by `mw.lmer`, with its own choice of starts, and
by a dense optimiser that shares nothing with it (`benchmarks/dense.py`), from 25 random starts. A *miss* is a fit that
ends more than 1e-4 above the best of all. *Other minima* are those that the dense optimiser ends at and returns to
after pushes; they are *named* if `fit.verdict` lists one as high (`--verdict`).

    python -m benchmarks.global_optimum --sets 200 --seed 7 --verdict --only simpson_large nested_slopes
    python -m benchmarks.global_optimum --sets 50 --seed 7 --seconds 600 --append benchmarks/global_optimum.md

The sets of a run are those of ``numpy.random.default_rng([seed, number])``, so each can be drawn again by itself.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

import mixwidget as mw
from benchmarks.dense import dense_model
from tests.random_designs import DESIGNS

MISS = 1e-4  # criterion units
NAMED = 0.02  # criterion units plus 1 %: how near a gap in the verdict must be to the true one
QUIET = mw.Control(warn=False)
HEAD = """
| design | model | method | seed | sets | misses | worst excess | sets with other minima | all named | one named | \
not seen by dense |
| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""


@dataclass
class Count:
    """What happened on the sets of one model."""

    sets: int = 0
    misses: list[tuple[int, float]] = field(default_factory=list)
    several: int = 0
    named: int = 0
    one_named: int = 0
    only_ours: int = 0
    unnamed: list[tuple[int, float]] = field(default_factory=list)


def main():
    options = _arguments()
    lines = [_heading(options), HEAD.strip("\n")]
    print("\n".join(lines), flush=True)
    start = time.monotonic()
    for name in options.only or DESIGNS:
        for formula in DESIGNS[name].formulas:
            for reml in (True, False):
                count = _run(name, formula, reml, options, start)
                lines.append(_row(name, formula, reml, options, count))
                print(lines[-1], flush=True)
                for number, excess in count.misses:
                    print(f"    miss: set {number}, {excess:.6g}", flush=True)
                for number, gap in count.unnamed if options.list_unnamed else ():
                    print(f"    not named: set {number}, {gap:.6g}", flush=True)
    if options.append:
        with options.append.open("a", encoding="utf-8") as file:
            file.write("\n".join(["", *lines, ""]))


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=int, default=50, help="data sets for each model and method")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first set")
    parser.add_argument("--starts", type=int, default=25, help="random starts of the dense optimiser")
    parser.add_argument("--only", nargs="*", choices=list(DESIGNS), metavar="DESIGN")
    parser.add_argument("--verdict", action="store_true", help="also count the other minima that the verdict names")
    parser.add_argument("--list-unnamed", action="store_true")
    parser.add_argument("--seconds", type=float, default=np.inf, help="no set is begun after this time")
    parser.add_argument("--append", type=Path, help="a file that the table is added to")
    return parser.parse_args()


def _run(name, formula, reml, options, start):
    count = Count()
    for number in range(options.first, options.first + options.sets):
        if time.monotonic() - start > options.seconds:
            break
        rng = np.random.default_rng([options.seed, number])
        frame = DESIGNS[name].draw(rng)
        frame["g"] = frame["g"].astype(str)
        minima = dense_model(formula, frame, reml=reml).minima(rng, options.starts)
        fit = mw.lmer(formula, frame, reml=reml, control=QUIET)
        _add(count, number, fit, [value for value, _ in minima], options.verdict)
    return count


def _add(count, number, fit, minima, with_verdict):
    count.sets += 1
    excess = fit.criterion - minima[0]
    if not excess <= MISS:
        count.misses.append((number, excess))
    gaps = [value - fit.criterion for value in minima if value - fit.criterion > NAMED]
    named = fit.verdict.others if with_verdict else ()
    is_named = [any(abs(gap - other) < NAMED + 0.01 * gap for other in named) for gap in gaps]
    count.several += bool(gaps)
    count.named += all(is_named) and bool(gaps)
    count.one_named += bool(gaps) and any(is_named)
    count.only_ours += any(all(abs(gap - other) > NAMED + 0.01 * gap for gap in gaps) for other in named)
    count.unnamed += [(number, gap) for gap, is_there in zip(gaps, is_named, strict=True) if not is_there]


def _row(name, formula, reml, options, count):
    worst = max((excess for _, excess in count.misses), default=0.0)
    named = [count.named, count.one_named, count.only_ours] if options.verdict else ["-"] * 3
    cells = [
        name,
        formula.replace("|", "\\|"),
        "REML" if reml else "ML",
        options.seed,
        count.sets,
        len(count.misses),
        f"{worst:.2g}",
        count.several,
        *named,
    ]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _heading(options):
    packages = ", ".join(f"{name} {version(name)}" for name in ("mixwidget", "numpy", "scipy"))
    return f"Seed {options.seed}, {options.starts} random starts of the dense optimiser each; {packages}.\n"


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
