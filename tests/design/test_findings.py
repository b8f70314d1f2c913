"""What is found before a fit: a table of data sets and the finding that each must raise, and silence on sound ones."""

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw

polars = pytest.importorskip("polars")


def groups(n_groups=8, n_rows=6, seed=1):
    generator = np.random.default_rng(seed)
    g = np.repeat([f"g{j:02d}" for j in range(n_groups)], n_rows)
    x = generator.normal(size=len(g))
    y = x + np.repeat(generator.normal(size=n_groups), n_rows) + generator.normal(size=len(g))
    return pd.DataFrame({"y": y, "x": x, "g": g})


def with_column(**columns):
    return groups().assign(**columns)


CONSTANT = np.repeat(np.arange(8.0), 6)
RARE = np.where(np.arange(48) < 12, np.arange(48.0), np.repeat(np.arange(8.0), 6))
MIXED = CONSTANT * 5 + np.tile(np.arange(6.0), 8)
CASES = {
    "constant_slope": (
        "y ~ z + (z | g)",
        with_column(z=CONSTANT),
        "warning",
        "'z' does not vary within any level of 'g'",
    ),
    "rarely_varying_slope": ("y ~ z + (z | g)", with_column(z=RARE), "info", "'z' varies within 2 of 8 levels of 'g'"),
    "single_row_levels": ("y ~ x + (1 | g)", groups().iloc[5:], "info", "1 of 8 levels of 'g' have one row"),
    "many_random_effects": (
        "y ~ x + (x | g) + (1 | h)",
        with_column(h=[f"h{i // 2}" for i in range(48)]).groupby("g").head(3),
        "info",
        "random effects for 24 rows",
    ),
    "few_levels": ("y ~ x + (1 | g)", groups(n_groups=4), "info", "'g' has 4 levels, which say little"),
    "confounded_factors": (
        "y ~ x + (1 | g) + (1 | h)",
        with_column(h=np.repeat([f"h{j}" for j in range(8)], 6)),
        "warning",
        "'g' and 'h' divide the rows in the same way",
    ),
    "nested_factors": (
        "y ~ x + (1 | g) + (1 | h)",
        with_column(h=np.repeat(["one", "two"], 24)),
        "info",
        "'g' is nested in 'h'",
    ),
    "crossed_factors": (
        "y ~ x + (1 | g) + (1 | h)",
        with_column(h=np.tile(["one", "two", "three"], 16)),
        "info",
        "'g' and 'h' are crossed: 100% of all pairs",
    ),
    "reused_labels": (
        "y ~ x + (1 | g) + (1 | h)",
        with_column(h=np.tile(["1", "2", "3"], 16)),
        "info",
        "the labels of 'h' (1, 2, 3, ...) occur under many levels of 'g'",
    ),
    "unequal_scales": (
        "y ~ x + z + (1 | g)",
        with_column(z=np.arange(48) * 1e5),
        "info",
        "the predictors 'z' (SD 1.39e+06) and 'x'",
    ),
    "uncentred_slope": (
        "y ~ year + (year | g)",
        with_column(year=2008 + np.tile(np.arange(6), 8)),
        "info",
        "0 lies far outside the values of 'year' (mean 2010, SD 1.71)",
    ),
    "within_between_mixture": (
        "y ~ z + (1 | g)",
        with_column(z=MIXED, y=CONSTANT * 8 - np.tile(np.arange(6.0), 8) + groups()["y"] / 10),
        "info",
        "'z' varies within and between the levels of 'g', and its slopes disagree",
    ),
    "no_fit_possible": ("y ~ x + (x | g)", groups().groupby("g").head(2), "error", "has 16 random effects for 16 rows"),
}


@pytest.mark.parametrize("code", CASES)
def test_each_finding_is_raised_where_it_belongs(code):
    formula, data, severity, message = CASES[code]
    found = mw.check_design(formula, data).to_frame()
    assert found.loc[[code], "severity"].tolist() == [severity]
    assert message in found.loc[code, "message"]


def test_a_sound_design_raises_nothing():
    check = mw.check_design("y ~ x + (x | g)", groups())
    assert check.to_frame().empty
    assert check.sentence == "Nothing stands in the way of this model."


@pytest.mark.parametrize("code", [code for code, case in CASES.items() if case[2] != "error"])
def test_a_fit_has_the_findings_of_the_check(code):
    formula, data, severity, _ = CASES[code]
    fit = mw.lmer(formula, data, control=mw.Control(warn=False))
    codes = [finding.code for finding in fit.diagnostics]
    assert set(codes) >= {finding.code for finding in mw.check_design(formula, data).notes}
    assert len(set(fit.diagnostics)) == len(codes)
    assert (code in {finding.code for finding in fit.alerts}) == (severity == "warning")


def test_the_check_shows_itself():
    check = mw.check_design(*CASES["constant_slope"][:2])
    assert "1 of 1 findings needs care" in str(check)
    assert "Take care:" in check._repr_html_()


@pytest.mark.parametrize("kind", [pd.DataFrame, polars.DataFrame])
def test_centring_keeps_order_and_splits_the_column(kind):
    data = kind({"x": [1.0, 10.0, 3.0, 14.0], "g": ["a", "b", "a", "b"]})
    centred = mw.center_within(data, "x", by="g")
    assert list(centred["x_within"]) == [-1, -2, 1, 2]
    assert list(centred["x_mean"]) == [2, 12, 2, 12]
    assert list(centred["x"]) == [1, 10, 3, 14]
    assert list(data.columns) == ["x", "g"]


def test_centring_keeps_the_index():
    data = groups().sample(frac=1, random_state=3)
    centred = mw.center_within(data, ["x"], by="g")
    pd.testing.assert_index_equal(centred.index, data.index)
    means = data.groupby("g")["x"].transform("mean")
    np.testing.assert_allclose(centred["x_mean"], means)
    np.testing.assert_allclose(centred["x_within"] + centred["x_mean"], data["x"])


def test_scaling_gives_mean_zero_and_sd_one():
    scaled = mw.scale(groups(), "x")["x_scaled"]
    assert scaled.mean() == pytest.approx(0, abs=1e-12)
    assert scaled.std() == pytest.approx(1)


@pytest.mark.parametrize(
    ("columns", "by", "message"),
    [
        ("X", "g", "'X' is not a column of the data; did you mean"),
        ("x", "gg", "'gg' is not a column of the data; did you mean 'g'"),
        ("g", "g", "'g' is not numeric"),
    ],
)
def test_centring_says_what_is_wrong(columns, by, message):
    with pytest.raises(mw.errors.DataError, match=message.split(";")[0]):
        mw.center_within(groups(), columns, by)
