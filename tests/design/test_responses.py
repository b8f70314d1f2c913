"""A response on the scale of the mean: what each family reads, what it refuses, and that what it advises works."""

import pickle
import re

import numpy as np
import pandas as pd
import pytest

from mixwidget.design.build import build_design
from mixwidget.errors import DataError
from mixwidget.family.read_family import ALLOWED_LINKS, read_family
from mixwidget.fit.reading import reading_of
from tests.responses import DATA, OPPOSITE, B, read

TRIED = DATA.query("n > 0")
PROPORTIONS, TRIALS = [0.25, 0, 2 / 3, 0.6, 1, 0.5, 0.5], [4, 4, 3, 5, 4, 4, 2]  # R has a row of weight 0 besides


def categories(*levels):
    return DATA.assign(f=pd.Categorical(DATA["f"], levels))


# y as lme4 1.1 has it, getME(fit, "y"), for the same data (texts are refused there: here they are sorted)
BINARY = {
    "numbers": ("b", DATA, B, "1", "0"),
    "booleans": ("b", DATA.assign(b=DATA["b"] == 1), B, "TRUE", "FALSE"),
    "booleans that may be missing": ("b", DATA.assign(b=(DATA["b"] == 1).astype("boolean")), B, "TRUE", "FALSE"),
    "texts": ("f", DATA, B, "yes", "no"),
    "levels": ("f", categories("no", "yes"), B, "yes", "no"),
    "levels in another order": ("f", categories("yes", "no"), OPPOSITE, "no", "yes"),
    "a level that does not occur": ("f", categories("maybe", "yes", "no"), OPPOSITE, "no", "yes"),
    "numbers as levels": ("factor(b)", DATA, B, "1", "0"),
    "numbers stored as text": ("b", DATA.astype({"b": str}), B, "1", "0"),
    "a condition": ('f == "yes"', DATA, B, "TRUE", "FALSE"),
    "a condition in brackets": ('(f != "yes")', DATA, OPPOSITE, "TRUE", "FALSE"),
    "a condition in I()": ("I(b > 0.5)", DATA, B, "TRUE", "FALSE"),
}


@pytest.mark.parametrize("name", BINARY)
def test_the_second_level_is_success(name):
    response, data, y, success, failure = BINARY[name]
    filled = read(response, data=data)
    assert filled.rows.y.tolist() == y
    assert filled.rows.weights is None
    labels = filled.design.response
    assert (labels.kind, labels.success, labels.failure) == ("binary", success, failure)
    assert (labels.n_rows, labels.n_success, labels.n_failure) == (8, 4.0, 4.0)
    assert filled.design.diagnostics == ()


COUNTED = {
    "successes and failures": ("cbind(s, n - s)", {}, TRIALS),
    "named columns": ("cbind(good = s, bad = n - s)", {}, TRIALS),
    "of the package": ("base::cbind(s, n - s)", {}, TRIALS),
    "times weights": ("cbind(s, n - s)", {"weights": "w"}, [4, 8, 3, 10, 8, 4, 4]),
}


@pytest.mark.parametrize("name", COUNTED)
def test_successes_and_failures_are_proportions_weighted_by_trials(name):
    response, options, weights = COUNTED[name]
    filled = read(response, **options)
    np.testing.assert_allclose(filled.rows.y, PROPORTIONS, rtol=1e-15)
    assert filled.rows.weights.tolist() == weights
    assert filled.rows.kept.tolist() == [True] * 4 + [False] + [True] * 3
    labels = filled.design.response
    assert (labels.kind, labels.success, labels.failure) == ("counts of trials", "s", "n - s")
    assert (labels.n_rows, labels.n_success, labels.n_failure) == (7, 13.0, 13.0)
    (finding,) = filled.design.diagnostics
    assert (
        finding.message
        == f"1 row without trials was dropped: '{filled.design.formula.response}' is zero in both columns"
    )


def test_a_number_is_a_column_of_it():
    filled = read("cbind(s, 5 - s)")
    assert filled.rows.weights.tolist() == [5.0] * 8


def test_rows_are_left_out_where_either_count_is_missing():
    data = DATA.assign(s=DATA["s"].where(DATA.index != 1), n=DATA["n"].where(DATA.index != 6))
    filled = read("cbind(s, n - s)", data=data, subset="x < 3")
    assert filled.rows.index.tolist() == [0, 2, 5]
    assert [finding.code for finding in filled.design.diagnostics] == ["missing_rows", "rows_without_trials"]


def test_proportions_are_weighted_as_told():
    filled = read("I(s / n)", weights="n", data=TRIED)
    np.testing.assert_allclose(filled.rows.y, PROPORTIONS, rtol=1e-15)
    assert filled.rows.weights.tolist() == TRIALS
    assert filled.design.response.kind == "proportions"
    assert (filled.design.response.n_success, filled.design.response.n_failure) == (13.0, 13.0)
    assert filled.design.diagnostics == ()


def test_zeros_and_ones_of_several_trials_are_proportions():
    assert read("b", weights="w").design.response.kind == "proportions"
    assert read("b", weights=np.ones(8)).design.response.kind == "binary"


NUMBERS = {
    "counts": ("s", "poisson", "counts", DATA["s"]),
    "equal counts": ("I(0 * s + 2)", "poisson", "counts", 0 * DATA["s"] + 2),
    "a condition as counts": ("x > 1", "poisson", "counts", DATA["x"] > 1),
    "counts of a negative binomial": ("s", "negative.binomial", "counts", DATA["s"]),
    "positive numbers": ("e", "Gamma", "positive", DATA["e"]),
    "positive numbers of an inverse Gaussian": ("e", "inverse.gaussian", "positive", DATA["e"]),
    "any numbers": ("I(e - 2)", "gaussian", "numbers", DATA["e"] - 2),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_stay_as_they_are(name):
    response, family, kind, y = NUMBERS[name]
    filled = read(response, family)
    np.testing.assert_array_equal(filled.rows.y, y)
    assert (filled.design.response.kind, filled.design.response.n_rows) == (kind, 8)
    assert filled.design.response.success is None
    assert filled.design.diagnostics == ()


def test_linear_models_read_numbers():
    filled = build_design("e ~ x + (1 | g)", DATA)
    assert (filled.design.response.kind, filled.design.response.success) == ("numbers", None)


def test_the_response_is_a_copy():
    data = DATA.astype({"b": float})
    filled = read("b", data=data)
    data.loc[0, "b"] = 1.0
    assert filled.rows.y[0] == 0.0
    assert not filled.rows.y.flags.writeable


@pytest.mark.parametrize("family", ALLOWED_LINKS)
def test_every_family_has_a_reading_that_can_be_pickled(family):
    reading = reading_of(read_family(family))
    assert pickle.loads(pickle.dumps(reading)) == reading


def with_first(**values):
    data = DATA.copy()
    for name, value in values.items():
        data[name] = [value, *data[name].tolist()[1:]]
    return data


REFUSED = {
    "three levels": (
        "t",
        {},
        (
            "the response 't' has 3 levels ('p', 'q', 'r'), but a binomial model takes two; write t == \"r\" for the "
            "probability of 'r' against the others"
        ),
    ),
    "three levels that are numbers": ("factor(x)", {}, "'factor(x)' has 4 levels ('0', '1', '2', '3'), but a binomial"),
    "a quoted level": ("t", {"data": DATA.replace({"t": {"r": 'z"z'}})}, r'write t == "z\"z" for the probability'),
    "proportions stored as text": (
        "e",
        {"data": DATA.assign(e=["0.5", "0.25"] * 3 + ["0", "1"])},
        "the numbers are stored as text, convert them with pandas.to_numeric",
    ),
    "one level": (
        "f",
        {"subset": "f == 'no'"},
        (
            "the response 'f' is 'no' in every fitted row, but a binomial model needs both outcomes; check the column "
            "and subset="
        ),
    ),
    "zeros alone": ("b", {"subset": "b == 0"}, "the response 'b' is 0 in every fitted row, but a binomial model"),
    "ones alone": ("b", {"subset": "b == 1"}, "the response 'b' is 1 in every fitted row"),
    "a level that was never there": ('f == "Yes"', {}, "is 'FALSE' in every fitted row"),
    "no successes": (
        "cbind(0 * s, n)",
        {},
        "the response 'cbind(0 * s, n)' has no successes in the fitted rows; there is nothing to explain",
    ),
    "no failures": ("cbind(s, 0)", {}, "the response 'cbind(s, 0)' has no failures in the fitted rows"),
    "no trials at all": ("cbind(0 * s, 0 * s)", {}, "the response 'cbind(0 * s, 0 * s)' has no trials in any row"),
    "two numbers": (
        "I(b + 1)",
        {},
        (
            "the response 'I(b + 1)' has 4 values outside [0, 1] (first 2 at fitted row 2); write I(b + 1) == 2 for "
            "the probability of 2"
        ),
    ),
    "counts": (
        "s",
        {},
        (
            "the response 's' has 4 values outside [0, 1] (first 2 at fitted row 3); for successes among trials write "
            "cbind(s, trials - s)"
        ),
    ),
    "counts with trials as weights": (
        "s",
        {"weights": "n", "data": TRIED},
        "for successes among trials write cbind(s, n - s), without weights",
    ),
    "percentages": ("I(100 * e / 7)", {}, "write I(I(100 * e/7) / 100) if they are percentages"),
    "proportions out of range": (
        "I(e / 5 - 0.1)",
        {"data": with_first(e=-1)},
        (
            "has 2 values outside [0, 1] (first -0.3 at fitted row 1); correct them, or leave them out with "
            "subset='I(e/5 - 0.1) >= 0 & I(e/5 - 0.1) <= 1'"
        ),
    ),
    "three columns": ("cbind(s, n, w)", {}, "'cbind(s, n, w)' has 3 columns; write cbind(successes, failures), two"),
    "one column": ("cbind(s)", {}, "'cbind(s)' has 1 column; write cbind(successes, failures), two columns of counts"),
    "a matrix among the columns": ("cbind(poly(x, 2), s)", {}, "has 3 columns; write cbind(successes, failures)"),
    "another matrix": (
        "poly(x, 2)",
        {},
        "'poly(x, 2)' has several columns; a binomial model takes one, or write cbind",
    ),
    "successes and total swapped": (
        "cbind(n, s - n)",
        {},
        (
            "the failures 's - n' have 6 negative values (first -3 at fitted row 1): successes and total are swapped; "
            "write cbind(s, n - s)"
        ),
    ),
    "more successes than trials": (
        "cbind(s, n - s)",
        {"data": with_first(s=7)},
        (
            "the failures 'n - s' have 1 negative value (first -3 at fitted row 1): there 's' is larger than 'n'; "
            "correct them, or leave them out with subset='s <= n'"
        ),
    ),
    "negative failures": (
        "cbind(s, w)",
        {"data": with_first(w=-2)},
        (
            "the failures 'w' have 1 negative value (first -2 at fitted row 1); correct them, or leave them out with "
            "subset='w >= 0'"
        ),
    ),
    "negative successes": (
        "cbind(s, n)",
        {"data": with_first(s=-1)},
        (
            "the successes 's' have 1 negative value (first -1 at fitted row 1); correct them, or leave them out with "
            "subset='s >= 0'"
        ),
    ),
    "infinite trials": ("cbind(s, n)", {"data": with_first(n=np.inf)}, "has 1 infinite value (first at fitted row 1)"),
    "infinite proportions": ("e", {"data": with_first(e=np.inf)}, "the response 'e' has 1 infinite values (first at"),
    "dates": ("d", {"data": DATA.assign(d=pd.date_range("2020", periods=8))}, "'d' holds dates or times"),
    "negative counts": (
        "s",
        {"family": "poisson", "data": with_first(s=-1)},
        (
            "the response 's' has 1 negative value (first -1 at fitted row 1); a Poisson model takes counts: "
            "correct them, or leave them out with subset='s >= 0'"
        ),
    ),
    "negative counts alone": (
        "I(-w)",
        {"family": "poisson"},
        "(first -1 at fitted row 1); a Poisson model takes counts: correct them",
    ),
    "no counts": (
        "I(0 * s)",
        {"family": "poisson"},
        "the response 'I(0 * s)' is 0 in every fitted row; there is nothing to explain, check the column and subset=",
    ),
    "counts in two columns": ("cbind(s, n)", {"family": "poisson"}, "has 2 columns; a Poisson model takes one"),
    "counts as levels": ("t", {"family": "negative.binomial"}, "(it holds 'p', ...); a negative binomial model needs"),
    "counts as text": (
        "s",
        {"family": "poisson", "data": DATA.astype({"s": str})},
        "convert them with pandas.to_numeric",
    ),
    "zeros of a Gamma": (
        "s",
        {"family": "Gamma"},
        (
            "the response 's' has 2 zero values (first 0 at fitted row 2); a Gamma model takes positive numbers: "
            "correct them, or leave them out with subset='s > 0'"
        ),
    ),
    "negative numbers of a Gamma": (
        "e",
        {"family": "Gamma", "data": with_first(e=-1)},
        "the response 'e' has 1 negative value (first -1 at fitted row 1); a Gamma model takes positive",
    ),
    "both of an inverse Gaussian": (
        "I(s - 1)",
        {"family": "inverse.gaussian"},
        "has 4 zero or negative values (first 0 at fitted row 1); an inverse Gaussian model takes positive numbers",
    ),
    "a constant of a Gamma": ("I(0 * s + 2)", {"family": "Gamma"}, "the response 'I(0 * s + 2)' is constant (2)"),
    "levels of a Gaussian": ("t", {"family": "gaussian"}, "(it holds 'p', ...); a Gaussian model needs numbers"),
    "columns of a Gaussian": ("cbind(s, n)", {"family": "gaussian"}, "has 2 columns; a Gaussian model takes one"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_mean_can_be_of_is_refused_in_one_sentence(name):
    response, options, message = REFUSED[name]
    with pytest.raises(DataError) as caught:
        read(response, **options)
    text = str(caught.value)
    assert message in text
    assert "\n" not in text
    assert not text.endswith(".")


@pytest.mark.parametrize("name", [name for name in REFUSED if re.search(r"subset='|write ", REFUSED[name][2])])
def test_what_a_refusal_advises_works(name):
    """What follows "write" takes the place of the response, what follows "subset=" that of the subset."""
    response, options, _ = REFUSED[name]
    with pytest.raises(DataError) as caught:
        read(response, **options)
    text = str(caught.value)
    if subset := re.search(r"subset='(.*)'", text):
        assert read(response, subset=subset[1], **options).rows.n >= 6
        return
    written = re.search(r"write (.*?)(?: for the| if they|, without|, two|$)", text)[1]
    for word, column in (("successes", "s"), ("failures", "n"), ("trials", "(s + w)")):
        written = re.sub(rf"\b{word}\b", column, written)
    filled = read(written, **{key: value for key, value in options.items() if key != "weights"})
    assert 0.0 <= filled.rows.y.min() < filled.rows.y.max() <= 1.0


FOUND = {
    "proportions alone": (
        "I(e / 4)",
        {},
        "proportions_without_trials",
        (
            "the response 'I(e/4)' holds proportions (first 0.125 at fitted row 1) without their numbers of trials; "
            "give these with weights=, or write cbind(successes, failures); else each row counts as one trial"
        ),
    ),
    "proportions of other trials": (
        "I(s / n)",
        {"weights": "w", "data": TRIED},
        "noninteger_successes",
        (
            "the response 'I(s/n)' times the weights is not whole in 4 rows (first 0.25 at fitted row 1); weights= "
            "takes the number of trials of each proportion; check that they belong together"
        ),
    ),
    "counts that are not whole": (
        "e",
        {"family": "poisson"},
        "noninteger_counts",
        (
            "the response 'e' has 4 values that are not whole (first 0.5 at fitted row 1); a rate is modelled by "
            "its count, with offset(log(exposure)) among the terms"
        ),
    ),
    "successes that are not whole": (
        "cbind(e, n)",
        {},
        "noninteger_counts",
        (
            "'e' has 4 values that are not whole (first 0.5 at fitted row 1); counts of trials are whole; check the "
            "columns"
        ),
    ),
    "failures that are not whole": (
        "cbind(s, e)",
        {},
        "noninteger_counts",
        "'e' has 4 values that are not whole (first",
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_where_r_warns_there_is_a_finding(name):
    response, options, code, text = FOUND[name]
    (finding,) = [f for f in read(response, **options).design.diagnostics if f.severity == "warning"]
    assert finding.code == code
    assert text in finding.text


def test_rounding_errors_are_no_finding():
    data = TRIED.assign(share=(TRIED["s"] / TRIED["n"]).round(4))
    assert read("share", weights="n", data=data).design.diagnostics == ()
    assert read("I(s * 0.1 * 10)", "poisson").design.diagnostics == ()
