"""Random designs beside R: ``python -m benchmarks.random_designs 60 1`` (how many, first seed); needs R.

One or two grouping factors, crossed or nested, factors and covariates with interactions, missing cells and values,
weights, offsets, REML and ML. R fits each with lmerTest by two optimisers at tight settings and keeps the lower end.
Writes ``random_designs.md``: the largest differences, and the name of each reason for one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import mixwidget as mw

QUIET = mw.Control(warn=False)
LIMITS = {  # what counts as a difference: R's optimisers and derivatives are that good
    "criterion": 1e-5,
    "fixef": 1e-3,
    "se": 1e-3,
    "df": 5e-3,
    "F": 2e-3,
    "den df": 5e-3,
    "KR F": 2e-3,
    "KR den df": 5e-3,
    "ranef": 2e-3,
    "emmeans": 1e-3,
    "emmeans SE": 1e-3,
    "profile": 5e-3,
}
HIGHER = "R ends higher"
SINGULAR = "singular: lmerTest's derivatives cross the boundary, and its df depend on where its optimiser stops"
WEIGHTS = "pbkrtest takes the errors of weighted fits for equal"
ONE_TERM = "one term: lmerTest writes type III in the coding of the fit"
FAR = "covariate far from zero: lmerTest's numeric derivatives are inexact, with it centred they give these df"
PROFILE = (
    "R's profile fails: no end for some parameters, too narrow for others; here each end raises the criterion by 3.84"
)
FAR_FROM_ZERO = 10.0  # mean over standard deviation


@dataclass(frozen=True, slots=True)
class Case:
    """A random design: data, formula and options."""

    seed: int
    frame: pd.DataFrame
    fixed: str
    random: str
    coding: str
    reml: bool
    weights: bool
    offset: bool

    @property
    def formula(self) -> str:
        """Of both programs."""
        return f"y ~ {self.fixed} + {self.random}"

    @property
    def contrasts(self) -> dict[str, str]:
        """By factor."""
        return {factor: self.coding for factor in "ab" if factor in self.fixed}


def make(seed: int) -> Case:
    """Draw a design."""
    r = np.random.default_rng([seed, 9])
    n, n_groups, n_others = int(r.integers(90, 320)), int(r.integers(8, 25)), int(r.integers(6, 14))
    frame = pd.DataFrame(
        {
            "a": r.choice(["p", "q", "r"], n, p=[0.5, 0.3, 0.2]),
            "b": r.choice(["u", "v"], n, p=[0.6, 0.4]),
            "x": r.normal(r.choice([0.0, 10.0]), r.choice([0.1, 1.0, 20.0]), n),
            "z": r.normal(size=n),
            "w": r.uniform(0.3, 3.0, n),
            "off": r.normal(size=n),
            "g": r.integers(0, n_groups, n),
            "h": r.integers(0, n_others, n),
        }
    )
    t = ((frame["x"] - frame["x"].mean()) / frame["x"].std()).to_numpy()
    g, h = frame["g"].to_numpy(), frame["h"].to_numpy()
    slopes = r.normal(0, 0.8, n_groups)
    y = 1 + 0.5 * t + 0.6 * (frame["a"] == "q") + 0.4 * frame["z"] + r.normal(0, 1.2, n_groups)[g] + slopes[g] * t
    y = y + r.normal(0, 0.9, n_others)[h] + (frame["a"] == "r") * r.normal(0, 1.0, n_groups)[g]
    frame["y"] = (y + frame["off"] + r.normal(size=n)) * float(r.choice([1.0, 100.0]))
    frame["g"], frame["h"] = frame["g"].map("g{:02d}".format), frame["h"].map("h{:02d}".format)
    if r.uniform() < 0.35:
        frame = frame[~((frame["a"] == "r") & (frame["b"] == "v"))]
    if r.uniform() < 0.3:
        frame.loc[frame.index[r.integers(0, len(frame), 5)], "z"] = np.nan
    fixed = [
        "a * b + x",
        "a * x + z",
        "a + b + z",
        "a * b * z",
        "x",
        "a",
        "0 + a + b",
        "a * b + x * z",
        "poly(z, 2) + b",
        "1",
    ]
    random = [
        "(1 | g)",
        "(x | g)",
        "(x || g)",
        "(1 | g) + (1 | h)",
        "(x | g) + (1 | h)",
        "(1 | g/h)",
        "(0 + a | g)",
        "(b | g)",
    ]
    chosen = str(r.choice(fixed)), str(r.choice(random))
    coding = str(r.choice(["treatment", "sum", "helmert"]))
    flags = r.uniform(size=3) < [0.7, 0.3, 0.3]
    if "z" in chosen[0] and "poly" in chosen[0]:  # neither program makes a basis of missing values
        frame = frame.dropna()
    return Case(seed, frame.reset_index(drop=True), *chosen, coding, *(bool(flag) for flag in flags))


def ours(case: Case) -> dict[str, Any]:
    """Fit and read off."""
    options: dict[str, Any] = {"weights": "w" if case.weights else None, "offset": "off" if case.offset else None}
    fit: Any = mw.lmer(case.formula, case.frame, reml=case.reml, contrasts=case.contrasts, control=QUIET, **options)
    table = fit.coef_table()
    found: dict[str, Any] = {"criterion": fit.criterion, "singular": fit.is_singular, "names": list(table.index)}
    found |= {"fixef": table["estimate"].tolist(), "se": table["se"].tolist(), "df": table["df"].tolist()}
    modes = fit.ranef()
    found["ranef"] = [float(v) for name in sorted(modes) for v in np.sort(modes[name].to_numpy(dtype=float).ravel())]
    if case.fixed != "1":
        test = fit.anova(type=3)
        found |= {"F": test["F value"].tolist(), "den df": test["DenDF"].tolist()}
        if case.reml:
            test = fit.anova(type=3, ddf="kenward-roger")
            found |= {"KR F": test["F value"].tolist(), "KR den df": test["DenDF"].tolist()}
    if "a" in case.fixed:
        means = fit.emmeans("a")
        found |= {"emmeans": means["emmean"].tolist(), "emmeans SE": means["SE"].tolist()}
    if _is_profiled(case):
        found["profile"] = fit.confint("profile").to_numpy(dtype=float).ravel().tolist()
    return found


def _is_profiled(case: Case) -> bool:
    return case.random == "(1 | g)"


R_SCRIPT = """
suppressMessages({library(lmerTest); library(pbkrtest); library(emmeans); library(jsonlite)}); options(warn = -1)
emm_options(msg.interaction = FALSE, msg.nesting = FALSE)
criterion <- function(fit) if (isREML(fit)) lme4::REMLcrit(fit) else -2 * as.numeric(logLik(fit))
out <- lapply(fromJSON("cases.json", simplifyVector = FALSE), function(case) tryCatch({
  d <<- read.csv(case$file, stringsAsFactors = TRUE)
  given <- list(as.formula(case$formula, env = globalenv()), quote(d), REML = case$reml)
  if (length(case$contrasts)) given$contrasts <- lapply(case$contrasts, function(name) paste0("contr.", name))
  if (case$weights) given$weights <- quote(w)
  if (case$offset) given$offset <- quote(off)
  controls <- list(lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5)),
    lmerControl(optimizer = "nloptwrap", optCtrl = list(xtol_abs = 1e-10, ftol_abs = 1e-12, maxeval = 1e5)))
  fits <- lapply(controls, function(control) suppressMessages(do.call("lmer", c(given, list(control = control)))))
  fit <- fits[[which.min(sapply(fits, criterion))]]
  table <- coef(summary(fit)); modes <- ranef(fit, condVar = FALSE)
  found <- list(criterion = criterion(fit), names = I(rownames(table)))
  found <- c(found, list(fixef = I(table[, 1]), se = I(table[, 2]), df = I(table[, 3])))
  found$ranef <- I(unlist(lapply(sort(names(modes)), function(name) sort(as.matrix(modes[[name]])))))
  if (case$fixed != "1") {
    test <- suppressMessages(anova(fit, type = 3))
    found$F <- I(test[["F value"]]); found[["den df"]] <- I(test$DenDF)
    if (case$reml) { test <- suppressMessages(anova(fit, type = 3, ddf = "Kenward-Roger"))
      found[["KR F"]] <- I(test[["F value"]]); found[["KR den df"]] <- I(test$DenDF) } }
  if (grepl("a", case$fixed)) { means <- as.data.frame(summary(emmeans(fit, ~ a, lmer.df = "satterthwaite")))
    found$emmeans <- I(means$emmean); found[["emmeans SE"]] <- I(means$SE) }
  if (case$profile) { ends <- suppressMessages(confint(fit, quiet = TRUE)); found$profile <- I(as.vector(t(ends))) }
  found }, error = function(e) list(error = conditionMessage(e))))
write_json(out, "found.json", digits = 12, auto_unbox = TRUE, na = "null")
"""


def ask_r(cases: list[Case]) -> list[dict[str, Any]]:
    """Return what R finds."""
    with tempfile.TemporaryDirectory() as folder:
        place, listed = Path(folder), list[dict[str, Any]]()
        for case in cases:
            case.frame.to_csv(place / f"{case.seed}.csv", index=False)
            told = {
                "file": f"{case.seed}.csv",
                "formula": case.formula,
                "fixed": case.fixed,
                "contrasts": case.contrasts,
            }
            told |= {"weights": case.weights, "offset": case.offset, "reml": case.reml, "profile": _is_profiled(case)}
            listed.append(told)
        (place / "cases.json").write_text(json.dumps(listed), encoding="utf-8")
        (place / "designs.R").write_text(R_SCRIPT, encoding="utf-8")
        subprocess.run(["nice", "Rscript", "designs.R"], cwd=place, check=True)
        return json.loads((place / "found.json").read_text(encoding="utf-8"))


def differences(mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, float]:
    """Return the largest difference of each quantity: absolute for the criterion, else relative to its scale."""
    found = {"criterion": float(mine["criterion"] - theirs["criterion"])}
    for name in [name for name in LIMITS if name in theirs and name != "criterion"]:
        one, two = (np.array(values[name], dtype=float).ravel() for values in (mine, theirs))
        if name == "profile" and one.shape == two.shape:  # where R finds no end, as its profiles sometimes do
            one, two = one[~np.isnan(two)], two[~np.isnan(two)]
        if one.shape != two.shape or (np.isnan(one) != np.isnan(two)).any():
            found[name] = np.inf
            continue
        scale = (
            np.array(theirs["se"]) if name == "fixef" else np.abs(two) + 1e-3 * np.nanmax(np.abs(two), initial=1e-300)
        )
        scale = np.nanmax(np.abs(two)) if name in ("ranef", "emmeans", "profile") else scale
        found[name] = float(np.nanmax(np.abs(one - two) / scale, initial=0.0))
    return found


def reason(case: Case, name: str, mine: dict[str, Any], theirs: dict[str, Any], found: dict[str, float]) -> str:
    """Return why a difference is there; empty if nobody knows."""
    if found["criterion"] < -LIMITS["criterion"]:
        return HIGHER
    if name == "profile" and np.isnan(np.array(theirs["profile"], dtype=float)).any():
        return PROFILE
    if case.weights and name.startswith("KR"):
        return WEIGHTS
    if name == "den df" and case.fixed == "a" and case.coding != "treatment":
        return ONE_TERM
    ratio = abs(float(case.frame["x"].mean())) / float(case.frame["x"].std())
    if name in ("df", "den df") and "x |" in case.random and ratio > FAR_FROM_ZERO:
        return FAR
    return SINGULAR if mine["singular"] and name in ("df", "den df", "KR den df", "KR F", "profile") else ""


def main() -> None:
    """Draw, fit, ask R, write the table."""
    count, first = (int(text) for text in (sys.argv[1:] + ["60", "1"][len(sys.argv) - 1 :])[:2])
    cases = [make(seed) for seed in range(first, first + count)]
    mine = [ours(case) for case in cases]
    theirs = ask_r(cases)
    lines, unexplained = list[str](), list[str]()
    worst: dict[str, float] = {}
    for case, one, two in zip(cases, mine, theirs, strict=True):
        label = (
            f"| {case.seed} | `{case.formula.replace('|', chr(92) + '|')}` | {case.coding}{'' if case.reml else ', ML'}"
        )
        label += f"{', weights' if case.weights else ''}{', offset' if case.offset else ''} |"
        if "error" in two:
            lines.append(f"{label} R: {two['error'][:80]} |")
            continue
        found = differences(one, two)
        over = {name: value for name, value in found.items() if abs(value) > LIMITS[name]}
        reasons = {name: reason(case, name, one, two, found) for name in over}
        unexplained += [f"seed {case.seed}: {name} {over[name]:.1e}" for name, why in reasons.items() if not why]
        for name, value in found.items():
            if name not in over:
                worst[name] = max(worst.get(name, 0.0), abs(value))
        told = "; ".join(f"{name} {over[name]:.1e} ({why or 'UNEXPLAINED'})" for name, why in reasons.items())
        lines.append(f"{label} {told} |")
    _write(count, first, worst, unexplained, lines)


def _write(count: int, first: int, worst: dict[str, float], unexplained: list[str], lines: list[str]) -> None:
    summary = "\n".join(f"| {name} | {value:.1e} | {LIMITS[name]:.0e} |" for name, value in worst.items())
    text = (
        "# Random designs beside R\n\n"
        f"{datetime.now(tz=timezone.utc):%Y-%m-%d}, `python -m benchmarks.random_designs {count} {first}`: "
        f"{len(unexplained)} differences without an explanation.\n\n"
        "Largest differences where none is named (criterion: absolute; fixef: in SE; modes, means, profile ends: "
        f"of the largest; else relative):\n\n| | largest | limit |\n|---|---|---|\n{summary}\n\n"
        "| seed | formula | options | differences and their reasons |\n|---|---|---|---|\n"
    )
    Path(__file__).with_name("random_designs.md").write_text(text + "\n".join(lines) + "\n", encoding="utf-8")
    print(text)
    print(*unexplained, sep="\n")


if __name__ == "__main__":
    main()
