"""Marginal means of random models beside R's emmeans: run by hand, ``python tests/oracles/R/means_random.py [n] [seed]``.

Unbalanced data with empty cells, nested factors, covariates (shifted, scaled, polynomials), weights, offsets, contrasts of
every kind; means, slopes and contrasts by every weighting and adjustment. It prints the largest differences by quantity.
What is left out, since emmeans 1.8.4 answers by other rules there: frequencies with prior weights where the formula has
a function (it sums the weights; elsewhere it counts rows, as we do), Scheffe's rank under codings that sum to zero (it
finds 3 for the pairs of 3 means; its manual says k - 1), and groups of contrasts that nested factors make (it takes the
number of all cells for the family).
"""

import json
import re
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

import mixwidget as mw

FORMULAS = (
    "y ~ f * k + x",
    "y ~ f * k * x",
    "y ~ f + k * h",
    "y ~ f * k * h",
    "y ~ f * k * xc",
    "y ~ f * scale(x) + k",
    "y ~ f * k * poly(x, 2)",
    "y ~ f * year + k",
    "y ~ f * k + f:x",
    "y ~ f * k + z + lg",
    "y ~ p / s + k",
    "y ~ p + s + k * x",
    "y ~ p * k + s",
    "y ~ p + p:s + h",
    "y ~ f * o + x",
    "y ~ factor(n) * f + x",
    "y ~ f * k + I(x^2) + x",
    "y ~ f * k + offset(off)",
    "y ~ 0 + f + k + f:k",
    "y ~ f + f:k + h",
)
CODINGS = ({}, {"f": "sum"}, {"f": "helmert"}, {"f": "sum", "k": "helmert"})
SPECS = ("f", "k", "f*k", "f|k", "h", "1", "p", "s", "s|k", "k|p", "o", "o|f", "n", "lg", "z")
WEIGHTS = ("equal", "proportional", "outer", "cells", "flat")
FAMILIES = (
    ("pairwise", None),
    ("pairwise", "scheffe"),
    ("pairwise", "bonferroni"),
    ("revpairwise", "sidak"),
    ("trt.vs.ctrl", "holm"),
    ("eff", None),
    ("eff", "BY"),
    ("del.eff", "hommel"),
    ("poly", None),
    ("consec", "hochberg"),
    ("mean_chg", "none"),
    ("consec", "tukey"),
)
NOTHING = 1e-12
R_CODE = """
suppressPackageStartupMessages({library(lme4); library(lmerTest); library(emmeans)})
emm_options(lmer.df = "satterthwaite", msg.nesting = FALSE, msg.interaction = FALSE); options(warn = -1)
cases <- jsonlite::fromJSON("cases.json", simplifyVector = FALSE)
numbers <- function(s, names) lapply(s[intersect(names, names(s))], as.numeric)
out <- lapply(cases, function(case) {
  d <- read.csv(case$data, stringsAsFactors = TRUE); d$o <- factor(d$o, levels = c("lo", "mid", "hi"), ordered = TRUE)
  d$f <- factor(d$f, levels = c("c", "a", "b"))
  coding <- lapply(case$coding, function(one) paste0("contr.", one))
  given <- if (length(coding)) coding else NULL
  fit <- suppressMessages(if (case$weighted) lmer(as.formula(case$formula), d, weights = w, contrasts = given)
         else lmer(as.formula(case$formula), d, contrasts = given))
  list(criterion = REMLcrit(fit), calls = lapply(case$calls, function(call) tryCatch({
    spec <- as.formula(paste("~", call$spec))
    e <- if (call$kind == "means") emmeans(fit, spec, weights = call$weights)
         else emtrends(fit, spec, var = call$kind, max.degree = 1)
    if (!is.null(call$family)) {
      s <- if (is.null(call$adjust)) contrast(e, call$family) else contrast(e, call$family, adjust = call$adjust)
      numbers(summary(s, infer = TRUE), c("estimate", "SE", "df", "lower.CL", "upper.CL", "p.value"))
    } else {
      s <- as.data.frame(summary(e)); names(s)[grepl("emmean|trend", names(s))] <- "estimate"
      numbers(s, c("estimate", "SE", "df", "lower.CL", "upper.CL"))
    }
  }, error = function(e) list(error = conditionMessage(e)))))
})
jsonlite::write_json(out, "out.json", digits = 12, auto_unbox = TRUE, na = "string")
"""


def random_data(r: np.random.Generator) -> pd.DataFrame:
    n = int(r.integers(90, 220))
    s = r.choice(list("stuvw"), n, p=r.dirichlet(np.full(5, 5.0)))
    d = pd.DataFrame(
        {
            "f": r.choice(["a", "b", "c"], n, p=r.dirichlet(np.full(3, 4.0))),
            "k": r.choice(["u", "v"], n),
            "h": r.choice(["h1", "h2", "h3"], n, p=r.dirichlet(np.full(3, 4.0))),
            "o": r.choice(["lo", "mid", "hi"], n),
            "s": s,
            "p": np.where(np.isin(s, ["s", "t"]), "P", "Q"),
            "n": r.choice([1.0, 2.5, 4.0], n),
            "z": r.integers(0, 2, n),
            "lg": r.choice([True, False], n),
            "x": r.normal(r.choice([0.0, 5.0, 1000.0]), r.choice([1.0, 0.01, 50.0]), n),
            "year": r.integers(2000, 2020, n),
            "off": r.normal(size=n),
            "w": r.uniform(0.5, 3.0, n),
            "g": r.choice([f"g{i}" for i in range(9)], n),
        }
    )
    if r.random() < 0.7:
        d = d[~((d["f"] == "c") & (d["k"] == "v"))]
    if r.random() < 0.4:
        d = d[~((d["h"] == "h2") & (d["k"] == "u"))]
    d = d.assign(xc=d["x"] - d["x"].mean()).reset_index(drop=True)
    level = dict(zip("abcstuvw", r.normal(size=8), strict=True))
    group = dict(zip(sorted(d["g"].unique()), r.normal(size=9), strict=False))
    mean = d["f"].map(level) + d["s"].map(level) + (d["k"] == "u") * d["xc"] / d["x"].std() + d["g"].map(group)
    return d.assign(y=mean + r.normal(size=len(d)))


def random_case(r: np.random.Generator, number: int) -> dict:
    formula = str(r.choice(FORMULAS))
    variables = set(re.findall(r"[a-z]\w*", formula)) | {"1"}
    specs = [spec for spec in SPECS if set(re.findall(r"\w+", spec)) <= variables]
    calls = []
    for _ in range(6):
        kind = "means"
        if "x" in variables and not {"poly", "I"} & set(re.findall(r"\w+", formula)) and r.random() < 0.3:
            kind = "x"
        family, adjust = FAMILIES[r.integers(len(FAMILIES))] if r.random() < 0.6 else (None, None)
        several = [one for one in specs if one != "1"]  # of one mean there are no contrasts
        if family is not None and ("p" in variables or "f:k + h" in formula):
            several = [one for one in several if "|" not in one]
        spec = str(r.choice(specs if kind == "means" and family is None else several))
        calls.append({"kind": kind, "spec": spec, "weights": str(r.choice(WEIGHTS)), "family": family, "adjust": adjust})
    coding = {name: value for name, value in CODINGS[r.integers(len(CODINGS))].items() if name in formula}
    coding = {} if formula.startswith("y ~ 0") or any(call["adjust"] == "scheffe" for call in calls) else coding
    return {
        "formula": f"{formula} + (1|g)", "coding": coding, "weighted": bool(r.random() < 0.3) and "(" not in formula, "calls": calls,
        "data": f"d{number}.csv",
    }


def numbers(values: object) -> np.ndarray:
    listed = values if isinstance(values, list) else [values]
    return np.array([np.nan if value in ("NA", None) else np.inf if value == "Inf" else float(value) for value in listed])


def compared(case: dict, frame: pd.DataFrame, answer: dict) -> list[tuple]:
    frame = frame.assign(
        o=pd.Categorical(frame["o"], ["lo", "mid", "hi"], ordered=True), f=pd.Categorical(frame["f"], ["c", "a", "b"])
    )
    fit = mw.lmer(
        case["formula"], frame, weights="w" if case["weighted"] else None, contrasts=case["coding"] or None,
        control=mw.Control(warn=False),
    )
    if abs(fit.criterion - answer["criterion"]) > 1e-5:
        return [("criterion", abs(fit.criterion - answer["criterion"]), case["formula"], "")]
    found = []
    for call, theirs in zip(case["calls"], answer["calls"], strict=True):
        shown = f"{case['data']} {case['formula']} {case['coding']} {call}"
        if "error" in theirs:
            found.append(("R error", 0.0, shown, theirs["error"][:80]))
            continue
        options = {"contrasts": call["family"], "adjust": call["adjust"]}
        try:
            if call["kind"] == "means":
                table = fit.emmeans(f"~ {call['spec']}", weights=call["weights"], **options)
            else:
                table = fit.trends(call["kind"], f"~ {call['spec']}", **options)
        except Exception as error:  # noqa: BLE001  a refusal is a difference too
            found.append(("our error", np.inf, shown, repr(error)[:120]))
            continue
        mine = table.rename(columns={"emmean": "estimate", f"{call['kind']}.trend": "estimate"})
        for name, values in theirs.items():
            expected, own = numbers(values), mine[name].to_numpy(dtype=float)
            if len(expected) != len(own):
                found.append(("rows", np.inf, shown, f"{len(own)} instead of {len(expected)}"))
                break
            if (np.isnan(expected) != np.isnan(own)).any():
                found.append(("NaN", np.inf, shown, f"{name} {own.round(4)} {expected.round(4)}"))
                break
            unit = np.nanmax([*numbers(theirs["SE"]), 1e-300]) if name in ("estimate", "SE", "lower.CL", "upper.CL") else 1.0
            unit = np.nanmax([*expected, 1.0]) if name == "df" else unit
            if np.nanmax(numbers(theirs["SE"])) < NOTHING:  # slopes that are the same by the model
                break
            gap = np.abs(own - expected)[~np.isnan(expected) & ~np.isinf(expected)]
            found.append((name, float(np.max(gap, initial=0.0)) / unit, shown, ""))
    return found


def main(n: int, seed: int) -> None:
    r = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        frames, cases = [], []
        for number in range(n):
            frames.append(random_data(r))
            frames[-1].to_csv(Path(folder) / f"d{number}.csv", index=False)
            cases.append(random_case(r, number))
        (Path(folder) / "cases.json").write_text(json.dumps(cases))
        (Path(folder) / "run.R").write_text(R_CODE)
        subprocess.run(["nice", "Rscript", "run.R"], cwd=folder, check=True)
        answers = json.loads((Path(folder) / "out.json").read_text())
    warnings.simplefilter("ignore")
    rows = [row for case, frame, answer in zip(cases, frames, answers, strict=True) for row in compared(case, frame, answer)]
    table = pd.DataFrame(rows, columns=["what", "difference", "case", "detail"])
    print(table.groupby("what")["difference"].agg(["size", "max"]))
    for row in table[(table["difference"] > 1e-4) | (table["what"] == "R error")].itertuples():
        print(row.what, f"{row.difference:.1e}", row.case, row.detail)


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    main(*(given + [60, 1][len(given) :]))
