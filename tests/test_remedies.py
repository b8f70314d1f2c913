"""A finding names a remedy that works: each is raised by a small data set, and what its words advise is done.

A remedy is a generator: it yields the findings (or verdicts) before and those after what was advised. By default the
finding must be gone afterwards; where the advice is to let something stand (``stays=True``), the finding is still
there and the function asserts what the words promise. A code of the package without a remedy fails.
"""

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw

ROOT = Path(__file__).parents[1]
QUIET = mw.Control(warn=False)
HEADING = re.compile(r"^### [^`\n]*`([^`]+)`", re.MULTILINE)
SINGULAR_SD = 1e-3  # relative; far above what the boundary is told by


@dataclass(frozen=True)
class Remedy:
    code: str
    advice: str
    stays: bool
    steps: Callable[[], Iterator]

    def __str__(self):
        return f"{self.code}: {self.advice[:40]}"


REMEDIES: list[Remedy] = []


def remedy(code, advice, *, stays=False):
    """Register what to do about a finding; `advice` are the words of its message or hint that say so."""

    def register(steps):
        REMEDIES.append(Remedy(code, advice, stays, steps))
        return steps

    return register


def written_codes():
    """Return every code that the package gives to a `Diagnostic` or a `Verdict`."""
    for path in (ROOT / "mixwidget").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Diagnostic", "Verdict"):
                assert isinstance(node.args[0], ast.Constant), f"{path}: the code is written out where it is given"
                yield node.args[0].value


def test_every_code_of_the_package_and_of_the_page_has_a_remedy():
    page = HEADING.findall((ROOT / "docs" / "messages.md").read_text("utf-8"))
    assert {found.code for found in REMEDIES} == set(written_codes()) == set(page)


@pytest.mark.parametrize("case", REMEDIES, ids=str)
def test_a_remedy_that_is_named_works(case):
    steps = case.steps()
    before = next(steps)
    assert all(found.hint for found in before if hasattr(found, "hint") and found.code != "no_fit_possible")
    told = [found for found in before if found.code == case.code]
    texts = [f"{found.message}; {getattr(found, 'hint', '')}" for found in told]
    assert any(case.advice in text for text in texts), texts
    after = [found.code for found in next(steps)]
    assert (case.code in after) is case.stays
    assert next(steps, None) is None


# --- data and shorthands


def fitted(formula, data, **options):
    return mw.lmer(formula, data, **{"control": QUIET, **options})


def found_in(formula, data, **options):
    return fitted(formula, data, **options).diagnostics


def notes(formula, data, **options):
    return mw.check_design(formula, data, **options).notes


def eight_groups(seed=1):
    random = np.random.default_rng(seed)
    data = pd.DataFrame({"g": np.repeat(list("ABCDEFGH"), 6), "x": random.normal(size=48)})
    data["y"] = data["x"] + np.repeat(random.normal(size=8), 6) + random.normal(size=48)
    data["h"] = np.tile(["1", "2", "3"], 16)
    data["sex"] = np.repeat(list("FMFMFMFM"), 6)
    return data


def two_stories():
    """Return three people whose pain rises with the dosage between them and falls within."""
    means = {"a": (2.5, 80), "b": (27.5, 308), "c": (52.5, 475)}
    steps = list(zip((-1.5, -0.5, 0.5, 1.5), (1, -1, -1, 1), strict=True))
    rows = [(g, x + d, y - 8 * d + e) for g, (x, y) in means.items() for d, e in steps]
    return pd.DataFrame(rows, columns=["person", "dosage", "pain"])


def slopes_that_disagree():
    hsb = pd.DataFrame({"school": [f"s{j}" for j in range(8) for _ in range(6)]})
    hsb["ses"] = [5.0 * j + i for j in range(8) for i in range(6)]
    hsb["math"] = [8.0 * j - i + (i * j) % 3 for j in range(8) for i in range(6)]
    return hsb


def smallest_sd(fit):
    return min(np.linalg.svd(root, compute_uv=False).min() for root in fit.fit.estimates.templates)


def same_numbers(one, other):
    assert one.criterion == pytest.approx(other.criterion, abs=1e-6)
    assert one.fixef.to_numpy() == pytest.approx(other.fixef.to_numpy(), rel=1e-5, abs=1e-6)


# --- verdicts


@remedy("converged", "Converged.", stays=True)
def a_fit_from_elsewhere_ends_there_too():
    sleep = mw.load_dataset("sleepstudy")
    fit = fitted("Reaction ~ Days + (Days | Subject)", sleep)
    yield [fit.verdict]
    again = fitted("Reaction ~ Days + (Days | Subject)", sleep, start=[2.0, -0.5, 0.1])
    same_numbers(again, fit)
    yield [again.verdict]


@remedy("boundary", "the intercepts and the 'x' slopes of 'g' lie on one line")
def simplify_what_lies_on_a_line():
    fit = fitted("y ~ x + (x | g)", eight_groups().groupby("g").head(3))
    yield [fit.verdict]
    yield [mw.simplify(fit, progress=False).chosen.verdict]


@remedy("several optima", "here dosage = ")
def give_each_slope_its_own_coefficient():
    data = two_stories()
    yield [fitted("pain ~ dosage + (1 | person)", data).verdict]
    split = mw.center_within(data, "dosage", by="person")
    yield [fitted("pain ~ dosage_within + dosage_mean + (1 | person)", split).verdict]


@remedy("several optima", "fit again with Control(starts='both')", stays=True)
def another_start_ends_lower():
    data = two_stories()
    fits = [
        fitted("pain ~ dosage + (1 | person)", data, control=mw.Control(starts=s, warn=False))
        for s in ("better", "both")
    ]
    yield [fits[0].verdict]
    assert fits[1].criterion < fits[0].criterion - 1.0
    assert "lower than this fit" not in fits[1].verdict.message
    yield [fits[1].verdict]


@remedy("not converged", "stopped after")
def let_it_run():
    formula, pastes = "strength ~ 1 + (1 | batch / cask)", mw.load_dataset("pastes")
    yield [fitted(formula, pastes, control=mw.Control(max_evaluations=1, warn=False)).verdict]
    yield [fitted(formula, pastes).verdict]


# --- findings of a fit


@remedy("singular_fit", "mw.simplify(fit) tries simpler random parts")
def try_simpler_random_parts():
    fit = fitted("y ~ x + (x | g)", eight_groups().groupby("g").head(3))
    yield fit.diagnostics
    yield mw.simplify(fit, progress=False).chosen.diagnostics


@remedy("singular_fit", "all else is as without this term", stays=True)
def leave_a_term_at_zero():
    data = mw.load_dataset("dyestuff2")
    fit = fitted("Yield ~ 1 + (1 | Batch)", data)
    yield fit.diagnostics
    assert fit.fixef.iloc[0] == pytest.approx(data["Yield"].mean())
    assert fit.sigma == pytest.approx(data["Yield"].std())
    yield fit.diagnostics


@pytest.mark.parametrize("formula", ["y ~ x + (x | g)", "y ~ x + (h | g)", "y ~ x + (1 | g) + (0 + x | g)"])
def test_a_weak_prior_makes_every_kind_of_singular_fit_regular(formula):
    data = eight_groups(3)
    assert smallest_sd(fitted(formula, data, cov_prior="wishart")) > SINGULAR_SD


@remedy("singular_fit", "a weak prior, cov_prior='wishart', makes it regular")
def put_a_weak_prior_on_it():
    data = mw.load_dataset("dyestuff2")
    yield found_in("Yield ~ 1 + (1 | Batch)", data)
    regular = fitted("Yield ~ 1 + (1 | Batch)", data, cov_prior="wishart")
    assert smallest_sd(regular) > SINGULAR_SD
    yield regular.diagnostics


@remedy("several_optima", "mw.all_fit(fit) lists them", stays=True)
def all_fit_lists_the_optima():
    fit = fitted("pain ~ dosage + (1 | person)", two_stories())
    yield fit.diagnostics
    heights = mw.all_fit(fit, progress=False).to_frame().iloc[:, 1].to_numpy()
    for gap in fit.verdict.others:
        assert np.abs(heights - gap).min() < 1e-3
    yield fit.diagnostics


@remedy("several_optima", "slopes within and between groups that disagree")
def take_the_slopes_apart():
    data = two_stories()
    yield found_in("pain ~ dosage + (1 | person)", data)
    split = mw.center_within(data, "dosage", by="person")
    yield found_in("pain ~ dosage_within + dosage_mean + (1 | person)", split)


@remedy("not_converged", "raise Control(max_evaluations=...)")
def raise_the_limit():
    formula, pastes = "strength ~ 1 + (1 | batch / cask)", mw.load_dataset("pastes")
    yield found_in(formula, pastes, control=mw.Control(max_evaluations=1, warn=False))
    yield found_in(formula, pastes, control=mw.Control(max_evaluations=100, warn=False))


@remedy("not_converged", "start elsewhere with start=")
def start_elsewhere():
    formula, pastes = "strength ~ 1 + (1 | batch / cask)", mw.load_dataset("pastes")
    few = mw.Control(max_evaluations=1, warn=False)
    yield found_in(formula, pastes, control=few)
    yield found_in(formula, pastes, control=few, start=fitted(formula, pastes).theta)


@remedy("undetermined_variances", "take them out")
def take_out_random_effects_that_repeat_fixed_ones():
    data = eight_groups()
    data["i"] = np.tile(list("uvwxyz"), 8)
    fit = fitted("y ~ i + x + (1 | g) + (1 | i)", data)
    yield fit.diagnostics
    without = fitted("y ~ i + x + (1 | g)", data)
    same_numbers(fit, without)
    yield without.diagnostics


@remedy("undetermined_variances", "or the fixed effects they repeat")
def take_out_the_fixed_effects():
    data = eight_groups()
    yield found_in("y ~ g + x + (1 | g)", data)
    yield found_in("y ~ x + (1 | g)", data)


@remedy("undetermined_variances", "take a term out")
def take_out_one_of_the_terms_whose_sum_is_determined():
    data = eight_groups().assign(k=lambda d: d["g"] + "*")
    both, one = (fitted(formula, data) for formula in ("y ~ x + (1 | g) + (1 | k)", "y ~ x + (1 | g)"))
    yield both.diagnostics
    same_numbers(both, one)
    yield one.diagnostics


@remedy("undetermined_variances", "write '||'")
def write_two_bars():
    data = eight_groups()
    yield notes("y ~ sex + (sex | g)", data)
    yield notes("y ~ sex + (sex || g)", data)


@remedy("undetermined_variances", "or take a column out")
def take_out_a_column():
    data = eight_groups()
    yield notes("y ~ sex + (sex | g)", data)
    yield notes("y ~ sex + (1 | g)", data)


@remedy("undetermined_variances", "leave one of them out")
def leave_out_what_few_rows_cannot_tell():
    data = pd.DataFrame({"y": [1.0, 1.1, 1.3, 0.7], "g": list("abaa"), "h": list("wwvu")})
    yield found_in("y ~ 1 + (1 | g) + (1 | h)", data)
    yield found_in("y ~ 1 + (1 | g)", data)


@remedy("free_correlation", "all else is as with '||'")
def leave_out_the_correlation():
    data = eight_groups()
    one, two = fitted("y ~ sex + (0 + sex | g)", data), fitted("y ~ sex + (0 + sex || g)", data)
    yield one.diagnostics
    same_numbers(one, two)
    yield two.diagnostics


@remedy("weak_prior", "criterion, AIC and BIC are those of the likelihood at that mode", stays=True)
def the_likelihood_at_the_mode():
    data = mw.load_dataset("dyestuff2")
    fit = fitted("Yield ~ 1 + (1 | Batch)", data, cov_prior="wishart")
    yield fit.diagnostics
    groups = [rows["Yield"].to_numpy() for _, rows in data.groupby("Batch")]
    b2, s2, n = fit.varcorr.to_frame()["vcov"].iloc[0], fit.sigma**2, len(groups[0])
    total = s2 + n * b2  # restricted likelihood of a balanced one-way layout (Searle, Casella & McCulloch 1992, ch. 3)
    means = np.array([group.mean() for group in groups])
    within = sum(((group - group.mean()) ** 2).sum() for group in groups)
    between = n * ((means - means.mean()) ** 2).sum()
    k, rows = len(groups), len(data)
    logs = (k - 1) * np.log(total) + (rows - k) * np.log(s2) + np.log(rows)
    deviance = (rows - 1) * np.log(2 * np.pi) + logs + within / s2 + between / total
    assert fit.criterion == pytest.approx(deviance, abs=1e-6)
    yield fit.diagnostics


# --- findings of the data


@remedy("missing_rows", "the fit uses the complete rows only")
def give_it_the_complete_rows():
    sleep = mw.load_dataset("sleepstudy")
    sleep.loc[3, "Reaction"] = float("nan")
    one, two = (fitted("Reaction ~ Days + (1 | Subject)", data) for data in (sleep, sleep.dropna()))
    yield one.diagnostics
    same_numbers(one, two)
    yield two.diagnostics


@remedy("undefined_values", "check the range of 'Days', or leave such rows out with subset=")
def leave_rows_out_of_the_range():
    sleep = mw.load_dataset("sleepstudy").query("Days != 1")
    yield found_in("Reaction ~ log(Days - 1) + (1 | Subject)", sleep)
    yield found_in("Reaction ~ log(Days - 1) + (1 | Subject)", sleep, subset="Days > 1")


@remedy("numbers_as_text", "convert it with pandas.to_numeric(data['Days'])")
def convert_text():
    data = mw.load_dataset("sleepstudy").astype({"Days": str})
    yield found_in("Reaction ~ Days + (1 | Subject)", data)
    data["Days"] = pd.to_numeric(data["Days"])
    yield found_in("Reaction ~ Days + (1 | Subject)", data)


@remedy("unused_levels", "the fit is that without them")
def drop_unused_levels():
    sleep = mw.load_dataset("sleepstudy")
    sleep["Week"] = pd.Categorical(sleep["Days"] // 4, [0, 1, 2, 3])
    used = sleep.assign(Week=sleep["Week"].cat.remove_unused_categories())
    one, two = (fitted("Reaction ~ Week + (1 | Subject)", data) for data in (sleep, used))
    yield one.diagnostics
    same_numbers(one, two)
    yield two.diagnostics


@remedy("rank_deficient", "the fit is the same")
def drop_a_column_that_others_determine():
    sleep = mw.load_dataset("sleepstudy").assign(Hours=lambda d: 24 * d["Days"])
    one, two = (fitted(f"Reaction ~ Days {more} + (1 | Subject)", sleep) for more in ("+ Hours", ""))
    yield one.diagnostics
    same_numbers(one, two)
    yield two.diagnostics


def fits_of_an_empty_cell(formula="angle ~ recipe * temperature + (1 | recipe:replicate)", contrasts=None):
    cake = mw.load_dataset("cake")
    cake = cake[~((cake["recipe"] == "C") & (cake["temperature"] == "225"))]
    return fitted(formula, cake, contrasts=contrasts)


@remedy("not_estimable", "rankdeficient='simple' gives lme4's number, which depends on the coding")
def ask_for_the_number_of_the_coding():
    new = {"recipe": ["A", "C"], "temperature": ["225", "225"]}
    fits = [fits_of_an_empty_cell(contrasts=c) for c in (None, {"recipe": "sum", "temperature": "sum"})]
    yield fits[0].predict(new, re_form="~0").attrs["findings"]
    numbers = [fit.predict(new, re_form="~0", rankdeficient="simple") for fit in fits]
    assert np.isfinite(numbers).all()
    assert numbers[0].iloc[0] == pytest.approx(numbers[1].iloc[0], rel=1e-6)
    assert abs(numbers[0].iloc[1] - numbers[1].iloc[1]) > 0.1
    yield numbers[0].attrs.get("findings", [])


@remedy("not_estimable", "no data have such a combination of predictors")
def leave_the_interaction_out():
    new = {"recipe": ["A", "C"], "temperature": ["225", "225"]}
    yield fits_of_an_empty_cell().predict(new, re_form="~0").attrs["findings"]
    additive = fits_of_an_empty_cell("angle ~ recipe + temperature + (1 | recipe:replicate)")
    numbers = additive.predict(new, re_form="~0")
    assert np.isfinite(numbers).all()
    yield numbers.attrs.get("findings", [])


@remedy("repeated_random_effect", "write 0 + in a term that has other columns")
def leave_out_an_intercept():
    sleep = mw.load_dataset("sleepstudy")
    yield found_in("Reaction ~ Days + (1 | Subject) + (Days | Subject)", sleep)
    yield found_in("Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)", sleep)


@remedy("repeated_random_effect", "leave 'Days' out of one of the terms")
def leave_out_a_slope():
    sleep = mw.load_dataset("sleepstudy")
    yield found_in("Reaction ~ Days + (Days | Subject) + (0 + Days | Subject)", sleep)
    yield found_in("Reaction ~ Days + (Days | Subject)", sleep)


@remedy("repeated_random_effect", "leave one of the terms out")
def leave_out_a_term():
    sleep = mw.load_dataset("sleepstudy")
    one, two = (fitted(f"Reaction ~ Days {t}", sleep) for t in ("+ (1 | Subject) + (1 | Subject)", "+ (1 | Subject)"))
    yield one.diagnostics
    same_numbers(one, two)
    yield two.diagnostics


def predictions(fit, new, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frame = fit.predict(new, interval="prediction", **options)
    return frame, [warning.message.finding for warning in caught if hasattr(warning.message, "finding")]


@remedy("assumed_weights", "give weights= for the new data")
def give_weights():
    sleep = mw.load_dataset("sleepstudy").assign(w=lambda d: 1.0 + d["Days"])
    fit = mw.lmer("Reaction ~ Days + (1 | Subject)", sleep, weights="w")
    new = sleep.head(3).drop(columns="w")
    yield predictions(fit, new)[1]
    given, findings = predictions(fit, new, weights=[1.0, 2.0, 3.0])
    assert (given["upr"] - given["lwr"]).is_monotonic_decreasing
    assert predictions(fit, sleep.head(3))[1] == []  # the column of the fit, by its name
    yield findings


# --- before fitting


@remedy("no_fit_possible", "take columns out")
def take_columns_out():
    data = eight_groups().groupby("g").head(2)
    yield notes("y ~ x + (x | g)", data)
    fitted("y ~ x + (1 | g)", data)
    yield notes("y ~ x + (1 | g)", data)


@remedy("no_fit_possible", "or use '||'")
def use_two_bars():
    data = eight_groups().groupby("g").head(2)
    yield notes("y ~ x + (x | g)", data)
    fitted("y ~ x + (x || g)", data)
    yield notes("y ~ x + (x || g)", data)


@remedy("no_fit_possible", "take it out of the bar term")
def take_a_combination_out():
    data = eight_groups().assign(inches=lambda d: d["x"] / 2.54)
    yield notes("y ~ x + (x + inches | g)", data)
    fitted("y ~ x + (x | g)", data)
    yield notes("y ~ x + (x | g)", data)


@remedy("no_fit_possible", "group by what several rows share")
def group_by_what_rows_share():
    data = eight_groups().assign(row=lambda d: np.arange(len(d)).astype(str))
    yield notes("y ~ x + (1 | row)", data)
    fitted("y ~ x + (1 | g)", data)
    yield notes("y ~ x + (1 | g)", data)


@remedy("constant_slope", "take 'size' out of the term of 'g'; it can stay a fixed effect")
def take_a_constant_slope_out():
    data = eight_groups().assign(size=np.repeat(np.arange(8.0), 6))
    yield found_in("y ~ size + (size | g)", data)
    yield found_in("y ~ size + (1 | g)", data)


@remedy("rarely_varying_slope", "leave its slopes out if they are not asked for")
def leave_rare_slopes_out():
    data = eight_groups()
    data["dose"] = np.where(np.arange(48) < 12, np.arange(48.0), np.repeat(np.arange(8.0), 6))
    yield notes("y ~ dose + (dose | g)", data)
    yield notes("y ~ dose + (1 | g)", data)


@remedy("confounded_factors", "keep one of them")
def keep_one_factor():
    data = eight_groups().assign(k=lambda d: d["g"].str.lower())
    yield notes("y ~ x + (1 | g) + (1 | k)", data)
    yield notes("y ~ x + (1 | k)", data)


@remedy("many_random_effects", "a simpler random part is safer")
def fewer_random_effects():
    data = eight_groups().assign(k=[f"k{i // 2}" for i in range(48)]).groupby("g").head(3)
    yield notes("y ~ x + (x | g) + (1 | k)", data)
    yield notes("y ~ x + (1 | g)", data)


@remedy("few_levels", "a fixed effect may do as well")
def a_fixed_effect_of_few_levels():
    data = eight_groups()
    yield notes("y ~ x + (1 | g) + (1 | h)", data)
    yield notes("y ~ x + h + (1 | g)", data)


@remedy("few_levels", "or a weak prior, cov_prior='wishart'", stays=True)
def a_prior_on_few_levels():
    data = eight_groups(3).query("g < 'D'")
    yield notes("y ~ x + (1 | g)", data)
    regular = fitted("y ~ x + (1 | g)", data, cov_prior="wishart")
    assert smallest_sd(regular) > SINGULAR_SD
    yield regular.diagnostics


@remedy("single_row_levels", "help all else: keep them", stays=True)
def keep_single_rows():
    data = eight_groups().iloc[5:]
    with_it, without = fitted("y ~ x + (1 | g)", data), fitted("y ~ x + (1 | g)", data.iloc[1:])
    yield with_it.diagnostics or notes("y ~ x + (1 | g)", data)
    assert with_it.fixef["x"] != pytest.approx(without.fixef["x"], rel=1e-6)
    assert len(with_it.fitted) == len(data)
    yield notes("y ~ x + (1 | g)", data)


@remedy("nested_factors", "a term for each is right", stays=True)
def nested_terms_stay():
    data = eight_groups().assign(part=lambda d: np.where(d["g"] < "E", "north", "south"))
    yield notes("y ~ x + (1 | g) + (1 | part)", data)
    same_numbers(fitted("y ~ x + (1 | g) + (1 | part)", data), fitted("y ~ x + (1 | part / g)", data))
    yield notes("y ~ x + (1 | g) + (1 | part)", data)


@remedy("crossed_factors", "nothing to do, if a label means the same in every row", stays=True)
def crossed_terms_stay():
    data = eight_groups()
    yield notes("y ~ x + (1 | g) + (1 | h)", data)
    assert fitted("y ~ x + (1 | g) + (1 | h)", data).verdict.code in ("converged", "boundary")
    yield notes("y ~ x + (1 | g) + (1 | h)", data)


@remedy("reused_labels", "nest them: (1 | g/h)")
def nest_reused_labels():
    data = eight_groups()
    yield notes("y ~ x + (1 | g) + (1 | h)", data)
    yield notes("y ~ x + (1 | g/h)", data)


@remedy("unequal_scales", "change the unit")
def change_the_unit():
    data = eight_groups().assign(income=np.arange(48) * 1e5)
    yield notes("y ~ x + income + (1 | g)", data)
    yield notes("y ~ x + income + (1 | g)", data.assign(income=data["income"] / 1e6))


@remedy("unequal_scales", "or use mw.scale")
def use_scale():
    data = eight_groups().assign(income=np.arange(48) * 1e5)
    yield notes("y ~ x + income + (1 | g)", data)
    yield notes("y ~ x + income_scaled + (1 | g)", mw.scale(data, "income"))


@remedy("uncentred_slope", "subtract a centre")
def subtract_a_centre():
    data = eight_groups().assign(year=2008 + np.tile(np.arange(6), 8))
    yield notes("y ~ year + (year | g)", data)
    yield notes("y ~ year + (year | g)", data.assign(year=data["year"] - 2010))


@remedy("within_between_mixture", "mw.center_within(data, 'ses', by='school')")
def split_within_and_between():
    hsb = slopes_that_disagree()
    yield notes("math ~ ses + (1 | school)", hsb)
    yield notes("math ~ ses_within + ses_mean + (1 | school)", mw.center_within(hsb, "ses", by="school"))


@remedy("within_between_mixture", "mw.center_within(data, 'my ses', by='school')")
def split_a_column_in_backticks():
    hsb = slopes_that_disagree().rename(columns={"ses": "my ses"})
    yield notes("math ~ `my ses` + (1 | school)", hsb)
    split = mw.center_within(hsb, "my ses", by="school")
    yield notes("math ~ `my ses_within` + `my ses_mean` + (1 | school)", split)


@remedy("within_between_mixture", "make 'scale(ses)' and 'town:school' columns of the data")
def split_what_is_no_column():
    hsb = slopes_that_disagree().assign(town=lambda d: np.where(d["school"] < "s4", "t1", "t2"))
    yield notes("math ~ scale(ses) + (1 | town:school)", hsb)
    made = mw.scale(hsb, "ses").assign(both=hsb["town"] + hsb["school"])
    yield notes(
        "math ~ ses_scaled_within + ses_scaled_mean + (1 | both)", mw.center_within(made, "ses_scaled", by="both")
    )


# --- comparisons


def compared(first, second):
    return mw.compare(one=first, two=second)


@remedy("refitted_with_ml", "The fits themselves are unchanged", stays=True)
def refitted_for_the_table_only():
    sleep = mw.load_dataset("sleepstudy")
    one, two = (fitted(f"Reaction ~ {fixed} + (1 | Subject)", sleep) for fixed in ("1", "Days"))
    criteria = [one.criterion, two.criterion]
    yield compared(one, two).ratios.diagnostics
    assert [one.criterion, two.criterion] == criteria
    by_ml = [fitted(f"Reaction ~ {fixed} + (1 | Subject)", sleep, reml=False) for fixed in ("1", "Days")]
    assert not compared(*by_ml).ratios.diagnostics
    yield compared(one, two).ratios.diagnostics


@remedy("models_not_nested", "Compare them by AIC or BIC", stays=True)
def compare_by_information():
    sleep = mw.load_dataset("sleepstudy").assign(x=lambda d: np.arange(len(d)))
    table = compared(*(fitted(f"Reaction ~ {fixed} + (1 | Subject)", sleep) for fixed in ("Days", "x")))
    yield table.ratios.diagnostics
    assert np.isfinite(table.to_frame()[["AIC", "BIC"]].to_numpy()).all()
    yield table.ratios.diagnostics


@remedy("compared_under_prior", "Fit without priors to test")
def compare_without_priors():
    sleep = mw.load_dataset("sleepstudy")
    one = fitted("Reaction ~ Days + (1 | Subject)", sleep)
    yield compared(one, fitted("Reaction ~ Days + (Days | Subject)", sleep, cov_prior="wishart")).ratios.diagnostics
    yield compared(one, fitted("Reaction ~ Days + (Days | Subject)", sleep)).ratios.diagnostics


@remedy("variance_on_boundary", "Take the one in the table", stays=True)
def take_the_mixture():
    sleep = mw.load_dataset("sleepstudy")
    table = compared(*(fitted(f"Reaction ~ Days + ({bar} | Subject)", sleep) for bar in ("1", "Days")))
    yield table.ratios.diagnostics
    frame = mw.anova(*(fitted(f"Reaction ~ Days + ({bar} | Subject)", sleep) for bar in ("1", "Days"))).to_frame()
    assert frame["Pr(>Chisq)"].iloc[1] < frame["plain p"].iloc[1]
    yield table.ratios.diagnostics


@remedy("variance_on_boundary", "Drop one random effect at a time (`ranova`)", stays=True)
def drop_one_random_effect():
    cake = mw.load_dataset("cake")
    one, two = (fitted(f"angle ~ temp + ({bar} | replicate)", cake) for bar in ("1", "recipe"))
    yield compared(one, two).ratios.diagnostics
    slopes = fitted("angle ~ temp + (1 | replicate) + (1 | recipe:replicate)", cake)
    tested = slopes.ranova(progress=False)
    assert (tested["Pr(>Chisq)"].iloc[1:] <= list(tested.attrs["plain_p"].values())).all()
    yield compared(one, two).ratios.diagnostics
