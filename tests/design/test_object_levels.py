"""Python objects as levels: dates, times, durations, identifiers, members of an Enum; and what cannot be a level."""

import datetime as dt
import enum
import ipaddress
import uuid
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import mixwidget as mw
from mixwidget.design.build import build_design
from mixwidget.errors import DataError, FormulaError

QUIET = mw.Control(warn=False)
PLACE = np.arange(96) * 7 % 12
DAY = dt.date(2024, 1, 1)
START = dt.datetime(2024, 1, 1)  # noqa: DTZ001  many data have no zone
Rating = enum.Enum("Rating", "poor fair good A B C D E F G H I")
Colour = enum.Enum("Colour", [(name, name) for name in "zyxabcdefghi"], type=str)
DATES = [DAY + dt.timedelta(i) for i in range(12)]
MOMENTS = [START + dt.timedelta(hours=9 * i) for i in range(12)]
KINDS = {
    "dates": (DATES, "2024-01-01", "2024-01-12"),
    "datetimes": (MOMENTS, "2024-01-01", "2024-01-05 03:00:00"),
    "times with a zone": ([m.replace(tzinfo=dt.UTC) for m in MOMENTS], "2024-01-01 00:00:00+00:00", None),
    "times of day": ([dt.time(3 + i, 15) for i in range(12)], "03:15:00", "14:15:00"),
    "durations": ([dt.timedelta(days=i + 1) for i in range(12)], "1 days", "12 days"),
    "numpy's dates": ([np.datetime64("2024-01-01") + i for i in range(12)], "2024-01-01", "2024-01-12"),
    "periods": ([pd.Period("2024-01", "M") + i for i in range(12)], "2024-01", "2024-12"),
    "intervals": ([pd.Interval(i, i + 1) for i in range(12)], "(0, 1]", "(11, 12]"),
    "UUIDs": ([uuid.UUID(int=i) for i in range(12)], str(uuid.UUID(int=0)), str(uuid.UUID(int=11))),
    "an Enum": (list(Rating), "poor", "I"),
    "an Enum of texts": (list(Colour), "z", "i"),
    "decimals": ([Decimal(i) / 10 for i in range(12)], "0", "1.1"),
    "fractions": ([Fraction(i, 4) for i in range(12)], "0", "2.75"),
    "addresses": ([ipaddress.ip_address(f"10.0.0.{i + 1}") for i in range(12)], "10.0.0.1", "10.0.0.12"),
}


@pytest.fixture(scope="module")
def frame():
    generator = np.random.default_rng(1)
    x = generator.normal(size=96)
    return pd.DataFrame({"x": x, "y": x + 2.0 * generator.normal(size=12)[PLACE] + generator.normal(size=96)})


@pytest.mark.parametrize("kind", KINDS)
def test_objects_group_rows_in_their_own_order(frame, kind):
    values, first, last = KINDS[kind]
    data = frame.assign(g=pd.Series([values[i] for i in PLACE], dtype=object), number=PLACE)
    fit, expected = (mw.lmer(f"y ~ x + (1 | {name})", data, control=QUIET) for name in ("g", "number"))
    assert fit.criterion == pytest.approx(expected.criterion)
    levels = fit.design.factors[0].levels
    assert levels[0] == first
    assert last is None or levels[-1] == last
    np.testing.assert_array_equal(fit.rows.codes[0], PLACE)  # the order of time, of size, of the definition
    np.testing.assert_allclose(fit.predict(data.iloc[3:5]), fit.fitted.iloc[3:5])
    np.testing.assert_allclose(fit.predict({"x": data["x"][3], "g": data["g"][3]}), fit.fitted.iloc[3:4])
    missing = mw.lmer("y ~ x + (1 | g)", data.assign(g=data["g"].mask(data.index == 4)), control=QUIET)
    assert (missing.nobs, missing.ngroups["g"]) == (95, 12)


@pytest.mark.parametrize("kind", KINDS)
def test_objects_are_levels_of_fixed_factors(frame, kind):
    values = KINDS[kind][0]
    data = frame.assign(g=pd.Series([values[i % 3] for i in PLACE], dtype=object), h=np.arange(96) // 8)
    data["third"] = PLACE % 3
    fit, expected = (mw.lmer(f"y ~ factor({name}) + x + (1 | h)", data, control=QUIET) for name in ("g", "third"))
    np.testing.assert_allclose(fit.fixef, expected.fixef)
    np.testing.assert_allclose(fit.predict(data.iloc[3:5]), fit.fitted.iloc[3:5])
    np.testing.assert_allclose(fit.emmeans("g")["emmean"], expected.emmeans("third")["emmean"])


@pytest.mark.parametrize("kind", ["UUIDs", "an Enum", "an Enum of texts", "intervals", "addresses"])
def test_what_can_only_be_a_category_is_a_factor_as_it_stands(frame, kind):
    values = KINDS[kind][0]
    data = frame.assign(g=pd.Series([values[i % 3] for i in PLACE], dtype=object))
    filled = build_design("y ~ g + (1 | h)", data.assign(h=np.arange(96) // 8))
    assert len(filled.design.x_names) == 3


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.DataFrame, pa.table, dict], ids=["pandas", "polars", "arrow", "dict"]
)
@pytest.mark.parametrize("kind", ["dates", "datetimes", "times with a zone", "times of day", "durations"])
def test_moments_of_any_frame_have_the_same_levels(frame, kind, make):
    values = [KINDS[kind][0][i] for i in PLACE]
    columns = {name: frame[name].tolist() for name in frame} | {"g": [None, *values[1:]]}
    fit = mw.lmer("y ~ x + (1 | g)", make(columns), control=QUIET)
    new = pd.DataFrame({"x": frame["x"][1:4], "g": pd.Categorical(values[1:4])})
    np.testing.assert_allclose(fit.predict(new), fit.fitted.iloc[:3])


def test_a_column_with_arrow_types_too(frame):
    table = pa.table({name: frame[name] for name in frame} | {"g": [DATES[i] for i in PLACE]})
    fit = mw.lmer("y ~ x + (1 | g)", table.to_pandas(types_mapper=pd.ArrowDtype), control=QUIET)
    assert fit.design.factors[0].levels[:2] == ("2024-01-01", "2024-01-02")
    text = pd.DataFrame({"x": frame["x"][:2], "g": [str(DATES[i]) for i in PLACE[:2]]})
    np.testing.assert_allclose(fit.predict(text), fit.fitted.iloc[:2])
    with pytest.raises(DataError, match=r"did not see \('2030-01-01'\)"):
        fit.predict(text.assign(g=dt.date(2030, 1, 1)))


@pytest.mark.parametrize(
    "formula", ["y ~ day + (1 | h)", "y ~ x + (day | h)", "day ~ x + (1 | h)", "y ~ I(day) + (1 | h)"]
)
def test_a_date_may_be_a_number_or_a_factor_and_is_neither_unasked(frame, formula):
    data = frame.assign(day=[DATES[i] for i in PLACE], h=np.arange(96) // 8)
    with pytest.raises(DataError, match=r"make numbers of them, .*, or write factor\(.*day\)+ for a level of each"):
        build_design(formula, data)
    for arithmetic in ("as.numeric(day)", "poly(day, 2)", "I(day - 1)"):
        with pytest.raises(FormulaError, match="dates and times have no arithmetic here"):
            build_design(f"y ~ {arithmetic} + (1 | h)", data)


@pytest.mark.parametrize(
    ("subset", "n"),
    [
        ("day > '2024-01-05'", 56),
        ("day != '2024-1-5'", 88),
        ("day %in% c('2024-1-2', '2024-01-03')", 16),
        ("moment >= '2024-01-05'", 8),
        ("moment == '2024-01-01'", 8),
        ("'2024-01-05' <= moment", 8),
        ("clock < '04:00'", 8),
        ("lag <= '2 days'", 16),
    ],
)
@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"])
def test_a_subset_compares_moments_with_texts(frame, subset, n, make):
    columns = {"day": "dates", "moment": "datetimes", "clock": "times of day", "lag": "durations"}
    data = {name: frame[name].tolist() for name in frame}
    data |= {name: [KINDS[kind][0][i] for i in PLACE] for name, kind in columns.items()}
    filled = build_design("y ~ x + (1 | h)", make(data | {"h": (np.arange(96) % 5).tolist()}), subset=subset)
    assert len(filled.rows.y) == n


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([b"a", b"b"], r"holds bytes, .*data\['g'\].str.decode\('utf-8'\)"),
        ([(1, 2), (2, 3)], "values of type tuple"),
        ([[1], [2]], "values of type list"),
        ([{"a": 1}, {"a": 2}], "values of type dict"),
        ([frozenset([1]), frozenset([2])], "values of type frozenset"),
        ([object(), object()], "values of type object"),
        ([1j, 2j], "values of type complex"),
        ([1, "a"], r"mixed types \((str and int|int and str)\)"),
        ([DAY, START], r"mixed types \((date and datetime|datetime and date)\)"),
        ([Rating.poor, Colour.z], "mixed types"),
        ([START, START.replace(tzinfo=dt.UTC)], "with and without a time zone"),
    ],
)
@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ factor(g) + (1 | h)"])
def test_what_cannot_be_a_level_is_refused(frame, values, message, formula):
    column = pd.Series([values[i % 2] for i in range(96)], dtype=object)
    with pytest.raises((DataError, FormulaError), match=message):
        build_design(formula, frame.assign(g=column, h=np.arange(96) // 8))
