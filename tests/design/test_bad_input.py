"""Input that allows no fit: one clear sentence each, never a wrong number."""

import numpy as np
import pandas as pd
import pytest

from mixwidget.control import Control
from mixwidget.design.build import build_design
from mixwidget.errors import DataError, FormulaError, MixwidgetError, OptionError

PLAIN = "y ~ x + (1 | g)"


def case(message, formula=PLAIN, change=lambda data: data, error=DataError, **arguments):
    return (message, formula, change, error, arguments)


CASES = {
    "no rows": case("the data have no rows", change=lambda d: d.iloc[:0]),
    "not a frame": case("data must be a data frame", change=lambda _: [1, 2]),
    "ragged dict": case("the columns do not make a table", change=lambda _: {"y": [1, 2], "x": [1]}),
    "one level": case("grouping factor 'g' has one level ('g1')", change=lambda d: d[d["g"] == "g1"]),
    "as many levels as rows": case(
        "grouping factor 'id' has as many levels as there are rows (48)",
        "y ~ x + (1 | id)",
        lambda d: d.assign(id=range(48)),
    ),
    "as many effects as rows": case("has 72 random effects for 48 rows", "y ~ x + (x * z * f | a)"),
    "too few rows": case("4 rows are too few for 4 fixed effects", "y ~ x + z + far:x + (1 | b)", lambda d: d.iloc[:4]),
    "infinite response": case(
        "the response 'y' has 1 infinite values", change=lambda d: d.replace({"y": {1.371: np.inf}})
    ),
    "infinite predictor": case("'x' has 12 infinite values", change=lambda d: d.replace({"x": {1.5: -np.inf}})),
    "infinite logarithm": case("'log(x + 1.5)' has 12 infinite values", "y ~ log(x + 1.5) + (1 | g)"),
    "response of text": case("the response 'text' is not numeric (it holds 'g1', ...)", "text ~ x + (1 | h)"),
    "response of numbers as text": case("convert them with pandas.to_numeric", change=lambda d: d.astype({"y": str})),
    "response is a factor": case("the response 'f' is not numeric", "f ~ x + (1 | g)"),
    "response of two columns": case("the response 'cbind(y, x)' has 2 columns", "cbind(y, x) ~ z + (1 | g)"),
    "constant response": case("the response 'y' is constant (3)", change=lambda d: d.assign(y=3)),
    "all missing": case("no row is complete: missing values in 'x' (48)", change=lambda d: d.assign(x=np.nan)),
    "all missing together": case(
        "no row is complete: missing values in 'y' (24), 'x' (24)",
        change=lambda d: d.assign(x=d["x"].where(d["b"]), y=d["y"].where(~d["b"])),
    ),
    "missing refused": case(
        "12 rows have missing values in 'x' (12)",
        change=lambda d: d.replace({"x": {1.5: np.nan}}),
        control=Control(na_action="fail"),
    ),
    "duplicate column": case("the data have 2 columns named 'x'", change=lambda d: pd.concat([d, d[["x"]]], axis=1)),
    "grouping factor is the response": case(
        "grouping factor 'y' is the response", "y ~ x + (1 | y)", error=FormulaError
    ),
    "response is a term": case("the response 'y' also stands", "y ~ x + y + (1 | g)", error=FormulaError),
    "crossed levels that read the same": case(
        "two levels of crossed grouping factors both read 'a:b:c'; take the ':' out",
        "y ~ x + (1 | u:v)",
        lambda d: d.assign(u=["a:b", "a"] * 24, v=["c", "b:c"] * 24),
    ),
    "names of two parts": case(
        "names of 2 parts; join them first, e.g. 'a_x'", change=lambda d: pd.concat({"a": d[["x", "y", "g"]]}, axis=1)
    ),
    "the same name as text and number": case(
        "the data have 2 columns named '0'", "y ~ `0` + (1 | g)", lambda d: d.rename(columns={"x": "0", "z": 0})
    ),
    "column in the index": case(
        "grouping factor 'g' is in the index of the data; data.reset_index() makes it a column",
        change=lambda d: d.set_index("g"),
        error=FormulaError,
    ),
    "capitals": case("'X' is not a column of the data; did you mean 'x'?", "y ~ X + (1 | g)", error=FormulaError),
    "period as a predictor": case(
        "'month' holds dates or times",
        "y ~ month + (1 | g)",
        lambda d: d.assign(month=pd.period_range("2020", periods=48, freq="M")),
    ),
    "unknown column": case(
        "'Subjct' is not a column of the data; did you mean 'Subject'?",
        "y ~ Subjct + (1 | g)",
        lambda d: d.assign(Subject=1),
        FormulaError,
    ),
    "unknown grouping": case(
        "grouping factor 'gg' is not a column of the data; did you mean 'g'?", "y ~ x + (1 | gg)", error=FormulaError
    ),
    "nothing near": case(
        "'income' is not a column of the data; the columns are 'y', 'x'", "y ~ income + (1 | g)", error=FormulaError
    ),
    "unknown function": case(
        "'lgo()' is not a function of the formula language; did you mean 'log'?",
        "y ~ lgo(x) + (1 | g)",
        error=FormulaError,
    ),
    "unknown argument": case(
        "poly(x, deg = 2): got an unexpected keyword", "y ~ poly(x, deg = 2) + (1 | g)", error=FormulaError
    ),
    "degree too high": case(
        "poly(x, 9): the degree must lie between 1 and 3", "y ~ poly(x, 9) + (1 | g)", error=FormulaError
    ),
    "arithmetic of a factor": case("f * 2: a factor has no arithmetic", "y ~ I(f * 2) + (1 | g)", error=FormulaError),
    "a single number": case("'I(3)' is not one value for each row", "y ~ I(3) + (1 | g)", error=FormulaError),
    "unknown reference": case(
        "relevel(f, \"s\"): 's' is not a level", "y ~ relevel(f, 's') + (1 | g)", error=FormulaError
    ),
    "scale of a constant": case(
        "scale(k): a constant column cannot be scaled",
        "y ~ scale(k) + (1 | g)",
        lambda d: d.assign(k=1.0),
        FormulaError,
    ),
    "matrix as grouping": case(
        "grouping factor 'poly(z, 2)' is a matrix", "y ~ x + (1 | poly(z, 2))", error=FormulaError
    ),
    "dot in a bar": case("'.' has no meaning inside a bar term", "y ~ x + (. | g)", error=FormulaError),
    "fixed factor of one level": case(
        "the factor 'f' has one level ('q')", "y ~ f + (1 | g)", lambda d: d[d["f"] == "q"]
    ),
    "dates": case(
        "'d' holds dates or times; make numbers of them",
        "y ~ d + (1 | g)",
        lambda d: d.assign(d=pd.date_range("2020", periods=48)),
    ),
    "mixed types": case(
        "column 'm' holds values of mixed types", "y ~ m + (1 | g)", lambda d: d.assign(m=[1, "a"] * 24)
    ),
    "complex numbers": case("column 'm' has type complex128", "y ~ m + (1 | g)", lambda d: d.assign(m=1j)),
    "subset leaves nothing": case("subset leaves no row", subset="x > 100"),
    "subset unreadable": case("subset 'x +' cannot be read", subset="x +"),
    "subset no condition": case("subset 'x + 1' is not a condition", subset="x + 1"),
    "subset unknown column": case(
        "'xx' is not a column of the data; did you mean 'x'?", subset="xx > 1", error=FormulaError
    ),
    "subset of wrong length": case("subset has 2 values, but the data have 48 rows", subset=[True, False]),
    "subset of positions": case("subset must be a condition", subset=np.arange(48)),
    "subset leaves one level": case("grouping factor 'g' has one level ('g2')", subset="g == 'g2'"),
    "weights of wrong length": case("weights has 2 values, but the data have 48 rows", weights=[1, 2]),
    "weights of text": case("weights 'f' is not numeric", weights="f"),
    "weights no numbers": case("weights must be numbers", weights=["a"] * 48),
    "weights zero": case("weights must be positive; 1 are zero or negative", weights=[0] + [1] * 47),
    "weights infinite": case("weights must be finite", weights=[np.inf] + [1] * 47),
    "weights of another frame": case("the index of weights does not match", weights=pd.Series(1.0, index=range(1, 49))),
    "weights of unknown column": case(
        "'zz' is not a column of the data; did you mean 'z'?", weights="zz", error=FormulaError
    ),
    "offset infinite": case("'offset' has 12 infinite values", "y ~ x + offset(1 / (x + 1.5)) + (1 | g)"),
    "contrasts unknown": case(
        "contrasts for 'f': 'summ' is not known; choose one of 'treatment', 'sum'",
        "y ~ f + (1 | g)",
        contrasts={"f": "summ"},
        error=OptionError,
    ),
    "contrasts of unknown factor": case(
        "contrasts: 'ff' is not a factor of the fixed terms; did you mean 'f'?",
        "y ~ f + (1 | g)",
        contrasts={"ff": "sum"},
        error=OptionError,
    ),
    "contrasts of a number": case(
        "contrasts: 'x' is not a factor of the fixed terms", contrasts={"x": "sum"}, error=OptionError
    ),
    "contrasts of wrong size": case(
        "contrasts for 'f': the matrix is 2 x 2, but there are 3 levels",
        "y ~ f + (1 | g)",
        contrasts={"f": [[1, 0], [0, 1]]},
        error=OptionError,
    ),
    "contrasts with too many columns": case(
        "contrasts for 'f': give 1 to 2 columns", "y ~ f + (1 | g)", contrasts={"f": np.eye(3)}, error=OptionError
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_gives_one_sentence(name, toy):
    message, formula, change, error, arguments = CASES[name]
    with pytest.raises(MixwidgetError) as caught:
        build_design(formula, change(toy), **arguments)
    assert type(caught.value) is error
    first = str(caught.value).splitlines()[0]
    assert message in first
    assert not first.endswith(".")
    assert error is not FormulaError or name.startswith(("weights", "subset")) or "^" in str(caught.value)
