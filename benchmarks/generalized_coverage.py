"""How often 95 % intervals of generalized fits hold the truth: ``python -m benchmarks.generalized_coverage``.

Two designs of 30 groups of 12 rows, a random intercept with standard deviation 0.8, an intercept and a slope within
groups; responses are binary, or counts. Wald intervals have the errors of the joint Hessian, of Laplace and of
quadrature; ``--profile`` adds those by profile likelihood, of the standard deviation too.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

import mixwidget as mw
from mixwidget.design.build import build_design
from mixwidget.design.filled import FilledDesign
from mixwidget.family.read_family import read_family
from mixwidget.fit.generalized import solve_generalized
from mixwidget.inference.confint import profile_intervals

BETA = np.array([0.4, 0.5])
SD = 0.8
QUIET = mw.Control(warn=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    if options.profile:
        _profiles(options.sets, options.seed)
        return
    print("| family | nodes | sets | coverage of the intercept | of the slope | mean SD |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |", flush=True)
    for family in ("binomial", "poisson"):
        for n_agq in (1, 9):
            rng = np.random.default_rng(options.seed)
            held, sds = [], []
            for _ in range(options.sets):
                drawn = _draw(family, rng)
                fit = solve_generalized(drawn.design, drawn.rows, read_family(family), n_agq=n_agq, control=QUIET)
                half = 1.959964 * np.sqrt(np.diag(fit.estimates.vcov))
                held.append(np.abs(fit.estimates.beta - BETA) < half)
                sds.append(float(np.sqrt(fit.estimates.covariances[0][0, 0])))
            share = np.mean(held, axis=0)
            print(
                f"| {family} | {n_agq} | {options.sets} | {share[0]:.3f} | {share[1]:.3f} | {np.mean(sds):.3f} |",
                flush=True,
            )


def _profiles(sets: int, seed: int) -> None:
    """Print coverage by both kinds of intervals of the same Laplace fits."""
    print("| family | sets | intercept, Wald | profile | slope, Wald | profile | SD, profile |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    for family in ("binomial", "poisson"):
        rng, held = np.random.default_rng(seed), []
        for _ in range(sets):
            drawn = _draw(family, rng)
            fit = solve_generalized(drawn.design, drawn.rows, read_family(family), n_agq=1, control=QUIET)
            limits = profile_intervals(fit, 0.95, None, None)
            half = 1.959964 * np.sqrt(np.diag(fit.estimates.vcov))
            wald = np.abs(fit.estimates.beta - BETA) < half
            sd, *effects = [
                low <= truth <= high for truth, (low, high) in zip([SD, *BETA], limits.to_numpy().tolist(), strict=True)
            ]
            held.append([wald[0], effects[0], wald[1], effects[1], sd])
        share = np.mean(held, axis=0)
        print(f"| {family} | {sets} | " + " | ".join(f"{value:.3f}" for value in share) + " |", flush=True)


def _draw(family: str, rng: np.random.Generator) -> FilledDesign:
    g = np.repeat(np.arange(30), 12)
    x = rng.normal(size=len(g))
    eta = BETA[0] + BETA[1] * x + SD * rng.normal(size=30)[g]
    y = rng.random(len(g)) < 1.0 / (1.0 + np.exp(-eta)) if family == "binomial" else rng.poisson(np.exp(eta))
    return build_design("y ~ x + (1 | g)", pd.DataFrame({"y": y.astype(float), "x": x, "g": g.astype(str)}))


if __name__ == "__main__":
    main()
