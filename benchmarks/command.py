"""The command line of the benchmark."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks import machine, store
from benchmarks.cases import CASES, ENGINES, REFITS, Case, Refit
from benchmarks.measure import measure_case
from benchmarks.process import is_available
from benchmarks.results import Results, read_results, write_results
from benchmarks.table import markdown

FOLDER = Path(__file__).resolve().parent
LIMITS = {"lme4": 900.0, "mixwidget": 300.0, "glmm": 300.0, "mixedlm": 300.0, "statsmodels": 120.0}  # seconds a fit


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for, case by case, and write the table after each."""
    options = _parser().parse_args(arguments)
    engines = [engine for engine in ENGINES if engine in options.engines and is_available(engine)]
    print("engines:", ", ".join(engines))
    results = read_results(options.out / "results.json", machine.describe())
    for case in _chosen(options):
        results = _measure(case, engines, results, options)
        write_results(results, options.out / "results.json")
        (options.out / "RESULTS.md").write_text(markdown(results), encoding="utf-8")
    print("written:", options.out / "RESULTS.md")
    return 0


def _measure(case: Case | Refit, engines: list[str], results: Results, options: argparse.Namespace) -> Results:
    print(case.name, flush=True)
    kept = {} if options.fresh else results.kept(case, store.digest(store.stored(case.data)))
    result = measure_case(case, engines, kept, LIMITS)
    for engine, measure in result.measures.items():
        time = measure.note if measure.median is None else f"{measure.median * 1e3:.4g} ms, {measure.note}"
        print(f"    {engine}: {time}", flush=True)
    return results.with_case(case.name, result, merge=set(engines) != set(ENGINES))


def _chosen(options: argparse.Namespace) -> list[Case | Refit]:
    everything: list[Case | Refit] = [*CASES, *REFITS]
    if options.table:
        return []
    return [
        case
        for case in everything
        if (not options.only or case.name in options.only) and not (options.quick and case.slow)
    ]


def _parser() -> argparse.ArgumentParser:
    names = [case.name for case in (*CASES, *REFITS)]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=names, metavar="CASE", help=f"one of {', '.join(names)}")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES), help="measure only these")
    parser.add_argument("--quick", action="store_true", help="leave out the cases for which lme4 needs over 20 s")
    parser.add_argument("--fresh", action="store_true", help="measure slow fits again that an earlier run measured")
    parser.add_argument("--table", action="store_true", help="measure nothing, only write the table again")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of results.json and RESULTS.md")
    return parser
