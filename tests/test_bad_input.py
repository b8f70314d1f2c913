"""Bad input through `lmer`: one clear sentence, and never a wrong number. (Cases of the design: tests/design.)"""

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.errors import DataError, FitError, FormulaError, MixwidgetError, OptionError, ProblemTooLargeError
from tests.forty_rows import N, make_data

PLAIN = "y ~ x + (x | g)"


def case(error, message, formula=PLAIN, change=lambda data: data, **options):
    return (error, message, formula, change, options)


CASES = {
    # the data
    "empty data": case(DataError, "the data have no rows", change=lambda d: d.iloc[:0]),
    "one row": case(DataError, "constant", change=lambda d: d.iloc[:1]),
    "two rows": case(DataError, "2 rows are too few for 2 fixed effects", change=lambda d: d.iloc[[0, 9]]),
    "no frame": case(DataError, "data must be a data frame .* not int", change=lambda _: 3),
    "no file": case(DataError, "no file matches 'sleepstudy'; give a data frame", change=lambda _: "sleepstudy"),
    "a series": case(DataError, "data must be a data frame .* not Series", change=lambda d: d["y"]),
    "one level": case(DataError, "'g' has one level", change=lambda d: d.assign(g="a")),
    "as many levels as rows": case(
        DataError,
        r"'id' has as many levels as there are rows \(40\)",
        "y ~ x + (1 | id)",
        lambda d: d.assign(id=range(N)),
    ),
    "more effects than rows": case(DataError, "40 random effects for 40 rows", "y ~ x + (h | g)"),
    "infinite response": case(DataError, "'y' has 1 infinite values", change=lambda d: d.replace(d["y"][3], np.inf)),
    "infinite predictor": case(DataError, "'x' has 1 infinite values", change=lambda d: d.replace(d["x"][3], -np.inf)),
    "text as a number": case(DataError, "'y' is not numeric.*pandas.to_numeric", change=lambda d: d.astype({"y": str})),
    "constant response": case(DataError, "'y' is constant", change=lambda d: d.assign(y=2.5)),
    "all missing": case(
        DataError, r"no row is complete: missing values in 'y' \(40\)", change=lambda d: d.assign(y=None)
    ),
    "duplicate columns": case(DataError, "2 columns named 'y'", change=lambda d: pd.concat([d, d[["y"]]], axis=1)),
    "complex response": case(DataError, "complex128", change=lambda d: d.assign(y=d["y"] + 1j)),
    "dates": case(DataError, "dates or times", change=lambda d: d.assign(y=pd.date_range("2020", periods=N))),
    "lists": case(DataError, "values of type list", change=lambda d: d.assign(y=[[1.0]] * N)),
    "missing values refused": case(
        DataError,
        r"missing values in 'x' \(1\)",
        change=lambda d: d.assign(x=d["x"].where(d.index != 3)),
        control=mw.Control(na_action="fail"),
    ),
    # what the numbers make impossible
    "response from the fixed effects": case(
        FitError, "the fixed effects reproduce the response", change=lambda d: d.assign(y=3.0 - 2.0 * d["x"])
    ),
    "response from the groups": case(
        FitError,
        "the random effects reproduce the response",
        "y ~ x + (1 | g)",
        lambda d: d.assign(y=d["x"] + pd.factorize(d["g"])[0] ** 2.0),
    ),
    "response from slopes": case(
        FitError,
        "the random effects reproduce the response",
        change=lambda d: d.assign(y=d["x"] * pd.factorize(d["g"])[0]),
    ),
    "response as a random slope": case(FitError, "reproduce the response", "y ~ x + (y | g)"),
    "offset that is the response": case(FitError, "the response less its offset is constant", offset="y"),
    "values without squares": case(FitError, "change its unit", change=lambda d: d.assign(y=1e200 * d["y"])),
    "constant random slope": case(
        DataError, r"'c' of 'g' is a combination of '\(Intercept\)'", "y ~ x + (c | g)", lambda d: d.assign(c=3.0)
    ),
    "random slopes that say the same": case(
        DataError,
        r"'inches' of 'g' is a combination of '\(Intercept\)', 'x'",
        "y ~ x + (x + inches | g)",
        lambda d: d.assign(inches=d["x"] / 2.54),
    ),
    "random slope of zeros": case(
        DataError, "'c' of 'g' is zero in every row", "y ~ x + (0 + c | g)", lambda d: d.assign(c=0.0)
    ),
    "crossed problem that is too large": case(
        ProblemTooLargeError,
        r"5 columns .*max_dense_columns=4.*'g' 8, 'h' 5",
        "y ~ x + (1 | g) + (1 | h)",
        control=mw.Control(max_dense_columns=4, crossed="dense"),
    ),
    # the formula
    "unbalanced bracket": case(FormulaError, "this bracket is never closed", "y ~ x + (x | g"),
    "bracket too many": case(FormulaError, "this bracket closes nothing", "y ~ x + x | g)"),
    "grouping factor that is the response": case(FormulaError, "'y' is the response", "y ~ x + (1 | y)"),
    "response among the terms": case(FormulaError, "'y' also stands among the terms", "y ~ y + (1 | g)"),
    "no random term": case(FormulaError, "no random term", "y ~ x"),
    "no response": case(FormulaError, "no response", "~ x + (1 | g)"),
    "empty formula": case(FormulaError, "the formula is empty", ""),
    "no text": case(FormulaError, "must be text, not list", ["y ~ x + (1 | g)"]),
    "unknown column": case(FormulaError, "'xx' is not a column of the data; did you mean 'x'?", "y ~ xx + (1 | g)"),
    "unknown response": case(FormulaError, "'yy' is not a column of the data; did you mean 'y'?", "yy ~ x + (1 | g)"),
    "unknown factor": case(FormulaError, "'gg' is not a column of the data; did you mean 'g'?", "y ~ x + (1 | gg)"),
    "unknown function": case(FormulaError, "did you mean 'log'?", "y ~ lgo(x) + (1 | g)"),
    # the options
    "unknown option": case(OptionError, "lmer has no option 'REML'; did you mean 'reml'?", REML=False),
    "misspelt option": case(OptionError, "lmer has no option 'wieghts'; did you mean 'weights'?", wieghts="z"),
    "reml as text": case(OptionError, "reml must be True or False, not 'ML'", reml="ML"),
    "control as a dict": case(OptionError, "control must be a mixwidget.Control, not dict", control={"starts": "both"}),
    "start of wrong length": case(OptionError, "start must hold 3 numbers .* not 4", start=[1.0, 0.0, 0.0, 1.0]),
    "start not finite": case(OptionError, "start must hold finite numbers", start=[1.0, np.nan, 1.0]),
    "start of text": case(OptionError, "start must be a vector of numbers", start="theta"),
    "zero weights": case(DataError, r"weights must be positive; 1 are zero", weights=np.r_[0.0, np.ones(N - 1)]),
    "negative weights": case(DataError, "weights must be positive; 40 are", weights=-np.ones(N)),
    "missing weights": case(DataError, r"no row is complete: missing values in 'weights'", weights=np.full(N, np.nan)),
    "infinite weights": case(DataError, "weights must be finite", weights=np.r_[np.inf, np.ones(N - 1)]),
    "weights out of range": case(DataError, "cannot be used; change their unit", weights=np.full(N, 1e300)),
    "weights of wrong length": case(DataError, "weights has 2 values, but the data have 40 rows", weights=[1.0, 2.0]),
    "offset infinite": case(DataError, "'offset' has 40 infinite values", offset=np.full(N, np.inf)),
    "subset of nothing": case(DataError, "subset leaves no row", subset="x > 100"),
    "subset of one level": case(DataError, "'g' has one level", subset="g == 'a'"),
    "contrasts as text": case(OptionError, "contrasts must be a dict", "y ~ f + (1 | g)", contrasts="sum"),
    "contrasts as a number": case(OptionError, "must be a name or a matrix", "y ~ f + (1 | g)", contrasts={"f": 5}),
    "contrasts unknown": case(OptionError, "'summ' is not known; choose", "y ~ f + (1 | g)", contrasts={"f": "summ"}),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_gives_one_sentence(name):
    error, message, formula, change, options = CASES[name]
    with pytest.raises(MixwidgetError, match=message) as caught:
        mw.lmer(formula, change(make_data()), **options)
    assert type(caught.value) is error
    sentence = str(caught.value).splitlines()[0]
    assert not sentence.endswith(".")
    assert 10 < len(sentence) < 320


def test_errors_are_the_exceptions_that_python_users_expect():
    for error, builtin in (
        (DataError, ValueError),
        (FormulaError, ValueError),
        (OptionError, ValueError),
        (FitError, RuntimeError),
        (ProblemTooLargeError, MemoryError),
    ):
        assert issubclass(error, builtin)
        assert issubclass(error, MixwidgetError)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tolerance": 0.0}, "tolerance must be positive"),
        ({"tolerance": "fine"}, "tolerance must be positive, not 'fine'"),
        ({"starts": "all"}, "starts='all' is not known; choose one of 'auto', 'both', 'better'"),
        ({"na_action": "drop"}, "na_action='drop' is not known; choose one of 'omit', 'exclude', 'fail'"),
        ({"double_bar": "r"}, "double_bar='r' is not known; choose one of 'zero', 'lme4'"),
        ({"max_evaluations": 0}, "max_evaluations must be a positive whole number"),
        ({"max_evaluations": True}, "max_evaluations must be a positive whole number"),
        ({"max_dense_columns": 2.5}, "max_dense_columns must be a positive whole number"),
        ({"warn": "no"}, "warn must be True or False"),
        ({"should_stop": 3}, "should_stop must be a function"),
        ({"tolerence": 1e-9}, "Control has no option 'tolerence'; did you mean 'tolerance'?"),
        ({"optimizer": "bobyqa"}, "Control has no option 'optimizer'; it has double_bar, na_action, starts"),
    ],
)
def test_controls_that_cannot_be(options, message):
    with pytest.raises(OptionError, match=message):
        mw.Control(**options)
