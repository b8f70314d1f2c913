"""Whether a change of the house changed a number: what two checkouts say of the same models.

    python -m benchmarks.same_numbers write before.json      # in the one checkout
    python -m benchmarks.same_numbers write after.json       # in the other
    python -m benchmarks.same_numbers compare before.json after.json

All is read through public names: the models of the reference, and random designs by seed. Numbers agree to 1e-9 of
their size (of a standard error for estimates), texts to the letter.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import mixwidget as mw
from tests.oracles import cases, is_readable
from tests.reference_fits import reference_fit

N_RANDOM = 60
RTOL = 1e-9
QUIET = mw.Control(warn=False)


def random_models(n: int) -> Iterator[tuple[str, Any]]:
    """Yield fits of random data sets: one, two crossed, two nested factors; weights, offset, ML, missing cells."""
    for seed in range(n):
        rng = np.random.default_rng([20261201, seed])
        n_rows = int(rng.integers(60, 400))
        g = rng.integers(0, rng.integers(6, 25), n_rows)
        h = g // 3 if seed % 3 == 1 else rng.integers(0, rng.integers(5, 15), n_rows)
        f, k = rng.choice(list("abc"), n_rows), rng.choice(list("uv"), n_rows)
        x = 10.0 ** rng.integers(-2, 3) * rng.normal(size=n_rows)
        if (
            seed % 5 != 2
        ):  # `||` with a predictor far from zero is so ill-conditioned that rounding moves its end by 1e-8
            x += rng.choice([0.0, 2000.0])
        z = (x - x.mean()) / x.std()
        y = 3.0 + z + (f == "b") + rng.normal(size=25)[g] + z * rng.normal(size=25)[g] * rng.choice([0.0, 0.7])
        y += rng.normal(size=25)[h] + rng.normal(size=n_rows)
        data = pd.DataFrame({"y": y, "x": x, "f": f, "k": k, "g": g.astype(str), "h": h.astype(str)})
        data["w"], data["o"] = rng.uniform(0.3, 3.0, n_rows), rng.normal(size=n_rows)
        random = ["(x | g)", "(1 | h / g)", "(x || g) + (1 | h)", "(1 | g) + (1 | h)", "(f | g)"][seed % 5]
        fixed = ["x + f", "x * f", "f * k", "scale(x) + k", "poly(x, 2) + f"][(seed // 5) % 5]
        options = {"weights": "w"} if seed % 4 == 1 else {"offset": "o"} if seed % 4 == 2 else {}
        yield (
            f"random {seed}: {fixed} + {random}",
            mw.lmer(f"y ~ {fixed} + {random}", data, reml=seed % 2 == 0, control=QUIET, **options),
        )


def said(fit: Any) -> dict[str, Any]:
    """Return what a fit says of itself: numbers by name with what their errors are measured in, and texts."""
    se = fit.stderr.to_numpy()
    modes = fit.ranef(cond_sd=True)
    table, profiled = fit.coef_table(), fit.confint("wald")
    numbers: dict[str, tuple[Any, Any]] = {
        "criterion": (fit.criterion, abs(fit.criterion) + 1.0),
        "aic": (fit.aic, abs(fit.criterion) + 1.0),
        "bic": (fit.bic, abs(fit.criterion) + 1.0),
        "fixef": (fit.fixef, se),
        "stderr": (se, se),
        "df": (table["df"], table["df"]),
        "p": (table["p"], 1.0),
        "sdcor": (fit.varcorr.to_frame()["sdcor"], fit.varcorr.to_frame()["sdcor"].abs() + 1e-3),
        "modes": (modes["condval"], modes["condsd"] + 1e-3 * fit.sigma),
        "condsd": (modes["condsd"], modes["condsd"] + 1e-3 * fit.sigma),
        "wald": (profiled.to_numpy(), np.abs(np.nan_to_num(profiled.to_numpy())) + 1.0),
        "F": (fit.anova()["F value"], 1.0 + fit.anova()["F value"].abs()),
        "r2": (fit.r2(), 1.0),
        "fitted": (fit.fitted.to_numpy()[:20], fit.sigma),
        "resid": (fit.resid("scaled").to_numpy()[:20], 1.0),
        "predict": (fit.predict(re_form="~0").to_numpy()[:20], fit.sigma),
    }
    kept = {
        name: [_list(value), _list(np.broadcast_to(unit, np.shape(value)))] for name, (value, unit) in numbers.items()
    }
    return {
        "numbers": kept,
        "text": str(fit),
        "verdict": str(fit.verdict),
        "findings": [f.code for f in fit.diagnostics],
    }


def _list(values: Any) -> list[float]:
    return np.asarray(values, dtype=float).ravel().tolist()


def write(path: Path) -> None:
    models = [(name, reference_fit(name)) for name in cases("lmer") if is_readable(name)]
    path.write_text(json.dumps({name: said(fit) for name, fit in (*models, *random_models(N_RANDOM))}))


def compare(one: Path, other: Path) -> pd.DataFrame:
    """Return the largest difference of each number over all models, in its unit, and which texts differ."""
    before, after = json.loads(one.read_text()), json.loads(other.read_text())
    worst: dict[str, tuple[float, str]] = {}
    for name in before.keys() & after.keys():
        for number, (values, unit) in before[name]["numbers"].items():
            ours = after[name]["numbers"][number][0]
            gap = np.abs(np.subtract(values, ours)) / np.maximum(np.abs(unit), 1e-300)
            same = np.isnan(values) & np.isnan(ours)
            largest = float(np.where(same, 0.0, gap).max(initial=0.0))
            if not worst.get(number, (-1.0, ""))[0] >= largest:  # so that NaN wins
                worst[number] = (largest, name)
        for text in ("text", "verdict", "findings"):
            differs, where = worst.get(text, (0.0, ""))
            is_other = before[name][text] != after[name][text]
            worst[text] = (differs + is_other, where or (name if is_other else ""))
    rows = [(number, gap, name) for number, (gap, name) in worst.items()]
    missing = len(before.keys() ^ after.keys())
    return pd.DataFrame([*rows, ("models in one of them only", missing, "")], columns=["number", "largest", "model"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["write", "compare"])
    parser.add_argument("paths", nargs="+", type=Path)
    given = parser.parse_args()
    if given.action == "write":
        write(given.paths[0])
        return
    table = compare(*given.paths[:2])
    print(table.to_string(index=False, float_format=lambda value: f"{value:.1e}"))
    print("worst:", "within" if (table["largest"] <= RTOL).all() else "above", RTOL)


if __name__ == "__main__":
    main()
