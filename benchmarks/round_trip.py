"""Whether R reads what ``fit.to_r()`` says: ``python -m benchmarks.round_trip`` writes ``round_trip.md``; needs R.

Each model is fitted here; R evaluates the text of ``to_r()`` as it stands, on ``data <- read.csv(...)``. R's default
optimiser sometimes stops early or in another basin, so the model is fitted again by others, and the lowest end counts.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import mixwidget as mw

CRITERION_ATOL = 1e-3  # R's optimisers stop at about 1e-4
PRIOR_RTOL = 5e-3  # with priors the fitted values are compared, over the standard deviation of the response
FIXED = """
x
a
0 + a
a * b
a + b:x
0 + a:b
a / b
o
a * o
k
l + x
poly(x, 2)
ns(x, 3)
bs(x, 4)
scale(x) + center(z)
I(x^2) + x
log(w) + exp(x)
factor(n)
C(a, contr.sum)
C(o, contr.helmert)
`my x`
_u * `if`
(a + b + x)^2 - a:b
x + offset(off)
relevel(a, "c2") + x
cut(x, c(-5, -1, 0, 1, 5))
a:poly(z, 2)
x %in% 1 + z
ifelse(a == "c1", x, 0)
as.numeric(l) + interaction(a, b)
`größe` + x
""".strip().splitlines()
RANDOM = """
(1 | g)
(x | g)
(x || g)
(0 + x | g)
(1 | g) + (1 | h)
(1 | g/s)
(x || g/s)
(1 | g*h)
(a | g)
(a || g)
(0 + a || g)
(0 + a | g)
(o || g)
(0 + o || g)
(b * x || g)
(0 + b:x || g)
(C(b, contr.sum) || g)
(poly(x, 2) || g)
(a || g) + (x | h)
(1 | g:b)
(l || g)
(k || h)
(`my x` || g)
(dummy(a, "c2") | g)
(factor(n) || g)
(1 | factor(n)) + (x | g)
(scale(x) || g)
(b || g/s)
""".strip().splitlines()
SUM = pd.DataFrame([[1.0, 0.5], [0, -2], [-1, 1.5]], index=["c1", "c2", "c3"], columns=["one", "two"])
OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("y ~ a + x + (1 | g)", {"contrasts": {"a": SUM}}),
    ("y ~ a * b + (a | g)", {"contrasts": {"a": "helmert", "b": "sum"}}),
    ("y ~ a + x + (1 | g)", {"contrasts": {"a": [[1.0], [0], [-1]]}}),
    ("y ~ 0 + a + o + (1 | g)", {"contrasts": {"a": SUM, "o": "SAS"}}),
    ("y ~ factor(n) + (1 | g)", {"contrasts": {"factor(n)": "sum"}}),
    ("y ~ x + (1 | g)", {"weights": "w"}),
    ("y ~ x + (x | g)", {"weights": "my w", "reml": False}),
    ("y ~ a + (a || g)", {"weights": "w^2", "offset": "off"}),
    ("y ~ x + (1 | g)", {"subset": "x > -1 & a != 'c3'"}),
    ("y ~ a + (1 | h)", {"subset": "l", "offset": "off / 2", "reml": False}),
    ("y ~ a + (a || g)", {"control": "lme4"}),
    ("y ~ b * x + (b * x || g)", {"control": "lme4"}),
    ("y ~ x + (0 + o || g)", {"control": "lme4"}),
    ("log(y + 20) ~ a + (1 | g)", {}),
    ("y ~ . - my_text + (1 | g)", {"columns": ["y", "x", "a", "g", "my_text"]}),
    ("y ~ a + o + (a | g)", {"attrs": {"a": SUM, "o": "sum"}}),
    ("y ~ a + (a || g)", {"attrs": {"a": "helmert"}}),
    ("y ~ x + (x | g)", {"cov_prior": "wishart"}),
    ("y ~ x + (1 | g) + (1 | h)", {"cov_prior": "gamma"}),
    ("y ~ a + (a || g)", {"cov_prior": "wishart", "fixef_prior": "normal"}),
    ("y ~ x + (1 | g)", {"structure": [("g", ["(Intercept)", "x"])], "from": "y ~ x + (x + a | g)"}),
    ("y ~ x + (a || g)", {"structure": [("g", ["(Intercept)"]), ("g", ["ac2"])], "from": "y ~ x + (a | g)"}),
]


@dataclass(frozen=True, slots=True)
class Trip:
    """A model there and back: its text, what R found, and how far that is from here."""

    formula: str
    options: str
    code: str
    criterion: float
    fitted: np.ndarray
    has_priors: bool


def data() -> pd.DataFrame:
    """Return made-up data with columns of all sorts."""
    r, n = np.random.default_rng(20261201), 360
    g, h = r.integers(0, 18, n), r.integers(0, 12, n)
    frame = pd.DataFrame(
        {
            "x": r.normal(size=n),
            "z": r.normal(5, 2, n),
            "w": r.uniform(0.5, 2, n),
            "my w": r.uniform(0.5, 2, n),
            "off": r.normal(size=n),
            "a": r.choice(["c1", "c2", "c3"], n, p=[0.5, 0.3, 0.2]),
            "b": r.choice(["no", "yes"], n),
            "o": pd.Categorical(r.choice(["low", "mid", "top"], n), ["top", "low", "mid"], ordered=True),
            "k": pd.Categorical(r.choice([1, 10, 2], n), [2, 10, 1]),
            "l": r.uniform(size=n) < 0.4,
            "n": r.integers(1, 5, n),
            "my x": r.normal(size=n),
            "_u": r.normal(size=n),
            "if": r.normal(size=n),
            "größe": r.normal(size=n),
            "my_text": "same",
            "g": [f"g{i}" for i in g],
            "h": [f"h{i}" for i in h],
            "s": r.choice(["s1", "s2", "s3"], n),
        }
    )
    slopes, steps = r.normal(size=18), r.normal(size=(18, 3)) * [0.5, 1.5, 1.0]
    mean = 2 + frame["x"] * (0.4 + 0.8 * slopes[g]) + steps[g, frame["a"].str[1].astype(int) - 1] + r.normal(size=12)[h]
    frame["y"] = (
        mean + r.normal(size=18)[g] + 0.5 * frame["l"] + (frame["o"] == "mid") * r.normal(size=18)[g] + r.normal(size=n)
    )
    return frame


def models() -> list[tuple[str, dict[str, Any]]]:
    """Return every model: formula and options."""
    simple = [*(f"y ~ {fixed} + (1 | g)" for fixed in FIXED), *(f"y ~ x + {random}" for random in RANDOM)]
    return [*((formula, {}) for formula in simple), *OTHERS]


def trip(formula: str, options: dict[str, Any], frame: pd.DataFrame) -> Trip:
    """Fit a model here, and write it down for R."""
    given = dict(options)
    control = mw.Control(warn=False, double_bar=given.pop("control", "zero"))
    frame = frame[given.pop("columns", list(frame.columns))].copy()
    frame.attrs["contrasts"] = given.pop("attrs", {})
    structure, start = given.pop("structure", None), given.pop("from", formula)
    fit: Any = mw.lmer(start, frame, control=control, data_name="data", **given)
    if structure is not None:
        fit = fit.restructure(structure)
    code = fit.to_r()
    return Trip(formula, str(options) if options else "", code, fit.criterion, np.asarray(fit.fitted), "blmer(" in code)


R_SCRIPT = """
suppressMessages({library(lme4); library(jsonlite)}); options(warn = -1)
cases <- fromJSON("cases.json", simplifyVector = FALSE)
criterion <- function(fit) if (isREML(fit)) lme4::REMLcrit(fit) else -2 * as.numeric(logLik(fit))
found <- lapply(cases, function(case) tryCatch({
  home <- new.env(parent = globalenv())
  home$data <- read.csv("data.csv", check.names = FALSE)
  if (length(case$columns)) home$data <- home$data[unlist(case$columns)]
  suppressMessages(eval(parse(text = case$code, encoding = "UTF-8"), home))
  fit <- home$fit
  plain <- criterion(fit); ends <- c(); values <- fitted(fit)
  if (!case$priors) for (o in c("bobyqa", "Nelder_Mead")) {
    again <- sprintf('update(fit, control = lmerControl(optimizer = "%s", optCtrl = list(maxfun = 1e5)))', o)
    other <- tryCatch(suppressMessages(eval(parse(text = again), home)), error = function(e) NULL)
    if (!is.null(other)) ends <- c(ends, criterion(other)) }
  list(plain = plain, best = min(plain, ends), fitted = unname(values))
}, error = function(e) list(error = conditionMessage(e))))
write_json(found, "found.json", digits = 12, auto_unbox = TRUE)
"""


def ask_r(trips: list[Trip], columns: list[list[str]], frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return what R makes of each text."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        frame.to_csv(place / "data.csv", index=False)
        cases = [
            {"code": each.code, "priors": each.has_priors, "columns": names}
            for each, names in zip(trips, columns, strict=True)
        ]
        (place / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
        (place / "trip.R").write_text(R_SCRIPT, encoding="utf-8")
        subprocess.run(["nice", "Rscript", "trip.R"], cwd=place, check=True)
        return json.loads((place / "found.json").read_text(encoding="utf-8"))


def row(number: int, each: Trip, found: dict[str, Any], spread: float) -> tuple[str, bool]:
    """Return a line of the table, and whether R has the same model."""
    options = each.options.replace("|", "\\|").replace("\n", " ")
    head = f"| {number} | `{each.formula.replace('|', chr(92) + '|')}` | {options} |"
    if "error" in found:
        return f"{head} | | R: {found['error']} |", False
    fitted = float(np.abs(np.array(found["fitted"]) - each.fitted).max()) / spread
    if each.has_priors:
        return (
            f"{head} | fitted values {fitted:.0e} | {'same' if fitted < PRIOR_RTOL else 'DIFFERS'} |",
            fitted < PRIOR_RTOL,
        )
    by_default, best = found["plain"] - each.criterion, found["best"] - each.criterion
    same = abs(best) < CRITERION_ATOL
    word = (
        "same" if abs(by_default) < CRITERION_ATOL else "same; R's default optimiser ends higher" if same else "DIFFERS"
    )
    return f"{head} | {by_default:+.1e} / {best:+.1e} | {word} |", same


def main() -> None:
    """Fit, ask R, write the table."""
    frame = data()
    chosen = models()
    trips = [trip(formula, options, frame) for formula, options in chosen]
    found = ask_r(trips, [options.get("columns", []) for _, options in chosen], frame)
    spread = float(frame["y"].std())
    rows = [row(i + 1, each, answer, spread) for i, (each, answer) in enumerate(zip(trips, found, strict=True))]
    n_same = sum(same for _, same in rows)
    text = (
        "# `to_r()` there and back\n\n"
        f"{datetime.now(tz=timezone.utc):%Y-%m-%d}: R has the same model in {n_same} of {len(rows)}. "
        "Written by `python -m benchmarks.round_trip`; "
        "criterion of R less ours, by R's default optimiser / by the best of three.\n\n"
        "| | formula | options | difference | |\n|---|---|---|---|---|\n"
    )
    Path(__file__).with_name("round_trip.md").write_text(
        text + "\n".join(line for line, _ in rows) + "\n", encoding="utf-8"
    )
    print(f"{n_same} of {len(rows)} the same")
    print(*(line for line, same in rows if not same), sep="\n")


if __name__ == "__main__":
    main()
