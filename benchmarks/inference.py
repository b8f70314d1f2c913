"""Inference beside R in one run: ``python -m benchmarks.inference`` prints times and ratios.

Bootstrap of all parameters against ``lme4::bootMer``, profiles against ``lme4::profile``, degrees of freedom alone.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

import mixwidget as mw
from benchmarks.machine import describe
from mixwidget.fit.uncertainty import leverages
from mixwidget.inference.coefficients import coefficient_table

BOOT_R = {"sleepstudy": 200, "Hsb82": 20}  # replicates that R is given; times are per replicate
BOOT_GOAL, PROFILE_GOAL = 0.02, 0.1  # shares of lme4's time that issue 5 asks for
DF_GOAL_MS, INSTEVAL_GOAL_MS = 20.0, 1000.0

R_SCRIPT = """
suppressMessages(library(lme4))
seconds <- function(e) system.time(suppressWarnings(suppressMessages(e)))[["elapsed"]]
d <- read.csv("{data}"); d[["{group}"]] <- factor(d[["{group}"]])
f <- lmer({formula}, d)
cat(seconds(bootMer(f, fixef, nsim = {n}, seed = 1)) / {n}, seconds(profile(f)))
"""

MODELS = {
    "sleepstudy": ("sleepstudy", "Reaction ~ Days + (Days | Subject)", "Subject"),
    "Hsb82": ("hsb", "math ~ ses + sector + (ses | sch.id)", "sch.id"),
}


def main() -> None:
    """Time everything and print one line each."""
    print(json.dumps(describe()))
    for name, (data, formula, group) in MODELS.items():
        frame = mw.load_dataset(data)
        fit = mw.lmer(formula, frame, control=mw.Control(warn=False))
        boot, profile = _r_seconds(name, frame, formula, group)
        ours = _median(lambda fit=fit: fit.bootstrap(1000, seed=1, progress=False), 3) / 1000
        print(f"{name}: bootstrap {ours / boot:.4f} of bootMer's time (goal {BOOT_GOAL})")
        ours = _median(lambda fit=fit: fit.profile(progress=False), 5)
        print(f"{name}: profile {ours / profile:.4f} of lme4's time (goal {PROFILE_GOAL})")
    _degrees_of_freedom()


def _degrees_of_freedom() -> None:
    rng = np.random.default_rng(0)
    n, n_groups = 100_000, 5_000
    codes = rng.integers(n_groups, size=n)
    frame = pd.DataFrame({"g": codes.astype(str), "x": rng.normal(size=n), "z": rng.normal(size=n)})
    effects = rng.normal(size=(n_groups, 3))[codes]
    frame["y"] = frame.x + effects[:, 0] + effects[:, 1] * frame.x + effects[:, 2] * frame.z + rng.normal(size=n)
    large = mw.lmer("y ~ x + z + (x + z | g)", frame)
    for ddf in ("satterthwaite", "kenward-roger"):
        milliseconds = 1e3 * _median(lambda ddf=ddf: coefficient_table(large.fit, ddf), 7)
        print(f"1e5 rows, one factor: {ddf} {milliseconds:.1f} ms (goal {DF_GOAL_MS:.0f})")
    crossed = mw.lmer("y ~ service + (1 | s) + (1 | d) + (1 | dept)", mw.load_dataset("insteval"))
    for ddf in ("satterthwaite", "kenward-roger"):
        milliseconds = 1e3 * _median(lambda ddf=ddf: coefficient_table(crossed.fit, ddf), 3)
        print(f"InstEval: {ddf} {milliseconds:.0f} ms (goal {INSTEVAL_GOAL_MS:.0f}, of satterthwaite)")
    milliseconds = 1e3 * _median(lambda: leverages(crossed.fit), 3)
    print(f"InstEval: leverages {milliseconds:.0f} ms")


def _r_seconds(name: str, frame: pd.DataFrame, formula: str, group: str) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.csv"
        frame.to_csv(path, index=False)
        script = R_SCRIPT.format(data=path, group=group, formula=formula, n=BOOT_R[name])
        done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=True)
    boot, profile = (float(text) for text in done.stdout.split())
    return boot, profile


def _median(run: Callable[[], object], n: int) -> float:
    times: list[float] = []
    for _ in range(n):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return float(np.median(times))


if __name__ == "__main__":
    main()
