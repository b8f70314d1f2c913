"""How often 95 % intervals for a new observation hold it, over studies drawn from a known model.

    python benchmarks/prediction_coverage.py [studies] [seed]

Each study has 30 groups of 8 rows, random intercepts and slopes that correlate, weights, and 20 new rows: of a group
that was seen or of a new one. A share of .95 is right; its standard error with 400 studies is about .005.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

import mixwidget as mw

GROUPS, ROWS, NEW = 30, 8, 20
COV, SIGMA = np.array([[4.0, 1.0], [1.0, 1.5]]), 1.0
FORMULA = "y ~ x + (x | g)"


def study(generator: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the data, new rows of the groups, and new rows of new groups."""
    effects = generator.multivariate_normal(np.zeros(2), COV, size=GROUPS + NEW)

    def rows(group: np.ndarray) -> pd.DataFrame:
        x, w = generator.normal(size=len(group)), generator.choice([0.25, 1.0, 4.0], size=len(group))
        noise = SIGMA * generator.normal(size=len(group)) / np.sqrt(w)
        y = 1.0 + 0.5 * x + effects[group, 0] + effects[group, 1] * x + noise
        return pd.DataFrame({"x": x, "y": y, "w": w, "g": [f"g{i}" for i in group]})

    seen = rows(np.repeat(np.arange(GROUPS), ROWS))
    return seen, rows(generator.integers(0, GROUPS, NEW)), rows(np.arange(GROUPS, GROUPS + NEW))


def main() -> None:
    """Print the share of intervals that hold the observation for each question."""
    n_studies, seed = (int(sys.argv[i]) if len(sys.argv) > i else default for i, default in ((1, 400), (2, 1)))
    generator = np.random.default_rng(seed)
    held: dict[str, list[float]] = {}
    for _ in range(n_studies):
        data, same, new = study(generator)
        fit = mw.lmer(FORMULA, data, weights="w", control=mw.Control(warn=False))
        questions = {
            "all effects, groups seen": (same, {}),
            "~0, new groups": (new, {"re_form": "~0"}),
            "~0, groups seen": (same, {"re_form": "~0"}),
            "new groups allowed": (new, {"allow_new_levels": True}),
            "~(1 | g), groups seen": (same, {"re_form": "~(1 | g)"}),
            "~(0 + x | g), groups seen": (same, {"re_form": "~(0 + x | g)"}),
        }
        for name, (rows, options) in questions.items():
            found = fit.predict(rows, interval="prediction", **options)
            held.setdefault(name, []).append(float(((found["lwr"] < rows["y"]) & (rows["y"] < found["upr"])).mean()))
    for name, shares in held.items():
        print(f"{name:28s} {np.mean(shares):.3f} (standard error {np.std(shares) / np.sqrt(n_studies):.3f})")


if __name__ == "__main__":
    main()
