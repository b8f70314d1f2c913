"""Marginal means, slopes and contrasts beside emmeans: weights, nested factors, empty cells, adjustments, names.

`tests/oracles/more/means.R` makes the numbers.
"""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.errors import MixwidgetWarning, OptionError
from tests import tolerances as tol
from tests.oracles import HERE

ORACLE = json.loads((HERE / "more" / "means.json").read_text(encoding="utf-8"))
QUIET = mw.Control(warn=False)
STRAINS = "abcde"
# mvtnorm simulates, with whole numbers of degrees of freedom; emmeans' dunnettx is a formula of its own for the
# distribution that we compute (its manual calls it rather ad hoc)
SIMULATED = {"mvt": 2e-3, "dunnettx": 0.045}


@cache
def data():
    return pd.read_csv(HERE / "more" / "means.csv")


@cache
def fitted(name):
    return mw.lmer(ORACLE["formulas"][name], data(), control=QUIET)


def numbers(values):
    special = {"NA": np.nan, "Inf": np.inf}
    return np.array([special[value] if value in special else float(value) for value in values])


def asked(case):
    options = dict(case["options"])
    fit, specs, trend = fitted(case["model"]), case["specs"], options.pop("trend", None)
    if "ref" in options:  # R counts the means from one
        options["ref"] = [STRAINS[place - 1] for place in np.atleast_1d(options["ref"])]
    return fit.emmeans(specs, **options) if trend is None else fit.trends(trend, specs, **options)


def named(case):
    return f"{case['model']} {'*'.join(case['specs'])} {case['options']}"


@pytest.mark.parametrize("case", ORACLE["exact"], ids=named)
def test_means_and_contrasts_are_those_of_emmeans(case):
    table = asked(case).rename(columns={"emmean": "estimate", "x.trend": "estimate"})
    if case["names"]:
        assert table["contrast"].tolist() == case["names"]
    size = np.nanmax(numbers(case["cols"]["SE"]))
    for column, values in case["cols"].items():
        expected, found = numbers(values), table[column].to_numpy(dtype=float)
        unit = {"df": np.maximum(np.abs(expected), 1.0), "p.value": np.maximum(expected, 1e-2)}.get(column, size)
        np.testing.assert_array_equal(np.isnan(found), np.isnan(expected), err_msg=column)
        limit = tol.RTOL_P if column == "p.value" else tol.RTOL_DF
        assert np.nanmax(np.abs(found - expected) / unit, initial=0.0) < limit, column


@pytest.mark.parametrize("case", ORACLE["exact"], ids=named)
def test_the_table_names_its_adjustment_as_emmeans_does(case):
    attrs = asked(case).attrs
    if not case["adjusted"]:
        assert attrs["adjust"] == "none"
        return
    for line in case["adjusted"]:
        kind, text = line.split(" adjustment: ")
        limits = kind == "Conf-level"
        method = attrs["adjust_limits" if limits else "adjust"]
        assert text.startswith(method)
        family = attrs["family"] if method == attrs["adjust"] else text.split(" for ")[1].replace("estimates", "tests")
        shown = text.replace("estimates", "tests") if method not in ("tukey", "scheffe") else text
        wanted = f"{method} method with rank" if method == "scheffe" else f"{method} method for {family}"
        assert shown.startswith(wanted)
        assert any(method in note for note in attrs["notes"])
        if method == "scheffe":
            assert shown.split()[-1] == family.split()[-1]


@pytest.mark.parametrize("case", ORACLE["simulated"], ids=named)
def test_largest_statistics_are_near_what_emmeans_simulates(case):
    table = asked(case)
    limit = SIMULATED[table.attrs["adjust"]]
    assert case["adjusted"][0].split(": ")[1].startswith(table.attrs["adjust"])
    if "p.value" in table:
        assert np.abs(table["p.value"] - numbers(case["cols"]["p.value"])).max() < limit
    half = 0.5 * (numbers(case["cols"]["upper.CL"]) - numbers(case["cols"]["lower.CL"]))
    np.testing.assert_allclose(0.5 * (table["upper.CL"] - table["lower.CL"]), half, rtol=5 * limit)


# what the data determine

CENTRED = ("{x}", "{x} - m", "scale({x})", "poly({x}, 2)")


def holed(shift=0.0, scale=1.0):
    r = np.random.default_rng(1)
    frame = pd.DataFrame({"f": r.choice(list("abc"), 160), "k": r.choice(list("uv"), 160), "x": r.normal(size=160)})
    frame = frame.assign(g=r.choice(list("ABCDEFGH"), 160))
    frame = frame[~((frame["f"] == "c") & (frame["k"] == "v"))].reset_index(drop=True)
    frame["y"] = frame["x"] + (frame["f"] == "b") + r.normal(size=len(frame))
    frame["x"] = shift + scale * frame["x"]
    return frame.assign(xc=frame["x"] - frame["x"].mean())


@pytest.mark.parametrize("coding", [None, {"f": "sum", "k": "sum"}, {"f": "helmert", "k": "sum"}, {"k": "helmert"}])
@pytest.mark.parametrize("formula", ["f*k*x", "f*k*xc", "f*k*scale(x)", "f*k*poly(x, 2)", "f*k + f*xc + k*xc"])
@pytest.mark.parametrize(("shift", "scale"), [(0.0, 1.0), (2008.0, 3.0), (1e5, 1.0), (0.0, 1e-6), (1e4, 1e4)])
def test_which_means_exist_depends_neither_on_the_coding_nor_on_origin_and_unit(formula, coding, shift, scale):
    fit = mw.lmer(f"y ~ {formula} + (1 | g)", holed(shift, scale), contrasts=coding, control=QUIET)
    plain = mw.lmer(f"y ~ {formula} + (1 | g)", holed(), control=QUIET)
    assert fit.emmeans(["f", "k"])["emmean"].isna().tolist() == [False] * 5 + [True]
    np.testing.assert_allclose(fit.emmeans(["f", "k"])["emmean"], plain.emmeans(["f", "k"])["emmean"], atol=1e-5)
    assert fit.emmeans("f")["emmean"].isna().tolist() == [False, False, True]
    if "poly" in formula or "scale" in formula:
        return
    covariate = "xc" if "xc" in formula else "x"
    slopes, others = (model.trends(covariate, ["f", "k"]).iloc[:, 2].to_numpy() for model in (fit, plain))
    assert np.isnan(slopes).tolist() == [False] * 5 + ["f*k" in formula and formula.count("+") == 0]
    np.testing.assert_allclose(slopes * scale, others, atol=1e-4)


def test_a_contrast_may_exist_where_its_means_do_not():
    fit = mw.lmer("y ~ f * k + x + (1 | g)", holed(), control=QUIET)
    means = fit.emmeans(["f", "k"])
    both = {"twice": [0, 0, 1, 0, 0, -1], "none of it": [1, -1, 0, -1, 1, 0]}
    found = fit.emmeans(["f", "k"], contrasts=both)
    assert found["estimate"].isna().tolist() == [True, False]
    assert fit.trends("x", ["f", "k"])["x.trend"].notna().all()  # no term in which slopes depend on the cell
    weighted = fit.emmeans("f", weights="cells")["emmean"]
    assert weighted.notna().all()
    assert weighted[2] == pytest.approx(means["emmean"][2])


@pytest.mark.parametrize("coding", [None, {"f": "sum", "k": "sum"}])
def test_a_prediction_that_no_data_determine_is_missing_and_said(coding):
    with pytest.warns(MixwidgetWarning, match="singular fit"):  # and its predictions warn too: no QUIET here
        fit = mw.lmer("y ~ f * k + x + (1 | g)", holed(), contrasts=coding)
    new = pd.DataFrame(
        {"f": ["c", "c", "a"], "k": ["u", "v", "v"], "x": 0.0, "g": ["A", "A", "new"]}, index=list("pqr")
    )
    options = {"allow_new_levels": True}
    with pytest.warns(MixwidgetWarning, match=r"does not determine row q of the new data.*rankdeficient='simple'"):
        found = fit.predict(new, **options)
    assert found.isna().tolist() == [False, True, False]
    assert [finding.code for finding in found.attrs["findings"]] == ["not_estimable"]
    for interval in ("confidence", "prediction"):
        limits = fit.predict(new, interval=interval, rankdeficient="NA", **options)
        assert limits.isna().all(axis=1).tolist() == [False, True, False]
    # lme4's numbers, which depend on the coding: predict(lmer(...)) of R has them without a word
    assert fit.predict(new, rankdeficient="simple", **options).notna().all()
    with pytest.warns(MixwidgetWarning, match="depends on the coding"):
        fit.predict(new, rankdeficient="warnif", **options)
    quiet = mw.lmer("y ~ f * k + x + (1 | g)", holed(), contrasts=coding, control=QUIET)
    silent = quiet.predict(new, **options)  # warnings are errors here
    assert [finding.code for finding in silent.attrs["findings"]] == ["not_estimable"]
    with pytest.raises(OptionError, match="rankdeficient='no' is not known; choose 'NAwarn'"):
        fit.predict(new, rankdeficient="no")
    assert fit.predict().notna().all()


def test_covariates_that_say_the_same_predict_on_their_line_only():
    frame = holed().assign(fahrenheit=lambda d: 32.0 + 1.8 * d["x"])
    fit = mw.lmer("y ~ x + fahrenheit + (1 | g)", frame, control=QUIET)
    new = pd.DataFrame({"x": [0.3, 0.3], "fahrenheit": [32.0 + 1.8 * 0.3, 40.0], "g": "A"})
    assert fit.predict(new, rankdeficient="NA").isna().tolist() == [False, True]


def test_a_covariate_of_two_values_has_a_slope_too():
    fit = fitted("main")  # R's emtrends(fit, ~ 1, "z") is the coefficient, as of any covariate
    slope = fit.trends("z", "t")
    np.testing.assert_allclose(slope["z.trend"], fit.fixef["z"], rtol=1e-8)
    np.testing.assert_allclose(slope["SE"], fit.stderr["z"], rtol=1e-8)
    with pytest.raises(
        OptionError, match="'lg' is a factor and has no slope; emmeans\\('pairwise ~ lg'\\) compares it"
    ):
        fit.trends("lg", "t")
    with pytest.raises(OptionError, match="'xx' is no covariate of the fixed effects; did you mean 'x'"):
        fit.trends("xx", "t")


# nested factors


def test_nesting_is_found_in_formulas_and_in_the_data_and_said():
    for name in ("nested", "slash", "colon"):
        table = fitted(name).emmeans("geno")
        assert table.attrs["nesting"] == {"strain": ["geno"]}
        assert "Nested factors: strain in geno; the means are over the combinations that occur." in " ".join(
            str(table).split()
        )
        assert table["emmean"].notna().all()
    assert fitted("main").emmeans("s").attrs["nesting"] == {}
    assert list(fitted("nested").emmeans("strain").columns[:2]) == ["strain", "geno"]


def test_three_levels_of_nesting():
    """R's emmeans gives F1 1.65 = (h1 + h2) / 2 where h2 is the mean of its two strains; for '~ 1' it stops."""
    strains = {"a": ("F1", "h1"), "b": ("F1", "h2"), "c": ("F1", "h2"), "d": ("F2", "h3"), "e": ("F2", "h3")}
    rows = [(*strains[strain], strain, f"b{block}") for strain in strains for block in range(6)]
    frame = pd.DataFrame(rows, columns=["farm", "herd", "strain", "blk"])
    frame["y"] = frame["strain"].map(dict(zip("abcde", (1.0, 2, 3, 4, 8), strict=True)))
    frame["y"] += np.random.default_rng(1).normal(size=6)[frame["blk"].str[1:].astype(int)]
    frame["y"] += np.random.default_rng(2).normal(size=30) * 0.3
    fit = mw.lmer("y ~ farm / herd / strain + (1 | blk)", frame, control=QUIET)
    mean = frame.groupby("strain")["y"].mean()
    first = 0.5 * (mean["a"] + 0.5 * (mean["b"] + mean["c"]))
    second = 0.5 * (mean["d"] + mean["e"])
    np.testing.assert_allclose(fit.emmeans("farm")["emmean"], [first, second], rtol=1e-8)
    assert fit.emmeans("~ 1")["emmean"][0] == pytest.approx(0.5 * (first + second))
    assert fit.emmeans("herd").attrs["nesting"] == {"herd": ["farm"], "strain": ["farm", "herd"]}


# what is asked for


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weights": "proportion"}, "weights='proportion' is not known; did you mean 'proportional'"),
        ({"contrasts": "dell.eff"}, "did you mean 'del.eff'"),
        ({"contrasts": "pairwise", "adjust": "turkey"}, "adjust='turkey' is not known; did you mean 'tukey'"),
        ({"contrasts": "trt.vs.ctrl", "ref": "z"}, "ref: 'z' is none of the means; there are 'a', 'b'"),
        ({"contrasts": "eff", "reverse": True}, "turns differences round"),
        ({"contrasts": "eff", "ref": "a"}, "names the control"),
        ({"ref": "a"}, "belong to contrasts"),
    ],
)
def test_what_cannot_be_meant_is_refused(options, message):
    with pytest.raises(OptionError, match=message):
        fitted("one").emmeans("strain", **options)


def test_a_table_shows_its_notes_in_a_notebook_too():
    table = fitted("one").emmeans("pairwise ~ strain | lg")
    line = "p values adjusted: tukey method for comparing a family of 5 estimates, for each lg."
    assert " ".join(str(table).split()).endswith(line)
    assert line in table._repr_html_()
    assert fitted("one").emmeans("strain", adjust="holm").attrs["adjust_limits"] == "bonferroni"
