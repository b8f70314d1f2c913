"""Another response for the rows of a design, and the trials of new rows: read as the response of the fit was."""

import numpy as np
import pandas as pd
import pytest

from mixwidget.design.new_response import read_response
from mixwidget.design.newdata import new_weights
from mixwidget.errors import DataError
from mixwidget.fit.response import new_response
from tests.responses import DATA, OPPOSITE, B, read

AGAIN = {
    "0 and 1": ("f", "binomial", OPPOSITE, OPPOSITE),
    "booleans": ("f", "binomial", [value == 1 for value in OPPOSITE], OPPOSITE),
    "names": ("f", "binomial", ["yes" if value else "no" for value in OPPOSITE], OPPOSITE),
    "names as categories": ("f", "binomial", pd.Categorical(DATA["f"], ["yes", "no"]), B),
    "names that are numbers": ("factor(b + 1)", "binomial", [value + 1 for value in OPPOSITE], OPPOSITE),
    "0 and 1 beside such names": ("factor(b + 1)", "binomial", OPPOSITE, OPPOSITE),
    "proportions of trials": ("cbind(s, 5 - s)", "binomial", [0, 0.2, 0.4, 0.6] * 2, [0, 0.2, 0.4, 0.6] * 2),
    "counts of trials": ("cbind(s, 5 - s)", "binomial", [[1, 3], [1, 1]] * 4, [0.25, 0.5] * 4),
    "proportions": ("I(e / 4)", "binomial", [0.5, 0.25] * 4, [0.5, 0.25] * 4),
    "other counts": ("s", "poisson", [0, 1] * 4, [0, 1] * 4),
    "other positive numbers": ("e", "Gamma", [0.5, 1] * 4, [0.5, 1] * 4),
    "other numbers": ("e", "gaussian", [-0.5, 1] * 4, [-0.5, 1] * 4),
}


@pytest.mark.parametrize("name", AGAIN)
def test_another_response_is_read_as_the_first(name):
    response, family, values, y = AGAIN[name]
    design = read(response, family).design
    found = read_response(design, np.array(values) if isinstance(values[0], list) else values)
    np.testing.assert_array_equal(found.y, y)
    assert (found.labels.kind, found.labels.success) == (design.response.kind, design.response.success)
    weights = [4, 2] * 4 if name == "counts of trials" else None
    assert (None if found.weights is None else found.weights.tolist()) == weights
    assert found.diagnostics == ()


REFUSED_AGAIN = {
    "unknown name": ("f", "binomial", ["yes", "maybe"] * 4, "holds 'maybe'; give 0 and 1, or the names 'no' and 'yes'"),
    "other numbers": ("b", "binomial", [0, 2] * 4, "holds '2'; give 0 and 1, or the names '0' and '1'"),
    "one outcome": ("b", "binomial", [1] * 8, "is 1 in every fitted row, but a binomial model needs both outcomes"),
    "missing name": (
        "f",
        "binomial",
        ["yes", None] * 4,
        "has missing or infinite values in 4 of the fitted rows (first in",
    ),
    "missing number": (
        "s",
        "poisson",
        [1, np.nan] * 4,
        "(first in row 1); fill them in, or fit the data without these",
    ),
    "text": ("s", "poisson", ["one", "two"] * 4, "must be numbers, one for each row"),
    "two columns": ("b", "binomial", np.ones((8, 2)), "has 2 columns; give one value for each of the 8 rows"),
    "three columns": (
        "cbind(s, 5 - s)",
        "binomial",
        np.ones((8, 3)),
        "has 3 columns; give one value for each of the 8",
    ),
    "no proportions": (
        "cbind(s, 5 - s)",
        "binomial",
        [1, 5] * 4,
        (
            "has 4 values outside [0, 1] (first 5 at fitted row 2); "
            "give proportions, or two columns of successes and failures"
        ),
    ),
    "no trials": (
        "cbind(s, 5 - s)",
        "binomial",
        np.array([[1, 3], [0, 0]] * 4),
        "no counts of trials in 4 of the fitted rows (first in row 1)",
    ),
    "no failures": ("cbind(s, 5 - s)", "binomial", np.array([[1, 0]] * 8), "has no failures in the fitted rows"),
    "negative counts": (
        "s",
        "poisson",
        [-1, 1] * 4,
        "has 4 negative values (first -1 at fitted row 1); a Poisson model",
    ),
    "zeros of a Gamma": ("e", "Gamma", [0, 1] * 4, "has 4 zero values (first 0 at fitted row 1); a Gamma model takes"),
    "a constant": ("e", "gaussian", [1] * 8, "is constant; there is no variance to explain"),
}


@pytest.mark.parametrize("name", REFUSED_AGAIN)
def test_another_response_that_does_not_fit_is_refused(name):
    response, family, values, message = REFUSED_AGAIN[name]
    with pytest.raises(DataError) as caught:
        read_response(read(response, family).design, values)
    assert str(caught.value).startswith("refit: the new response")
    assert message in str(caught.value)


def test_new_counts_of_trials_do_not_go_with_weights_besides():
    design = read("cbind(s, 5 - s)", weights="w").design
    with pytest.raises(DataError, match="give proportions of the fitted trials"):
        read_response(design, np.ones((8, 2)))
    assert read_response(design, [0.2, 0.4] * 4).weights is None


@pytest.mark.parametrize(
    ("options", "new", "weights"),
    [
        ({}, {"s": [1, 2], "n": [3, 4]}, [3, 4]),
        ({}, {"x": [1, 2]}, None),
        ({"weights": "w"}, {"s": [1, 2], "n": [3, 4], "w": [2, 1]}, [6, 4]),
        ({"weights": "w"}, {"s": [1, 2], "n": [3, 4]}, None),
        ({"weights": np.ones(8)}, {"s": [1, 2], "n": [3, 4]}, None),
    ],
)
def test_new_rows_have_the_trials_that_their_columns_count(options, new, weights):
    found = new_weights(read("cbind(s, n - s)", **options).design, pd.DataFrame(new), None)
    assert (None if found is None else found.tolist()) == weights


def test_another_response_goes_by_its_labels():
    filled, order = read("cbind(s, n - s)"), [5, 0, 7, 2, 4, 6, 1, 3]  # row 4 has no trials and is not fitted
    counts = pd.DataFrame({"s": [1, 2, 3, 4, 9, 5, 6, 7], "f": [1, 1, 1, 1, 9, 1, 1, 1]})
    expected = [1 / 2, 2 / 3, 3 / 4, 4 / 5, 5 / 6, 6 / 7, 7 / 8]
    for given in (counts, counts.loc[order], counts.drop(4), counts.to_numpy(), counts.drop(4).to_numpy()):
        found = new_response(filled, given)
        np.testing.assert_allclose(found.y, expected, rtol=1e-15)
        assert found.weights.tolist() == [2, 3, 4, 5, 6, 7, 8]
    shares = counts["s"] / counts.sum(axis=1)
    np.testing.assert_allclose(new_response(filled, shares.loc[order]).y, expected, rtol=1e-15)
    with pytest.raises(DataError, match="has 5 values"):
        new_response(filled, counts.to_numpy()[:5])


def test_names_go_by_their_labels_too():
    names = DATA["f"].loc[[7, 6, 5, 4, 3, 2, 1, 0]]
    assert new_response(read("f"), names).y.tolist() == B
    assert new_response(read("f"), names.astype("category")).y.tolist() == B
    assert new_response(read("f"), names.to_numpy()).y.tolist() == B[::-1]
