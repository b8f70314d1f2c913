"""Bad input through `lmer`: one clear sentence, and never a wrong number. (Cases of the design: tests/design.)"""

import decimal
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.errors import DataError, FitError, FormulaError, MixwidgetError, OptionError, ProblemTooLargeError

N = 40
PLAIN = "y ~ x + (x | g)"


def make_data():
    rng = np.random.default_rng(0)
    groups = np.repeat(list("abcdefgh"), 5)
    x, z = rng.normal(size=(2, N))
    y = rng.normal(size=8)[pd.factorize(groups)[0]] + x + rng.normal(size=N)
    columns = {"y": y, "x": x, "z": z, "g": groups, "h": np.tile(list("pqrst"), 8), "f": np.tile(["u", "v"], 20)}
    return pd.DataFrame(columns)


def case(error, message, formula=PLAIN, change=lambda data: data, **options):
    return (error, message, formula, change, options)


CASES = {
    # the data
    "empty data": case(DataError, "the data have no rows", change=lambda d: d.iloc[:0]),
    "one row": case(DataError, "constant", change=lambda d: d.iloc[:1]),
    "two rows": case(DataError, "2 rows are too few for 2 fixed effects", change=lambda d: d.iloc[[0, 9]]),
    "no frame": case(DataError, "data must be a data frame .* not str", change=lambda _: "sleepstudy"),
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
        control=mw.Control(max_dense_columns=4),
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


# --- odd input that does have a right answer


@pytest.fixture(scope="module")
def plain():
    return mw.lmer("y ~ x + (1 | g)", make_data())


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.astype({"y": object}),
        lambda d: d.assign(y=[decimal.Decimal(repr(value)) for value in d["y"]]),
        lambda d: d.set_index(["g", "h"], drop=False),
        lambda d: d.rename(columns={"z": 3}),
        lambda d: d.iloc[::-1],
        lambda d: d.to_dict("list"),
        lambda d: pd.concat([d, d.iloc[:2].assign(x=np.nan)]),
    ],
)
def test_odd_frames_that_say_the_same(plain, change):
    fit = mw.lmer("y ~ x + (1 | g)", change(make_data()))
    assert fit.criterion == pytest.approx(plain.criterion, abs=1e-8)


def test_a_response_of_zeros_and_ones_is_a_number():
    data = make_data()
    as_bool, as_int = (mw.lmer("y ~ x + (1 | g)", data.assign(y=(data["y"] > 0).astype(kind))) for kind in (bool, int))
    assert as_bool.criterion == pytest.approx(as_int.criterion)


# --- numbers that stand, with a word


def codes(fit):
    return {finding.code for finding in fit.alerts}


def warned(formula, data, **options):
    with pytest.warns(mw.errors.MixwidgetWarning):
        return mw.lmer(formula, data, **options)


def test_variances_that_the_data_do_not_determine_get_a_word():
    """A fixed effect for each group leaves nothing to tell the variance of the groups by."""
    fit = warned("y ~ g + (1 | g)", make_data())
    assert "undetermined_variances" in codes(fit)
    (finding,) = (found for found in fit.diagnostics if found.code == "undetermined_variances")
    assert finding.message.startswith("the random intercepts of 'g' repeat the fixed effects of 'g'")


def test_one_residual_degree_of_freedom_gets_a_word():
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0], "x": [0.0, 1.0, 0.5], "g": ["a", "b", "b"]})
    assert "undetermined_variances" in codes(warned("y ~ x + (1 | g)", data))


def test_repeated_terms_get_a_word():
    assert "repeated_random_effect" in codes(warned("y ~ x + (x | g) + (1 | g)", make_data()))


def test_a_fit_without_need_gets_no_word(plain):
    assert plain.alerts == []


def test_dropped_columns_and_rows_get_a_word():
    data = make_data()
    fit = mw.lmer("y ~ x + twice + (1 | g)", data.assign(twice=2.0 * data["x"], z=data["z"].where(data["z"] < 1.0)))
    assert codes(fit) == {"rank_deficient"}
    fewer = mw.lmer("y ~ x + z + (1 | g)", data.assign(z=data["z"].where(data["z"] < 1.0)))
    assert codes(fewer) == {"missing_rows"}


# --- what a comparison is given


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: mw.compare(m, 3), "is int, not a fit; a comparison takes fits of lmer, one by one"),
        (lambda m: mw.compare([m, m]), "is list, not a fit"),
        (lambda m: mw.compare(m, m, refit=False), "'refit' is bool, not a fit"),
        (lambda m: mw.compare({"a": m, "b": None}), "'b' is NoneType, not a fit"),
        (lambda m: mw.anova(m, "other"), "is str, not a fit"),
        (lambda m: mw.anova(m, refit=True), "needs at least two fits"),
        (lambda m: mw.anova(m, m, refit="no"), "refit must be True, False or None"),
    ],
)
def test_comparisons_of_what_is_no_fit(plain, call, message):
    with pytest.raises(MixwidgetError, match=message):
        call(plain)


# --- advice that an error gives, followed


@pytest.mark.parametrize(
    ("call", "advice", "followed"),
    [
        (
            lambda o: mw.lmer("y ~ xx + (1 | g)", o.data),
            "did you mean 'x'?",
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data),
        ),
        (
            lambda o: mw.lmer("y ~ lgo(z + 9) + (1 | g)", o.data),
            "did you mean 'log'?",
            lambda o: mw.lmer("y ~ log(z + 9) + (1 | g)", o.data),
        ),
        (
            lambda o: mw.lmer("y ~ x + (x + x2 | g)", o.data.assign(x2=2 * o.data["x"])),
            "take it out of the bar term",
            lambda o: mw.lmer("y ~ x + (x | g)", o.data),
        ),
        (
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, weights=pd.Series(1.0, o.data.index + 99)),
            "pass weights.to_numpy()",
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, weights=pd.Series(1.0, o.data.index + 99).to_numpy()),
        ),
        (
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, offset=pd.Series(1.0, o.data.index + 99)),
            "pass offset.to_numpy()",
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, offset=pd.Series(1.0, o.data.index + 99).to_numpy()),
        ),
        (
            lambda o: o.fit.refit(o.data["y"].set_axis(o.data.index + 99)),
            "pass y.to_numpy()",
            lambda o: o.fit.refit(o.data["y"].set_axis(o.data.index + 99).to_numpy()),
        ),
        (
            lambda o: o.fit.predict({"x": [0.0], "g": ["new"]}),
            "allow_new_levels=True",
            lambda o: o.fit.predict({"x": [0.0], "g": ["new"]}, allow_new_levels=True),
        ),
        (
            lambda o: o.fit.predict({"x": [0.0], "g": ["new"]}),
            "re_form='~0' for all rows",
            lambda o: o.fit.predict({"x": [0.0], "g": ["new"]}, re_form="~0"),
        ),
        (
            lambda o: o.fit.predict(o.data, re_form="~(1 | gg)"),
            "did you mean 'g'?",
            lambda o: o.fit.predict(o.data, re_form="~(1 | g)"),
        ),
        (
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, reml="ML"),
            "reml must be True or False",
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, reml=False),
        ),
        (
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, wieghts=np.ones(N)),
            "did you mean 'weights'?",
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, weights=np.ones(N)),
        ),
        (
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, weights=np.r_[0.0, np.ones(N - 1)]),
            "leave rows out with subset= instead",
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data, subset=np.r_[False, np.ones(N - 1, dtype=bool)]),
        ),
        (
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data.assign(y=o.data["y"].astype(str))),
            "convert them with pandas.to_numeric",
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data.assign(y=pd.to_numeric(o.data["y"].astype(str)))),
        ),
        (
            lambda o: mw.lmer("y ~ x + k + (1 | g)", o.data.assign(k="same")),
            "drop its terms",
            lambda o: mw.lmer("y ~ x + (1 | g)", o.data.assign(k="same")),
        ),
        (
            lambda o: mw.lmer(
                "y ~ x + (1 | g)",
                o.data.assign(x=o.data["x"].where(o.data["x"] > 0)),
                control=mw.Control(na_action="fail"),
            ),
            "na_action='omit' drops them",
            lambda o: mw.lmer(
                "y ~ x + (1 | g)",
                o.data.assign(x=o.data["x"].where(o.data["x"] > 0)),
                control=mw.Control(na_action="omit"),
            ),
        ),
        (
            lambda o: o.fit.emmeans("f2"),
            "is no variable of the fixed effects",
            lambda o: mw.lmer("y ~ f + (1 | g)", o.data).emmeans("f"),
        ),
        (
            lambda o: mw.lmer("y ~ x + f + (1 | g)", o.data).trends("f", "x"),
            "emmeans('pairwise ~ f') compares it",
            lambda o: mw.lmer("y ~ x + f + (1 | g)", o.data).emmeans("pairwise ~ f"),
        ),
        (
            lambda o: mw.lmer("y ~ x + f + (1 | g)", o.data).emmeans("f", contrasts="pairwse"),
            "did you mean 'pairwise'?",
            lambda o: mw.lmer("y ~ x + f + (1 | g)", o.data).emmeans("f", contrasts="pairwise"),
        ),
        (
            lambda o: mw.anova(o.fit, mw.lmer("y ~ 1 + (1 | g)", o.data), refit=False),
            "take refit=True",
            lambda o: mw.anova(o.fit, mw.lmer("y ~ 1 + (1 | g)", o.data), refit=True),
        ),
        (
            lambda o: mw.simplify(mw.lmer("y ~ x + (1 | g)", o.data, cov_prior="wishart"), "lrt"),
            "use another rule",
            lambda o: mw.simplify(mw.lmer("y ~ x + (1 | g)", o.data, cov_prior="wishart"), "aic"),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.filterwarnings("ignore::mixwidget.errors.MixwidgetWarning")
def test_the_advice_of_an_error_works(plain, call, advice, followed):
    given = SimpleNamespace(fit=plain, data=make_data())
    with pytest.raises(MixwidgetError) as caught:
        call(given)
    assert advice in str(caught.value)
    followed(given)


# --- before a fit, on new data


def test_check_design_takes_the_options_of_a_fit_that_matter():
    data = make_data()
    repeats = [mw.check_design("y ~ g + (1 | g)", data, reml=reml).notes for reml in (True, False)]
    assert ["undetermined_variances" in {note.code for note in notes} for notes in repeats] == [True, False]
    for reml, notes in zip((True, False), repeats, strict=True):  # as the fit itself
        fit = mw.lmer("y ~ g + (1 | g)", data, reml=reml, control=mw.Control(warn=False))
        assert {note.code for note in notes} <= {found.code for found in fit.diagnostics}
    with pytest.raises(OptionError, match="no option 'wieghts'; did you mean 'weights'"):
        mw.check_design(PLAIN, data, wieghts=np.ones(N))
    check = mw.check_design("y ~ I(2 * y) + (1 | g)", data)
    assert [note.code for note in check.notes] == ["no_fit_possible"]


@pytest.mark.parametrize("part", ["~1", "~x", "x"])
def test_a_part_without_a_random_term_is_refused(plain, part):
    with pytest.raises(OptionError, match="names no random term; write one as"):
        plain.predict(re_form=part)


def test_weights_of_new_rows_that_cannot_be(plain):
    new = make_data().head(2)
    with pytest.raises(DataError, match="zero or negative "):
        plain.predict(new, interval="prediction", weights=[0.0, 1.0])
    assert plain.predict(new, interval="prediction", weights=[np.nan, np.nan])["lwr"].isna().all()


def test_a_warning_has_message_and_advice_apart():
    data = make_data()
    with pytest.warns(mw.errors.MixwidgetWarning, match="occurs in two terms; only the sum"):
        mw.lmer("y ~ x + (1 | g) + (1 | g)", data)


@pytest.mark.parametrize("ask", [mw.all_fit, mw.simplify, mw.simpler, mw.minimum_prior, mw.alternatives])
def test_questions_are_about_a_fit(plain, ask):
    with pytest.raises(DataError, match=f"{ask.__name__} takes a fit of lmer, not int$"):
        ask(3)
    with pytest.raises(DataError, match=f"{ask.__name__} takes a fit of lmer, not FitWidget; its fit is .fit"):
        ask(plain.explorer())
