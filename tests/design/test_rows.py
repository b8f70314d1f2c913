"""Rows that are fitted, weights, offsets, types of columns and frames."""

from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mixwidget.control import Control
from mixwidget.design.build import build_design
from mixwidget.errors import DataError, FormulaError


def codes_of(filled):
    return [diagnostic.code for diagnostic in filled.design.diagnostics]


def test_rows_with_missing_values_are_dropped_and_counted(toy):
    data = toy.assign(x=toy["x"].where(toy.index != 2), g=toy["g"].where(toy.index != 5), far=np.nan)
    filled = build_design("y ~ x + (1 | g)", data)
    assert np.flatnonzero(~filled.rows.kept).tolist() == [2, 5]
    assert list(filled.rows.index) == [i for i in range(48) if i not in (2, 5)]
    assert len(filled.rows.data_index) == 48
    assert filled.rows.y.tolist() == toy["y"].drop([2, 5]).tolist()
    assert [d.message for d in filled.design.diagnostics] == [
        "2 rows with missing values were dropped: 'x' (1), 'g' (1)"
    ]


def test_subset_is_taken_before_missing_rows_are_counted(toy):
    data = toy.assign(x=toy["x"].where(toy.index != 0)).set_axis([f"row{i}" for i in range(48)])
    filled = build_design("y ~ x + (1 | g)", data, subset=np.arange(48) % 2 == 0)
    assert list(filled.rows.data_index[:2]) == ["row0", "row2"]
    assert filled.rows.kept.tolist() == [False] + [True] * 23
    assert list(filled.rows.index) == list(data.index[2::2])


@pytest.mark.parametrize(
    "subset",
    [
        "x > 0 & f == 'p'",
        "x > 0 and f == 'p'",  # no expression of R: pandas reads it
        'x > 0 & f %in% c("p")',
        "!(x < 0 | f != 'p')",
        "`a b` > -1 & x > 0 & f == 'p'",
    ],
)
def test_subset_by_condition(subset, toy):
    filled = build_design("y ~ x + (1 | g)", toy, subset=subset)
    assert list(filled.rows.index) == list(toy.index[(toy["x"] > 0) & (toy["f"] == "p")])


@pytest.mark.parametrize("subset", ["0 < z < 0.5", "z.between(0, 0.5, 'neither')", "(z > 0 and z < 0.5) == True"])
def test_what_only_pandas_reads_keeps_the_rows_of_query(subset, toy):
    """R has no chained comparison: ``(0 < z) < 0.5`` would be other rows."""
    kept = build_design("y ~ x + (1 | g)", toy, subset=subset).rows.index
    assert list(kept) == list(toy.index[(toy["z"] > 0) & (toy["z"] < 0.5)])
    with pytest.raises((DataError, FormulaError)):
        build_design("y ~ x + (1 | g)", pl.from_pandas(toy), subset=subset)


def test_subset_leaves_out_rows_where_the_condition_is_missing(toy):
    data = toy.assign(z=toy["z"].where(toy.index > 3))
    assert list(build_design("y ~ x + (1 | g)", data, subset="z < 10").rows.index) == list(range(4, 48))
    mask = (data["z"] < 10).astype("boolean").where(data["z"].notna())
    assert list(build_design("y ~ x + (1 | g)", data, subset=mask).rows.index) == list(range(4, 48))


def test_transformations_see_all_rows_as_in_r(toy):
    whole = build_design("y ~ scale(z) + poly(far, 2) + (1 | g)", toy)
    part = build_design("y ~ scale(z) + poly(far, 2) + (1 | g)", toy, subset="x > 0")
    np.testing.assert_array_equal(part.rows.X, whole.rows.X[toy["x"] > 0])


def test_weights_and_offsets(toy):
    filled = build_design("y ~ x + offset(z) + offset(2 * x) + (1 | g)", toy, weights="far", offset="`a b`")
    assert filled.rows.weights == pytest.approx(toy["far"])
    assert filled.rows.offset == pytest.approx(2 * toy["z"] + 2 * toy["x"])
    assert build_design("y ~ x + (1 | g)", toy, weights="1 / far^2").rows.weights == pytest.approx(toy["far"] ** -2.0)
    shuffled = toy["far"].sample(frac=1, random_state=1)
    assert build_design("y ~ x + (1 | g)", toy, weights=shuffled).rows.weights == pytest.approx(toy["far"])
    with_missing = toy["far"].where(toy.index != 7)
    assert 7 not in build_design("y ~ x + (1 | g)", toy, weights=with_missing).rows.index


def test_missing_values_made_by_an_expression_are_told_apart(toy):
    filled = build_design("y ~ sqrt(x) + (1 | g)", toy.assign(x=toy["x"].where(toy.index != 2)))
    assert codes_of(filled) == ["missing_rows", "undefined_values"]
    n_negative = int((toy["x"].drop(2) < 0).sum())
    assert f"'sqrt(x)' is not defined in {n_negative} rows" in filled.design.diagnostics[1].message
    assert build_design("y ~ sqrt(z) + (1 | g)", toy).design.diagnostics == ()


def test_na_action_exclude_keeps_the_same_rows(toy):
    data = toy.assign(x=toy["x"].where(toy.index != 2))
    omit, exclude = (
        build_design("y ~ x + (1 | g)", data, control=Control(na_action=action)) for action in ("omit", "exclude")
    )
    assert exclude.rows.kept.tolist() == omit.rows.kept.tolist()


def test_findings_about_factors(toy):
    unused = build_design("y ~ f + (1 | g)", toy[toy["f"] != "q"])
    assert unused.design.x_names == ("(Intercept)", "fr")
    assert codes_of(unused) == ["unused_levels"]
    text = build_design("y ~ n + (1 | g)", toy.astype({"n": str}))
    assert codes_of(text) == ["numbers_as_text"]
    assert text.design.x_names == ("(Intercept)", "n10.0", "n100.0", "n9.0")
    twice = build_design("y ~ x + (1 | g) + (x | g)", toy)
    assert codes_of(twice) == ["repeated_random_effect"]


LEVELS = {
    "int": (np.repeat([10, 9, 1000, -3], 12), ("-3", "9", "10", "1000")),
    "spread": (np.repeat([10**15, 9, 10**9, -3], 12), ("-3", "9", "1000000000", "1000000000000000")),
    "uint8": (np.repeat(np.array([200, 3], dtype=np.uint8), 24), ("3", "200")),
    "float": (np.repeat([10, 0.5, 1e5, -3], 12), ("-3", "0.5", "10", "100000")),
    "bool": (np.repeat([True, False], 24), ("FALSE", "TRUE")),
    "nullable int": (pd.array(np.repeat([10, 9], 24), dtype="Int64"), ("9", "10")),
    "nullable bool": (pd.array(np.repeat([True, False], 24), dtype="boolean"), ("FALSE", "TRUE")),
    "object": (np.repeat(np.array(["b", "B", "a"], dtype=object), 16), ("B", "a", "b")),
    "string": (pd.array(np.repeat(["b", "a"], 24), dtype="string"), ("a", "b")),
    "arrow": (pd.array(np.repeat(["b", "a"], 24), dtype=pd.ArrowDtype(pa.string())), ("a", "b")),
    "arrow dictionary": (
        pd.array(
            pa.array(np.repeat(["b", "a"], 24)).dictionary_encode(),
            dtype=pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string())),
        ),
        ("b", "a"),
    ),
    "arrow bool": (pd.array(np.repeat([True, False], 24), dtype=pd.ArrowDtype(pa.bool_())), ("FALSE", "TRUE")),
    "arrow int": (pd.array(np.repeat([10, 9], 24), dtype=pd.ArrowDtype(pa.int32())), ("9", "10")),
    "categorical": (pd.Categorical(np.repeat(["b", "a"], 24), categories=["c", "b", "a"]), ("b", "a")),
    "categories of numbers": (pd.Categorical(np.repeat([2, 1], 24), categories=[2, 1]), ("2", "1")),
    "dates": (np.repeat(pd.to_datetime(["2021-02-01", "2020-01-01"]), 24), ("2020-01-01", "2021-02-01")),
}


@pytest.mark.parametrize("kind", LEVELS)
def test_levels_stand_in_the_order_of_r(kind, toy):
    values, levels = LEVELS[kind]
    filled = build_design("y ~ x + (1 | k)", toy.assign(k=values))
    assert filled.design.factors[0].levels == levels
    (codes,) = filled.rows.codes
    assert codes.dtype == np.int32
    texts = [levels[code] for code in codes]
    assert len(set(zip(texts, pd.Series(values).astype(str), strict=True))) == len(levels)


@pytest.mark.parametrize("kind", [kind for kind in LEVELS if kind != "dates"])
def test_columns_of_every_type_are_predictors(kind, toy):
    values, levels = LEVELS[kind]
    filled = build_design("y ~ k + (1 | h)", toy.assign(k=values))
    is_number = kind in ("int", "spread", "uint8", "float", "nullable int", "arrow int")
    assert filled.design.x_names[1:] == (("k",) if is_number else tuple(f"k{level}" for level in levels[1:]))


@pytest.mark.parametrize(
    "values",
    [
        pd.array([1, None] * 24, dtype="Int64"),
        pd.array([True, None] * 12 + [False, None] * 12, dtype="boolean"),
        pd.array(["a", None] * 12 + ["b", None] * 12, dtype="string"),
        np.array([None, "a"] * 12 + [None, "b"] * 12, dtype=object),
        np.array([None, 1.5] * 12 + [None, 2.5] * 12, dtype=object),
        pd.Categorical(["a", None] * 12 + ["b", None] * 12),
    ],
    ids=lambda values: str(values.dtype),
)
def test_missing_values_of_every_type(values, toy):
    assert len(build_design("y ~ z + k + (1 | g)", toy.assign(k=values)).rows.y) == 24


@pytest.mark.parametrize("make", [pl.from_pandas, pa.Table.from_pandas, lambda d: d.to_dict("list")])
def test_other_frames_give_the_same_design(make, toy):
    data = toy.assign(text=toy["text"].where(toy.index != 3), i=np.arange(48) // 6)
    formula = "y ~ x*f + b + text + (x | g) + (1 | i)"
    expected = build_design(formula, data)
    found = build_design(formula, make(data))
    assert found.design.x_names == expected.design.x_names
    np.testing.assert_array_equal(found.rows.X, expected.rows.X)
    assert found.design.factors == expected.design.factors
    for ours, theirs in zip(found.rows.codes, expected.rows.codes, strict=True):
        assert ours.tolist() == theirs.tolist()
    assert found.rows.kept.tolist() == expected.rows.kept.tolist()


def test_other_frames_with_missing_values():
    frame = pl.DataFrame(
        {
            "y": [1.0, 2, 4, None, 3, 8],
            "b": [True, None, False, True, False, True],
            "g": ["b", "a", None, "a", "a", "b"],
        }
    ).with_columns(
        k=pl.Series(["u", "v", "u", "v", "u", "v"], dtype=pl.Enum(["v", "u"])), i=pl.Series([1, 2, 3, 4, 5, 6])
    )
    filled = build_design("y ~ 0 + b + (1 | g)", frame, has_residual=False, subset="i < 100 & i != 2")
    assert filled.rows.kept.tolist() == [True, False, False, True, True]
    assert build_design("y ~ 1 + (1 | k)", frame).design.factors[0].levels == ("v", "u")


@pytest.mark.parametrize("first", ["p", "q", "r"])
def test_a_categorical_of_polars_has_the_same_levels_whatever_row_comes_first(first, toy):
    frame = pl.from_pandas(toy.astype({"f": str}).sort_values("f", key=lambda f: f != first))
    filled = build_design("y ~ f + (1 | g)", frame.with_columns(pl.col("f").cast(pl.Categorical)))
    assert filled.design.x_names == ("(Intercept)", "fq", "fr")


def test_an_ordered_factor_stays_one_in_pyarrow(toy):
    data = toy.assign(o=pd.Categorical(toy["h"], ["h2", "h1", "h3"], ordered=True))
    expected = build_design("y ~ o + (1 | g)", data)
    for frame in (pa.Table.from_pandas(data), pa.Table.from_pandas(data).to_pandas(types_mapper=pd.ArrowDtype)):
        found = build_design("y ~ o + (1 | g)", frame)
        assert found.design.x_names == ("(Intercept)", "o.L", "o.Q")
        np.testing.assert_array_equal(found.rows.X, expected.rows.X)


def test_decimals_of_arrow_are_numbers(toy):
    data = toy.assign(x=pd.Series([Decimal(str(x)) for x in toy["x"]], dtype=pd.ArrowDtype(pa.decimal128(12, 6))))
    np.testing.assert_array_equal(build_design("y ~ x + (1 | g)", data).rows.X[:, 1], toy["x"])


def test_periods_and_dates_group_rows(toy):
    months = pd.period_range("2020-01", periods=6, freq="M").repeat(8)
    for column, first in ((months, "2020-01"), (months.to_timestamp(), "2020-01-01")):
        factor = build_design("y ~ x + (1 | month)", toy.assign(month=column)).design.factors[0]
        assert (factor.levels[0], len(factor.levels)) == (first, 6)


def test_numbers_that_print_alike_are_one_level(toy):
    """As R: ``nlevels(factor(c((1:12) * 0.1, (1:12) / 10)))`` is 12."""
    tenths = np.r_[np.arange(1, 13) * 0.1, np.arange(1, 13) / 10]
    filled = build_design("y ~ factor(t) + (1 | t)", toy.assign(t=np.tile(tenths, 2)), has_residual=False)
    assert filled.design.factors[0].levels == ("0.1", "0.2", "0.3", *map(str, np.arange(4, 10) / 10), "1", "1.1", "1.2")
    assert len(filled.design.x_names) == 12
    assert filled.rows.codes[0].tolist() == [*range(12)] * 4


BIG = 2**53 + np.arange(48) // 4


@pytest.mark.parametrize(
    "make",
    [
        lambda d: d.assign(id=BIG),
        lambda d: d.assign(id=BIG.astype("uint64") + np.uint64(2**62)),
        lambda d: d.assign(id=pd.array(BIG, dtype="Int64")),
        lambda d: d.assign(id=pd.array(BIG, dtype=pd.ArrowDtype(pa.int64()))),
        lambda d: d.assign(id=pd.array([None, *BIG[1:]], dtype="Int64")),
        lambda d: pl.from_pandas(d.assign(id=pd.array([None, *BIG[1:]], dtype="Int64"))),
        lambda d: pa.Table.from_pandas(d.assign(id=pd.array([None, *BIG[1:]], dtype="UInt64"))),
    ],
)
def test_long_identifiers_stay_apart(make, toy):
    filled = build_design("y ~ x + (1 | id)", make(toy))
    factor = filled.design.factors[0]
    assert len(factor.levels) == 12
    assert int(factor.levels[1]) - int(factor.levels[0]) == 1
    assert filled.rows.codes[0][-5:].tolist() == [10, 11, 11, 11, 11]


def test_columns_called_by_numbers_are_named_in_backquotes(toy):
    filled = build_design("`0` ~ `1` + (1 | g)", toy.rename(columns={"y": 0, "x": 1}))
    assert filled.design.x_names == ("(Intercept)", "`1`")
    assert (filled.rows.y.tolist(), filled.rows.X[:, 1].tolist()) == (toy["y"].tolist(), toy["x"].tolist())


def test_design_does_not_change_with_the_data(toy):
    data, weights = toy.copy(), np.ones(48)
    filled = build_design("y ~ x + (1 | g)", data, weights=weights)
    before = filled.rows.y.copy(), filled.rows.X.copy()
    data.loc[:, "y"] = 0.0
    data.loc[:, "x"] = 0.0
    weights[:] = 7
    assert filled.rows.y.tolist() == before[0].tolist()
    assert filled.rows.X.tolist() == before[1].tolist()
    assert filled.rows.weights.tolist() == [1.0] * 48
    with pytest.raises(ValueError, match="read-only"):
        filled.rows.X[0, 0] = 5


def test_dot_stands_for_the_columns_that_are_not_otherwise_in_the_formula(toy):
    data = toy[["y", "x", "z", "f", "g", "a b"]]
    # lme4 takes the grouping factor among the fixed terms too, which leaves nothing for the random ones
    assert build_design("y ~ . - `a b` + (1 | g)", data).design.x_names == ("(Intercept)", "x", "z", "fq", "fr")
    squares = build_design("y ~ .^2 + (1 | g)", data[["y", "x", "z", "g"]])
    assert squares.design.x_names == ("(Intercept)", "x", "z", "x:z")


def test_order_of_rows_changes_nothing_but_the_order(toy):
    formula = "y ~ poly(z, 2) * f + text + (x | g/h) + (1 | n)"
    rows = np.random.default_rng(0).permutation(48)
    filled, shuffled = (build_design(formula, data, has_residual=False) for data in (toy, toy.iloc[rows]))
    assert shuffled.design.x_names == filled.design.x_names
    np.testing.assert_allclose(shuffled.rows.X, filled.rows.X[rows], atol=1e-13)
    assert shuffled.design.factors == filled.design.factors
    for ours, theirs in zip(shuffled.rows.codes, filled.rows.codes, strict=True):
        assert ours.tolist() == theirs[rows].tolist()


def test_lazy_frames_must_be_collected(toy):
    with pytest.raises(DataError, match=r"call \.collect\(\) first"):
        build_design("y ~ x + (1 | g)", pl.from_pandas(toy).lazy())
