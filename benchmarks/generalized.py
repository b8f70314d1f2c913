"""Whole generalized fits beside lme4's in one run: ``python -m benchmarks.generalized [--only cbpp] [--large]``.

With ``--glmm PYTHON``, an interpreter that has the package `glmm` of PyPI, its times are shown too.

Design, optimum, estimates and standard errors of the Laplace approximation against `glmer` with its defaults, on the
same data, by turns. CPU seconds are compared, since they hardly depend on what else runs; elapsed ones are shown.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

import mixwidget as mw
from mixwidget.design.build import build_design
from mixwidget.family.read_family import read_family
from mixwidget.fit.generalized import solve_generalized
from tests.oracles import load_data

SCRIPT, GLMM = Path(__file__).with_name("generalized.R"), Path(__file__).with_name("generalized_glmm.py")
QUIET = mw.Control(warn=False)
COLUMNS = [
    "model",
    "ours, CPU s",
    "lme4, CPU s",
    "ratio",
    "goal",
    "ours, elapsed",
    "lme4, elapsed",
    "criterion below lme4",
    "glmm, CPU s",
]


class Case(NamedTuple):
    """A model; the response of `formula` is a column on the scale of the mean, that of `r_formula` is R's."""

    name: str
    family: str
    formula: str
    r_formula: str
    goal: float
    repeats: tuple[int, int]  # ours, lme4's
    weights: str | None = None
    glmm_formula: str | None = None  # where its formulas lack what R's have


CASES = (
    Case(
        "cbpp",
        "binomial",
        "share ~ period + (1 | herd)",
        "cbind(incidence, size - incidence) ~ period + (1 | herd)",
        0.15,
        (15, 5),
        "size",
    ),
    Case(
        "contraception",
        "binomial",
        "hit ~ age + I(age^2) + urban + livch + (urban | district)",
        "use ~ age + I(age^2) + urban + livch + (urban | district)",
        0.1,
        (7, 2),
    ),
    Case(
        "grouseticks",
        "poisson",
        "TICKS ~ YEAR + cHEIGHT + (1 | BROOD) + (1 | INDEX) + (1 | LOCATION)",
        "TICKS ~ YEAR + cHEIGHT + (1 | BROOD) + (1 | INDEX) + (1 | LOCATION)",
        0.1,
        (7, 2),
    ),
    Case(
        "verbagg",
        "binomial",
        "hit ~ Anger + Gender + btype + situ + (1 | id) + (1 | item)",
        "r2 ~ Anger + Gender + btype + situ + (1 | id) + (1 | item)",
        0.02,
        (5, 1),
    ),
    Case(
        "crowding_sim",
        "binomial",
        "ResponseCorrect ~ 1 + Size * Cond_dev + (1 + Size * Cond_dev | Subject)",
        "ResponseCorrect ~ 1 + Size * Cond_dev + (1 + Size * Cond_dev | Subject)",
        0.005,
        (5, 1),
        glmm_formula="ResponseCorrect ~ Size + Cond_dev + Both + (1 + Size + Cond_dev + Both | Subject)",
    ),
)
LARGE = (Case("crossed_50000", "binomial", "y ~ x + (1 | g) + (1 | h)", "y ~ x + (1 | g) + (1 | h)", 0.02, (3, 1)),)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--large", action="store_true", help="50,000 rows crossed too, and a million against mw.lmer")
    parser.add_argument("--glmm", metavar="PYTHON", help="an interpreter that has glmm")
    options = parser.parse_args()
    print(f"| {' | '.join(COLUMNS)} |\n| --- |{' ---: |' * (len(COLUMNS) - 1)}", flush=True)
    for case in (*CASES, *(LARGE if options.large else ())):
        if not options.only or case.name in options.only:
            _compare(case, options.glmm)
    if options.large:
        _million()


def _compare(case: Case, glmm: str | None) -> None:
    data = _data(case.name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.csv"
        data.to_csv(path, index=False)
        factors = ",".join(name for name in data if isinstance(data[name].dtype, pd.CategoricalDtype))
        before, value = _ours(case, data, case.repeats[0])
        given = [case.family, factors]
        theirs = _run(["Rscript", str(SCRIPT), str(path), case.r_formula, *given, str(case.repeats[1])])
        formula = case.glmm_formula or case.formula
        rival = _run([glmm, str(GLMM), str(path), formula, *given, "2"]) if glmm and not case.weights else None
        after, _ = _ours(case, data, case.repeats[0])
    ours, lme4 = np.median([*before, *after], axis=0), np.median(theirs, axis=0)
    glmm_cpu = "" if rival is None else f"{np.median(rival, axis=0)[1]:.3f}"
    print(
        f"| {case.name} | {ours[1]:.4f} | {lme4[1]:.3f} | {ours[1] / lme4[1]:.4f} | {case.goal} "
        f"| {ours[0]:.4f} | {lme4[0]:.3f} | {lme4[2] - value:.1e} | {glmm_cpu} |",
        flush=True,
    )


def _run(command: list[str]) -> np.ndarray:
    """Return what a script prints: a line of numbers for each of its runs."""
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().splitlines()
    return np.array([line.split() for line in lines], dtype=float)


def _ours(case: Case, data: pd.DataFrame, repeats: int) -> tuple[list[tuple[float, float]], float]:
    times, value = [], 0.0
    for _ in range(repeats):
        start, cpu = time.perf_counter(), time.process_time()
        design = build_design(case.formula, data, weights=case.weights, has_residual=False)
        value = solve_generalized(
            design.design, design.rows, read_family(case.family), n_agq=1, control=QUIET
        ).criterion
        times.append((time.perf_counter() - start, time.process_time() - cpu))
    return times, value


def _data(name: str) -> pd.DataFrame:
    if name == "crossed_50000":
        return _crossed(50_000, 500, 100)
    data = load_data(name)
    for given in ("use", "r2"):
        if given in data:
            data["hit"] = (data[given].cat.codes == 1).astype(float)
    if name == "crowding_sim":
        data["Both"] = data["Size"] * data["Cond_dev"]
    return data.assign(share=data["incidence"] / data["size"]) if name == "cbpp" else data


def _crossed(n: int, n_g: int, n_h: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    g, h, x = rng.integers(0, n_g, n), rng.integers(0, n_h, n), rng.normal(size=n)
    eta = -0.3 + 0.5 * x + 0.8 * rng.normal(size=n_g)[g] + 0.5 * rng.normal(size=n_h)[h]
    y = (rng.random(n) < 1.0 / (1.0 + np.exp(-eta))).astype(float)
    return pd.DataFrame({"y": y, "x": x, "g": pd.Categorical(g), "h": pd.Categorical(h)})


def _million() -> None:
    """Print what a million Bernoulli rows, 2,000 x 500 crossed, cost as a multiple of the linear fit of the design."""
    data, formula = _crossed(1_000_000, 2_000, 500), "y ~ x + (1 | g) + (1 | h)"
    cpu = time.process_time()
    mw.lmer(formula, data, control=QUIET)
    linear = time.process_time() - cpu
    case = Case("crossed_million", "binomial", formula, formula, 5.0, (1, 0))
    ((_, ours),), _ = _ours(case, data, 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ratio = ours / linear
    print(f"\n1e6 rows, 2,000 x 500: {ours:.1f} CPU s, {ratio:.1f} times mw.lmer's {linear:.1f}; peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
