"""How often 95 % Wald intervals of generalized fits hold the truth: ``python -m benchmarks.generalized_coverage``.

Two designs of 30 groups of 12 rows, a random intercept with standard deviation 0.8, an intercept and a slope within
groups; responses are binary, or counts. Standard errors are those of the joint Hessian, of Laplace and of quadrature.
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

BETA = np.array([0.4, 0.5])
SD = 0.8
QUIET = mw.Control(warn=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
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


def _draw(family: str, rng: np.random.Generator) -> FilledDesign:
    g = np.repeat(np.arange(30), 12)
    x = rng.normal(size=len(g))
    eta = BETA[0] + BETA[1] * x + SD * rng.normal(size=30)[g]
    y = rng.random(len(g)) < 1.0 / (1.0 + np.exp(-eta)) if family == "binomial" else rng.poisson(np.exp(eta))
    return build_design("y ~ x + (1 | g)", pd.DataFrame({"y": y.astype(float), "x": x, "g": g.astype(str)}))


if __name__ == "__main__":
    main()
