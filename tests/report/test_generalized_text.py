"""The printed forms of generalized models against what lme4 prints; ours adds what is modelled, and what differs."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

import mixwidget as mw
from mixwidget.design.response import ResponseLabels
from mixwidget.views.family import modelled

R = json.loads((Path(__file__).parent / "generalized_printing.json").read_text(encoding="utf-8"))["models"]
HERDS = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
LME4 = mw.Control(laplace="lme4", warn=False)
MODELS = {
    "cbpp": ("cbpp", HERDS, {}),
    "cbpp_agq": ("cbpp", HERDS, {"n_agq": 9}),
    "cbpp_modes": ("cbpp", HERDS, {"n_agq": 0}),
    "cbpp_probit": ("cbpp", "cbind(incidence, size - incidence) ~ 1 + (1 | herd)", {"link": "probit"}),
    "verbagg": ("VerbAgg", "r2 ~ btype + situ + Anger + (1 | id) + (1 | item)", {}),
    "ticks_nb": ("grouseticks", "TICKS ~ YEAR + (1 | BROOD)", {"family": None}),
    "ticks_levels": (
        "grouseticks",
        "TICKS ~ YEAR + (1 | BROOD) + (1 | INDEX) + (1 | LOCATION)",
        {"family": "poisson"},
    ),
    "sleep_gamma": ("sleep", "Reaction ~ Days + (1 | Subject)", {"family": "Gamma", "link": "log"}),
}
DATA = {"VerbAgg": "verbagg", "sleep": "sleepstudy"}
MODELLED = {
    "cbpp": "Modelled: probability of 'incidence' (not 'size - incidence')",
    "verbagg": "Modelled: probability that r2 is 'Y' (not 'N')",
    "ticks_nb": "Modelled: mean count of TICKS",
    "sleep_gamma": "Modelled: mean of Reaction",
}
OURS = ("Modelled:", "Criterion:", "Standard errors:", "  held")
NOTES = re.compile(r"\n+\* .*", re.DOTALL)  # findings of ours stand last
NUMBER = re.compile(r"-?\d+\.?\d*(?:[eE][-+]\d+)?")
VARIANCES = ("cbpp", "ticks_levels", "sleep_gamma")
RTOL_PRINTED = 5e-3  # of p values far out: a unit of their third digit, where R rounds
ATOL_PRINTED = 1.01e-3  # one unit of the last digit of correlations and z values


@cache
def model(name):
    """Return our fit of a model that R printed."""
    data, formula, options = MODELS[name]
    frame = mw.load_dataset(DATA.get(data, data))
    if name == "ticks_nb":
        return mw.glmer_nb(formula, frame, control=LME4, data_name=data)
    return mw.glmer(formula, frame, **options, control=LME4, data_name=data)


SHOWN = {"summary": lambda fit: str(fit.summary()), "print": repr, "varcorr": lambda fit: str(fit.varcorr)}


@pytest.mark.parametrize(
    ("name", "stored"),
    [*((name, stored) for name in MODELS for stored in ("summary", "print")), *((n, "varcorr") for n in VARIANCES)],
)
def test_the_text_is_what_lme4_prints(name, stored):
    ours = [line for line in NOTES.sub("", SHOWN[stored](model(name))).split("\n") if not line.startswith(OURS)]
    printed = [line for line in R[name][stored] if line != "Control: tight"]
    assert len(ours) == len(printed)
    for our_line, line in zip(ours, printed, strict=True):
        assert _same(our_line, line, name), f"\n{line}\n{our_line}"


def _same(ours, line, name):
    """Compare lines; lme4's likelihood of a quadrature is relative to another constant, so only its names are."""
    if name == "cbpp_agq" and line.strip().startswith(("110.0", "AIC")):
        return ours.split()[:1] == ["AIC"] or len(ours.split()) == len(line.split())
    if _words(ours) != _words(line) or len(ours) != len(line):
        return False
    numbers = zip(NUMBER.findall(ours), NUMBER.findall(line), strict=True)
    return all(float(one) == pytest.approx(float(other), rel=RTOL_PRINTED, abs=ATOL_PRINTED) for one, other in numbers)


def _words(line):
    """Return a line without its numbers; one that ends in a zero is shorter by it, and stands further to the right."""
    return re.sub(" +", " ", NUMBER.sub("0", line))


@pytest.mark.parametrize("name", MODELLED)
def test_the_summary_says_what_is_modelled(name):
    assert MODELLED[name] in str(model(name).summary()).split("\n")
    assert MODELLED[name].replace("'", "&#x27;") in model(name).summary().html()


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (ResponseLabels("binary", 3, "1", "0"), "probability that y is 1 (not 0)"),
        (ResponseLabels("binary", 3, "TRUE", "FALSE"), "probability that y is TRUE (not FALSE)"),
        (ResponseLabels("binary", 3, "yes", "no"), "probability that y is 'yes' (not 'no')"),
        (ResponseLabels("proportions", 3), "probability of success, seen as the proportions y"),
        (ResponseLabels("positive", 3), "mean of y"),
    ],
)
def test_each_kind_of_response_has_its_words(labels, words):
    assert modelled(labels, "y") == words


def test_what_differs_from_lme4_is_said_in_one_line():
    assert "Criterion: lme4's, with random effects that the dispersion does not scale" in str(model("sleep_gamma"))
    sleep = mw.load_dataset("sleepstudy")
    coherent = mw.glmer("Reaction ~ Days + (1 | Subject)", sleep, "Gamma", "log", control=mw.Control(warn=False))
    assert "random effects in units of the dispersion" in str(coherent)
    assert "Criterion" not in str(model("cbpp"))


def test_standard_errors_of_the_regression_are_named_so():
    held = "Standard errors: those of the regression at the modes, with the variances held"
    assert held in " ".join(str(model("cbpp_modes")).split())
    assert held not in " ".join(str(model("cbpp")).split())


def test_no_dispersion_means_no_residual_anywhere():
    fit = model("cbpp")
    assert "Residual" not in fit.summary().html()
    assert fit.varcorr.to_frame()["grp"].tolist() == ["herd"]
    assert "Residual" in model("sleep_gamma").varcorr.to_frame()["grp"].tolist()


def test_html_has_z_tests_and_no_degrees_of_freedom():
    html = model("verbagg").summary().html()
    assert "binomial family, logit link" in html
    assert ">z</th>" in html
    assert ">df</th>" not in html
    assert "On the scale of the logit link; Wald tests by the normal distribution." in html
