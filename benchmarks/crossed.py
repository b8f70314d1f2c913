"""Huge crossed factors: each way beside the dense one, in one process each, as processor time, memory and error.

python -m benchmarks.crossed [--large] [--only CASE ...] [--dense-levels 8000]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time

import numpy as np
import pandas as pd

import mixwidget as mw

CASES = {  # kind of design, rows, levels of both factors, slopes
    "random, 2,000": ("random", 1_000_000, 50_000, 2_000, False),
    "random, 4,000": ("random", 1_000_000, 50_000, 4_000, False),
    "random, 8,000": ("random", 1_000_000, 50_000, 8_000, False),
    "random, 20,000": ("random", 1_000_000, 50_000, 20_000, False),
    "movers, 4,000": ("movers", 1_000_000, 50_000, 4_000, False),
    "movers, 20,000": ("movers", 1_000_000, 50_000, 20_000, False),
    "slopes, 2,000": ("random", 1_000_000, 50_000, 2_000, True),
    "slopes, 20,000": ("random", 1_000_000, 50_000, 20_000, True),
}
LARGE = {"random, 200,000 x 50,000": ("random", 10_000_000, 200_000, 50_000, False)}
WAYS = {"random": "iterative", "movers": "sparse"}
DENSE_LEVELS = 8_000  # above, the dense way takes more than 6 GB


def draw(kind: str, n: int, n_first: int, n_second: int, slopes: bool) -> pd.DataFrame:
    """Return rows that meet at random, or of pupils of whose rows 8 % are at one of the next 50 schools."""
    rng = np.random.default_rng(1)
    g = rng.integers(0, n_first, n)
    h = rng.integers(0, n_second, n)
    if kind == "movers":
        h = rng.integers(0, n_second, n_first)[g]
        moves = rng.random(n) < 0.08
        h[moves] = (h[moves] + rng.integers(1, 50, moves.sum())) % n_second
    x = rng.normal(size=n)
    y = 1 + 0.5 * x + rng.normal(0, 1, n_first)[g] + rng.normal(0, 0.5, n_second)[h] + rng.normal(size=n)
    if slopes:
        y += 0.3 * x * rng.normal(size=n_first)[g]
    return pd.DataFrame({"g": g, "h": h, "x": x, "y": y})


def measure(case: str, way: str) -> dict[str, object]:
    """Fit one case in this process."""
    kind, n, n_first, n_second, slopes = (CASES | LARGE)[case]
    data = draw(kind, n, n_first, n_second, slopes)
    formula = "y ~ x + (x | g) + (1 | h)" if slopes else "y ~ x + (1 | g) + (1 | h)"
    control = mw.Control(crossed=way, max_dense_columns=DENSE_LEVELS, warn=False)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    fit = mw.lmer(formula, data, control=control).fit
    seconds = time.process_time() - start
    errors = np.sqrt(2.0 * np.diagonal(np.linalg.inv(fit.optimum.derivatives.hessian)))
    return {
        "seconds": seconds,
        "megabytes": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
        "criterion": fit.criterion,
        "error": fit.criterion_error,
        "theta": fit.optimum.evaluation.theta.tolist(),
        "errors": errors.tolist(),
    }


def apart(case: str, way: str) -> dict[str, object]:
    """Fit one case in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, "-m", "benchmarks.crossed", "--case", case, "--way", way]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def table(names: list[str], dense_levels: int) -> None:
    """Print one line for each case, with ratios to the dense way up to so many levels of the second factor."""
    print("| design | way | s | MB | error | criterion less dense | theta, in SE | time over dense |")
    print("|---|---|---|---|---|---|---|---|")
    for name in names:
        kind, _, _, n_second, _ = (CASES | LARGE)[name]
        found = apart(name, WAYS[kind])
        beside = ["-", "-", "-"]
        if n_second <= dense_levels:
            dense = apart(name, "dense")
            moved = np.abs(np.subtract(found["theta"], dense["theta"]) / dense["errors"]).max()
            gap = found["criterion"] - dense["criterion"]
            beside = [f"{gap:.4f}", f"{moved:.4f}", f"{found['seconds'] / dense['seconds']:.2f}"]
        own = [f"{found['seconds']:.1f}", f"{found['megabytes']:.0f}", f"{found['error']:.4f}"]
        print("|", " | ".join([name, WAYS[kind], *own, *beside]), "|", flush=True)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="also 1e7 rows, 200,000 x 50,000 levels")
    parser.add_argument("--only", action="append", choices=[*CASES, *LARGE], help="a case; may be repeated")
    parser.add_argument("--dense-levels", type=int, default=DENSE_LEVELS, help="up to which the dense way runs too")
    parser.add_argument("--case")
    parser.add_argument("--way")
    given = parser.parse_args()
    if given.case:
        print(json.dumps(measure(given.case, given.way)))
    else:
        table(given.only or [*CASES, *(LARGE if given.large else ())], given.dense_levels)


if __name__ == "__main__":
    main()
