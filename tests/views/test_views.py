"""Views are plain data: they survive JSON and hold the numbers of the fit."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.errors import Diagnostic
from mixwidget.fit.ranef import ranef
from mixwidget.inference.compare import compare_fits
from mixwidget.views.comparison import comparison_view
from mixwidget.views.explorer import explorer_view
from mixwidget.views.formula_text import formula_text
from mixwidget.views.ranef_table import ranef_table_view
from mixwidget.views.summary import summary_view
from mixwidget.views.varcorr import varcorr_view
from mixwidget.views.view import View
from tests import tolerances as tol
from tests.oracles import cases, load_case
from tests.views.fake_fit import fake_fit, fake_modes


def fixef_approx(estimates, errors):
    """The fits are ours: they agree with lme4's as the tests of the reference say."""
    return [
        pytest.approx(value, abs=tol.RTOL_FIXEF * (abs(value) + se))
        for value, se in zip(estimates, errors, strict=True)
    ]


def _json(view):
    return json.loads(json.dumps(view.to_dict(), allow_nan=False))


@pytest.mark.parametrize("case", cases("lmer"))
def test_every_summary_survives_json(case):
    stored = load_case(case)
    view = _json(summary_view(fake_fit(case)))
    assert [row["name"] for row in view["coefficients"]] == stored["fixef"]["names"]
    fixef = stored["fixef"]
    assert [row["estimate"] for row in view["coefficients"]] == fixef_approx(fixef["estimate"], fixef["se"])
    assert {size["group"]: size["n_levels"] for size in view["groups"]} == stored["ngrps"]
    assert view["formula"].replace(" ", "") == stored["formula"].replace(" ", "")  # R prints batch/cask without spaces


@pytest.mark.parametrize("case", cases("lmer"))
def test_variances_and_correlations_are_those_of_varcorr(case):
    stored = load_case(case)
    view = varcorr_view(fake_fit(case))
    groups = list(dict.fromkeys(stored["varcorr"]["as_data_frame"]["columns"]["grp"]))
    assert [*(term.name for term in view.terms), "Residual"] == groups
    for term, expected in zip(view.terms, stored["varcorr"]["terms"], strict=True):
        assert [row.name for row in term.rows] == expected["names"]
        assert [row.sd for row in term.rows] == pytest.approx(
            expected["sd"], rel=tol.RTOL_SD, abs=tol.ATOL_CORR * stored["sigma"]
        )
        if min(expected["sd"]) < tol.ATOL_CORR * stored["sigma"]:
            continue  # a correlation with an effect that does not vary has no value to agree about
        for i, row in enumerate(term.rows):
            assert [value for value in row.correlations if value is not None] == pytest.approx(
                [value for value in expected["corr"][i][:i] if value is not None], abs=tol.RTOL_SD * 10
            )
    assert view.residual.sd == pytest.approx(stored["sigma"], rel=tol.RTOL_SD)


CORRELATED = {  # random part of a fit of made data, and the places of effects that others are correlated with
    "(1 + x + z || g)": (),
    "(1 + x + z | g)": (0, 1),
    "(1 | g) + (0 + x + z | g)": (1,),
    "(1 + x || g) + (1 + z | h)": (0,),
    "(1 | g)": (),
}


@pytest.mark.parametrize("random", CORRELATED)
def test_effects_that_are_held_apart_from_all_others_need_no_column(random):
    generator = np.random.default_rng(2)
    data = pd.DataFrame({name: generator.normal(size=240) for name in ("x", "z", "noise")})
    data["g"], data["h"] = np.repeat(np.arange(20), 12), np.tile(np.arange(12), 20)
    effects = generator.normal(size=(3, 20))[:, data["g"]] + generator.normal(size=(3, 12))[:, data["h"]]
    data["y"] = effects[0] + effects[1] * data["x"] + effects[2] * data["z"] + data["noise"]
    fit = mw.lmer(f"y ~ x + z + {random}", data, control=mw.Control(warn=False)).fit
    assert ranef_table_view(fit).correlated == CORRELATED[random]


def test_modes_come_with_their_conditional_standard_deviations():
    stored = load_case("sleep_slopes")["ranef"]["Subject"]
    (group,) = fake_modes("sleep_slopes").groups
    assert (group.group, list(group.columns), list(group.levels)) == ("Subject", stored["columns"], stored["levels"])
    np.testing.assert_allclose(group.modes, stored["values"], atol=tol.RTOL_SD * max(stored["cond_sd"][0]))
    assert list(group.cond_sd[0]) == pytest.approx(stored["cond_sd"][0], rel=tol.RTOL_SD)


def test_diagnostics_and_call_are_in_the_summary():
    found = Diagnostic("singular_fit", "warning", "the fit is singular", "simplify")
    view = _json(summary_view(fake_fit("sleep_subset", diagnostics=(found,))))
    (note,) = view["notes"]
    assert note == {"code": "singular_fit", "severity": "warning", "message": "the fit is singular", "hint": "simplify"}
    assert (view["data"], view["subset"], view["weights"]) == ("sleepstudy", "Days > 1", None)


def test_a_comparison_survives_json_in_the_order_of_the_user():
    fits = {"full": fake_fit("sleep_slopes"), "int": fake_fit("sleep_int")}
    view = _json(comparison_view(compare_fits(fits), fits))
    assert [row["name"] for row in view["rows"]] == ["int", "full"]
    assert [fit["name"] for fit in view["estimates"]] == ["full", "int"]
    assert view["rows"][0]["chisq"] is None


@pytest.mark.parametrize(
    ("written", "spaced"),
    [
        ("y~x+(x|g)", "y ~ x + (x | g)"),
        ("y ~ a*b +\n  (1|g)", "y ~ a * b + (1 | g)"),
        ("log( y ) ~ I(x ^ 2)-1+(0+x||g:h)", "log(y) ~ I(x^2) - 1 + (0 + x || g:h)"),
        ("`a b` ~ C(f,contr.sum)", "`a b` ~ C(f, contr.sum)"),
        ("y ~ -x + .5", "y ~ -x + .5"),
        ("y ~ x %in% z", "y ~ x %in% z"),
    ],
)
def test_formulas_get_rs_spacing(written, spaced):
    assert formula_text(written) == spaced


def test_the_whole_explorer_is_json_with_its_numbers_as_base64():
    fit = fake_fit("sleep_slopes")
    stored = json.loads(explorer_view(fit).to_json())
    modes = np.frombuffer(b64decode(stored["modes"][0]["columns"][1]["mode"]))
    np.testing.assert_array_equal(modes, ranef(fit)["Subject"]["Days"])
    assert stored["findings"] == []


def test_what_json_has_no_word_for_is_named():
    @dataclass(frozen=True)
    class Odd(View):
        value: object

    with pytest.raises(TypeError, match="a view holds a set"):
        Odd({1}).to_json()
