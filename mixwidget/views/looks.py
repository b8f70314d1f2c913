"""How each table of results is shown: the method in its caption, R's heading, and how R rounds each column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mixwidget.inference.anova import KINDS
from mixwidget.inference.confint import IntervalRequest
from mixwidget.inference.ddf import DDF_NAMES
from mixwidget.views.result_table import Kind, Look

Kinds = Mapping[str, Kind]

TEST_DIGITS = 5  # R's tables of tests
COEFFICIENT_DIGITS = 4  # R's tables of coefficients
_F_TESTS: Kinds = {
    "Sum Sq": "zapped",
    "Mean Sq": "zapped",
    "NumDF": "zapped",
    "DenDF": "zapped",
    "F value": "test",
    "Pr(>F)": "p",
}
_ESTIMATES: Kinds = {"estimate": "scaled", "se": "scaled", "df": "short", "statistic": "test", "p": "p"}
_RATIOS: Kinds = {
    **dict.fromkeys(("npar", "AIC", "BIC", "logLik", "deviance", "LRT"), "zapped"),
    "Chisq": "test",
    "Df": "zapped",
    **dict.fromkeys(("Pr(>Chisq)", "Pr(Chi)", "plain p"), "p"),
}
_MEANS: Kinds = {
    "SE": "short",
    "df": "short",
    **dict.fromkeys(("estimate", "lower.CL", "upper.CL", "asymp.LCL", "asymp.UCL"), "limit"),
    **dict.fromkeys(("prob", "rate", "response", "odds.ratio", "ratio"), "limit"),
    **dict.fromkeys(("t.ratio", "z.ratio"), "ratio"),
    "p.value": "adjusted p",
}


_POOLING = (
    "threshold: with partial pooling; separate: by a model of this level alone, NaN where its responses are separated; "
    "pooled: by one model of all rows."
)


def anova_look(kind: int | str, ddf: str) -> Look:
    """Show F tests of the fixed terms, as lmerTest's ``anova``."""
    type_ = "I" * KINDS[kind]
    heading = f"Type {type_} Analysis of Variance Table with {DDF_NAMES[ddf]}"
    return _f_tests(f"Type {type_} analysis of variance with {DDF_NAMES[ddf]}", heading, stars="Pr(>F)")


def contest_look(*, joint: bool, ddf: str, level: float) -> Look:
    """Show tests of contrasts, as lmerTest's ``contest``, which prints no stars."""
    if joint:
        return _f_tests(f"F test of contrasts with {DDF_NAMES[ddf]}")
    caption = f"t tests of contrasts with {DDF_NAMES[ddf]}, {percent(level)} intervals"
    limits: Kinds = {"lower": "scaled", "upper": "scaled"}
    return Look(caption, kinds={**_ESTIMATES, **limits}, digits=COEFFICIENT_DIGITS)


def _f_tests(caption: str, heading: str = "", stars: str = "", model: str = "") -> Look:
    lines = (heading,) if heading else ()
    return Look(caption, lines, model, _F_TESTS, stars, missing="", digits=TEST_DIGITS)


def drop1_look(test: str, ddf: str, formula: str, notes: Sequence[str] = ()) -> Look:
    """Show deletions of fixed terms, as ``drop1`` of lmerTest and lme4; `notes` are of likelihood ratios."""
    if test.lower() == "f":
        heading = f"Single term deletions using {DDF_NAMES[ddf]}:"
        return _f_tests(f"Single-term deletions, F tests with {DDF_NAMES[ddf]}", heading, "Pr(>F)", formula)
    caption = "Single-term deletions, likelihood ratios of maximum-likelihood fits"
    return _ratios(caption, "Single term deletions", "Pr(Chi)", formula, tuple(notes))


def ranova_look(formula: str, notes: Sequence[str], *, reml: bool) -> Look:
    """Show deletions of random effects, as lmerTest's ``ranova``."""
    criterion = "REML" if reml else "ML"
    caption = f"Single-term deletions of random effects, likelihood ratios ({criterion})"
    heading = "ANOVA-like table for random-effects: Single term deletions"
    return _ratios(caption, heading, "Pr(>Chisq)", formula, tuple(notes))


def comparison_look(method: str, notes: Sequence[str], *, is_refitted: bool) -> Look:
    """Show fits of one response beside each other, as ``anova(m1, m2)``."""
    again = ", fitted again" if is_refitted else ""
    caption = f"Likelihood-ratio tests ({method}{again}), each against the row above"
    return _ratios(caption, "", "Pr(>Chisq)", notes=tuple(notes))


def _ratios(caption: str, heading: str, stars: str, model: str = "", notes: tuple[str, ...] = ()) -> Look:
    lines = (heading,) if heading else ()
    return Look(caption, lines, model, _RATIOS, stars, missing="", digits=TEST_DIGITS, notes=notes)


def coefficients_look(ddf: str, notes: tuple[str, ...] = ()) -> Look:
    """Show fixed effects with their t tests, as lmerTest's summary."""
    errors = " and standard errors" if ddf == "kenward-roger" else ""
    kinds: Kinds = {**_ESTIMATES, "df": "scaled"}
    caption = f"Fixed effects, tests{errors} with {DDF_NAMES[ddf]}"
    return Look(caption, kinds=kinds, stars="p", missing="", digits=COEFFICIENT_DIGITS, notes=notes)


def p_values_look(methods: Sequence[str], notes: Sequence[str]) -> Look:
    """Show every p value of the fixed effects."""
    kinds: Kinds = {"estimate": "number", **dict.fromkeys(methods, "p")}
    caption = "p values of the fixed effects by method"
    return Look(caption, kinds=kinds, digits=COEFFICIENT_DIGITS, notes=tuple(notes))


def intervals_look(request: IntervalRequest, *, reml: bool) -> Look:
    """Show confidence intervals, as lme4's ``confint``."""
    level = percent(request.level)
    if request.method == "profile":
        notes = ("Profiles are of the likelihood: those of the fit by maximum likelihood.",) if reml else ()
        return profile_look(request.level, notes)
    if request.method == "boot":
        return Look(f"{level} bootstrap intervals ({request.boot_method}, {request.n} parametric replicates)")
    quantiles = "normal quantiles" if request.ddf == "z" else f"t quantiles with {DDF_NAMES[request.ddf]}"
    return Look(f"{level} Wald intervals, {quantiles}")


def means_look(attrs: Mapping[Any, Any], name: str = "") -> Look:
    """Show marginal means, trends or their contrasts, as emmeans prints them.

    Parameters
    ----------
    attrs : mapping
        What `MeansNotes.attached` tells about the table.
    name : str
        The covariate of trends.
    """
    what = f"Trends of {name}" if name else "Estimated marginal means"
    if attrs["contrasts"]:
        what = f"Contrasts of {what[0].lower()}{what[1:]}"
    adjusted = "" if attrs["adjust"] == "none" else f", adjusted ({attrs['adjust']})"
    column = f"{name}.trend" if name else "emmean"
    return Look(
        f"{what}, {percent(attrs['level'])} intervals{adjusted}",
        kinds={**_MEANS, column: "limit"},
        by=tuple(attrs["by"]),
        notes=tuple(attrs["notes"]),
    )


def threshold_look(attrs: Mapping[Any, Any]) -> Look:
    """Show where predicted probabilities or means are reached."""
    what = "probability" if attrs["is_probability"] else "mean"
    method = "delta method" if attrs["method"] == "delta" else "parametric bootstrap, percentiles"
    limits: Kinds = {"threshold": "limit", "se": "short", "lower": "limit", "upper": "limit", "slope": "short"}
    caption = f"{attrs['of']} at which a {what} of {attrs['p']:.4g} is predicted"
    return Look(
        f"{caption}, {percent(attrs['level'])} intervals ({method})",
        kinds={**limits, "note": "text"},
        notes=tuple(attrs["notes"]),
    )


def curves_look(of: str, group: str, what: str, p: float | None, level: float) -> Look:
    """Show the thresholds of levels by three models."""
    if p is None:
        return Look(f"Curves of {group} along {of}")
    names = ("threshold", "lower", "upper", "separate", "pooled")
    return Look(
        f"{of} at which a {what} of {p:.4g} is predicted for each {group}, {percent(level)} intervals",
        kinds=dict.fromkeys(names, "limit"),
        notes=(_POOLING,),
    )


def tidy_look(ddf: str, level: float | None, ratio: str = "", notes: tuple[str, ...] = ()) -> Look:
    """Show parameters in broom's columns, with intervals where a level is given, and effects as ratios of a name."""
    limits = "" if level is None else f", {percent(level)} intervals"
    limits += f", fixed effects as {ratio.replace('ratio', 'ratios', 1)}" if ratio else ""
    caption = f"Parameters of the fit, tests with {DDF_NAMES[ddf]}{limits}"
    digits = COEFFICIENT_DIGITS
    kinds: Kinds = {"p.value": "p"}
    return Look(caption, kinds=kinds, numbers="mixed", by=("effect",), missing="", digits=digits, notes=notes)


def modes_look(group: str) -> Look:
    """Show the conditional modes of one factor, as lme4's ``ranef`` prints them."""
    return Look(f"Conditional modes of {group}")


def modes_long_look(notes: tuple[str, ...]) -> Look:
    """Show the conditional modes of all factors with their standard deviations."""
    return Look("Conditional modes of the random effects and their standard deviations", notes=notes)


def coef_look(group: str) -> Look:
    """Show fixed effects plus conditional modes, as lme4's ``coef`` prints them."""
    return Look(f"Coefficients by {group}: fixed effect plus conditional mode")


def bootstrap_look(kind: str, counts: str) -> Look:
    """Show originals, biases and standard errors of a bootstrap."""
    return Look(f"{kind.capitalize()} bootstrap, {counts}", numbers="mixed")


def bootstrap_intervals_look(kind: str, level: float, method: str, counts: str) -> Look:
    """Show intervals from the replicates of a bootstrap."""
    return Look(f"{percent(level)} {kind} bootstrap intervals ({method})", notes=(f"{counts}.",))


def profile_look(level: float, notes: tuple[str, ...] = ()) -> Look:
    """Show intervals by profile likelihood, as lme4's ``confint`` of a profile."""
    return Look(f"{percent(level)} profile-likelihood intervals", notes=notes)


def alternatives_look(answers: Mapping[Any, Any], note: str) -> Look:
    """Show the same coefficients by several methods, with what each of them answers."""
    notes = tuple(f"{name}: {text}." for name, text in answers.items()) + ((f"{note}.",) if note else ())
    return Look("The fixed effects by several methods", numbers="mixed", missing="–", notes=notes)


def latent_look(look: Look, method: str) -> Look:
    """Say on which scale shares of variance of a generalized model are, and what stands for a residual variance."""
    note = f"On the scale of the linear predictor; variance of single observations: {method}."
    return replace(look, notes=(*look.notes, note))


def observed_look(look: Look) -> Look:
    """Say that shares of variance are of the responses themselves."""
    return replace(look, notes=(*look.notes, "On the scale of the response, averaged over the rows."))


def answer_look(title: str) -> Look:
    """Show the table behind an answer: numbers of many kinds, each with the digits that a reader wants."""
    return Look(title, numbers="mixed", missing="")


def percent(level: float) -> str:
    """Return a confidence level in words."""
    return f"{100.0 * level:.4g} %"


FIXEF = Look("Fixed effects")
STDERR = Look("Standard errors of the fixed effects")
VCOV = Look("Covariance matrix of the fixed effects")
VARCORR = Look("Variances, standard deviations and correlations", numbers="mixed", missing="")
RESIDUALS = Look("Residuals over sigma", digits=COEFFICIENT_DIGITS)
R2 = Look("Nakagawa's R squared, shares of the variance", digits=COEFFICIENT_DIGITS)
ICC = Look("Intraclass correlation, shares of the variance", digits=COEFFICIENT_DIGITS)
PARTITION = Look("Variance of the response by source", numbers="mixed")
STANDARDISED = Look(
    "Standardised fixed effects",
    digits=COEFFICIENT_DIGITS,
    notes=("In standard deviations of the response per standard deviation of the column.",),
)
CONDITIONAL_AIC = Look(
    "Conditional AIC, corrected for the estimation of the variances",
    numbers="mixed",
    notes=("df_held and caic_held: without that correction, as if the variances were known.",),
)
OVERDISPERSION = Look(
    "Overdispersion: Pearson statistic to residual degrees of freedom",
    kinds={"p": "p", "p_sparse": "p"},
    numbers="mixed",
    notes=("p_sparse: with the variance that the statistic has where expected counts are small.",),
)
REPCA = Look("Principal components of the random effects, sd relative to sigma", digits=COEFFICIENT_DIGITS)
GLANCE = Look("The fit in one row", numbers="mixed")
