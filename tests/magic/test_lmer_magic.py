"""The magics in a real IPython shell, on real fits."""

from __future__ import annotations

import pytest
from IPython.core.error import UsageError

import mixwidget as mw
from mixwidget.errors import DataError, FormulaError
from mixwidget.magic.extension import load_ipython_extension, unload_ipython_extension
from tests.oracles import load_case, load_data

SLOPES = "Reaction ~ Days + (Days | Subject)"
RTOL_CRITERION = 1e-9  # one optimum, two ways to ask for it


@pytest.fixture
def sleep(shell):
    """Return the namespace of a notebook that has the sleepstudy data."""
    shell.user_ns["sleep"] = load_data("sleepstudy")
    return shell.user_ns


def _criterion(case):
    return pytest.approx(load_case(case)["criterion"], rel=RTOL_CRITERION)


def test_a_cell_fits_names_and_returns_the_fit(shell, sleep):
    shown = shell.run_cell_magic("lmer", "data=sleep -o fit", SLOPES)
    assert shown is sleep["fit"] is sleep["_lmer"]
    assert sleep["fit"].criterion == _criterion("sleep_slopes")


def test_a_cell_takes_a_weak_prior(shell, sleep):
    shell.run_cell_magic("lmer", "data=sleep prior=wishart -o fit", SLOPES)
    assert sleep["fit"].penalty > 0
    shell.run_cell_magic(
        "lmer",
        "data=sleep prior=wishart(strength=0.1) fixef_prior=normal(sd=[300, 20]) resid_prior=gamma -o fit",
        SLOPES,
    )
    priors = shell.user_ns["fit"].priors
    assert priors.covariance == mw.Prior("wishart", strength=0.1)
    assert priors.fixef == mw.Prior("normal", sd=[300, 20])
    assert priors.residual == mw.Prior("gamma")
    with pytest.raises(UsageError, match="cov_prior='wishrt' is not known; did you mean 'wishart'"):
        shell.run_cell_magic("lmer", "data=sleep prior=wishrt -o fit", SLOPES)


def test_a_line_returns_the_fit(shell, sleep):
    result = shell.run_cell(f"fit = %lmer {SLOPES} data=sleep")
    assert result.success
    assert sleep["fit"].criterion == _criterion("sleep_slopes")
    assert sleep["_lmer"] is sleep["fit"]


def test_options_reach_the_fit(shell, sleep):
    shell.run_cell_magic("lmer", "data=sleep --ml", f"ml << {SLOPES}")
    assert sleep["ml"].criterion == _criterion("sleep_slopes_ml")
    shell.run_cell_magic("lmer", 'data=sleep subset="Days > 1" -o fit', SLOPES)
    assert sleep["fit"].criterion == _criterion("sleep_subset")


def test_weights_are_a_column_or_a_variable(shell, sleep):
    frame = load_data("sleepstudy")
    column = load_case("sleep_weights")["weights"]
    if column in frame:
        sleep["w_outside"] = frame[column].to_numpy()
        shell.run_cell_magic("lmer", f"data=sleep weights={column} -n", f"a << {SLOPES}")
        shell.run_cell_magic("lmer", "data=sleep weights=w_outside -n", f"b << {SLOPES}")
        assert sleep["a"].criterion == _criterion("sleep_weights")
        assert sleep["b"].criterion == sleep["a"].criterion


def test_several_formulas_show_a_comparison(shell, sleep):
    shown = shell.run_cell_magic("lmer", "data=sleep", f"m1 << Reaction ~ Days + (1 | Subject)\nm2 << {SLOPES}")
    assert sleep["_lmer"] is sleep["m2"]
    assert "m1: Reaction ~ Days + (1 | Subject)" in str(shown)
    html = shown._repr_html_()
    assert "Likelihood-ratio tests (REML)" in html
    assert "Estimates side by side" in html


def test_other_fixed_parts_are_compared_by_ml(shell, sleep):
    shown = shell.run_cell_magic("lmer", "data=sleep", f"m1 << Reaction ~ 1 + (Days | Subject)\nm2 << {SLOPES}")
    assert "refitting model(s) with ML" in str(shown)
    assert "23.537" in str(shown)  # lme4's chi-square (comparisons.json, sleep_fixed)
    assert sleep["m2"].reml


@pytest.mark.parametrize(("line", "body"), [("data=sleep -n", SLOPES), ("data=sleep", SLOPES + ";")])
def test_silence_still_fits(shell, sleep, line, body):
    assert shell.run_cell_magic("lmer", line, body) is None
    assert sleep["_lmer"].criterion == _criterion("sleep_slopes")


def test_findings_of_a_silent_fit_are_told(shell, capsys):
    shell.user_ns["d2"] = load_data("dyestuff2")
    shell.run_cell_magic("lmer", "data=d2 -n", "Yield ~ 1 + (1 | Batch)")
    assert "singular" in capsys.readouterr().err


def test_dollar_names_come_from_the_notebook(shell, sleep):
    sleep["rhs"] = "Days + (Days | Subject)"
    shell.run_cell_magic("lmer", "data=sleep -o fit", "Reaction ~ $rhs")
    assert sleep["fit"].criterion == _criterion("sleep_slopes")


def test_data_are_found_in_the_function_that_calls(shell):
    shell.user_ns["load"] = lambda: load_data("sleepstudy")
    shell.run_cell(f"def f():\n    inner = load()\n    local = %lmer {SLOPES} data=inner\n    return local\nfit = f()")
    assert shell.user_ns["fit"].criterion == _criterion("sleep_slopes")


def test_a_failed_fit_leaves_the_earlier_names(shell, sleep):
    sleep["m1"] = sleep["m2"] = sleep["_lmer"] = "earlier"
    with pytest.raises(FormulaError):
        shell.run_cell_magic("lmer", "data=sleep", f"m1 << {SLOPES}\nm2 << Reaction ~ Days + (Days | Subject")
    assert sleep["m1"] == sleep["m2"] == sleep["_lmer"] == "earlier"


def test_data_are_never_guessed(shell, sleep):
    with pytest.raises(DataError, match=r"Write data=sleep on the first line. Data frames here: sleep\."):
        shell.run_cell_magic("lmer", "", SLOPES)


def test_a_wrong_data_name_lists_what_there_is(shell, sleep):
    sleep["cake"] = load_data("cake")
    message = r"no variable 'slep'. Did you mean data=sleep\? Data frames here: cake, sleep"
    with pytest.raises(DataError, match=message):
        shell.run_cell_magic("lmer", "data=slep", SLOPES)
    sleep["number"] = 3
    with pytest.raises(DataError, match="'number' is a int, not a data frame"):
        shell.run_cell_magic("lmer", "data=number", SLOPES)
    with pytest.raises(
        DataError, match="takes the name of a data frame, no expression; give it a name in a cell above"
    ):
        shell.run_cell_magic("lmer", "data=sleep.head(90)", SLOPES)


@pytest.mark.parametrize(
    ("line", "body", "message"),
    [
        ("data=sleep --lm", SLOPES, "unknown option --lm; did you mean --ml?"),
        ("data=sleep Reaction ~ Days", SLOPES, "formulas in the lines below %%lmer"),
        ("data = sleep", SLOPES, "'data = sleep' is no option; write data=sleep without spaces"),
        ("sleep", SLOPES, "'sleep' is no option; write data=sleep for the data"),
        ("data=sleep -ofit", SLOPES, "'-ofit' is no option; write -o fit with a space"),
        ("data=sleep subset=Days > 1", SLOPES, "a value with spaces stands in quotes"),
        ("data=sleep REML=False", SLOPES, "REML is the default, and --ml asks for maximum likelihood"),
        ("data=sleep -o fit", f"{SLOPES}\n{SLOPES}", "names one fit of 2"),
        ("data=sleep -o fit", f"m << {SLOPES}", "the fit has two names"),
        ("data=sleep -o 2fit", SLOPES, "a name has letters"),
        ("data=sleep -o class", SLOPES, "-o class is a word of Python"),
        ("data=sleep -o sleep", SLOPES, "would replace the data"),
    ],
)
def test_wrong_options_are_usage_errors(shell, sleep, line, body, message):
    with pytest.raises(UsageError) as caught:
        shell.run_cell_magic("lmer", line, body)
    assert type(caught.value) is UsageError
    assert message in str(caught.value)


def test_errors_show_one_sentence_and_a_caret(shell, sleep, capsys):
    result = shell.run_cell("%%lmer data=sleep\nReaction ~ Days + (Days | Subjct)")
    assert not result.success
    out = capsys.readouterr().out
    assert "Traceback" not in out
    assert "Subjct" in out
    assert "^^^^^^" in out
    assert "Subject" in out


def test_usage_errors_are_one_line(shell, sleep, capsys):
    shell.run_cell(f"%%lmer data=sleep --lm\n{SLOPES}")
    assert capsys.readouterr().err.strip() == "UsageError: unknown option --lm; did you mean --ml?"


def test_errors_that_are_not_ours_keep_their_traceback(shell, sleep, monkeypatch, capsys):
    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(mw, "lmer", broken)
    shell.run_cell(f"%%lmer data=sleep\n{SLOPES}")
    assert "Traceback" in capsys.readouterr().out


def test_braces_in_the_body_are_left_alone(shell, sleep):
    sleep["k"] = 2
    with pytest.raises(FormulaError):
        shell.run_cell_magic("lmer", "data=sleep", "Reaction ~ {k + (1 | Subject)")


def test_help_lists_the_options(shell):
    text = shell.find_line_magic("lmer").__doc__
    words = (
        "data=NAME",
        "weights=NAME",
        'subset="QUERY"',
        "offset=NAME",
        "prior=FAMILY",
        "fixef_prior=FAMILY",
        "resid_prior=FAMILY",
        "--ml",
        "-o NAME",
        "--no-display",
    )
    for word in words:
        assert word in text


def test_loading_twice_changes_nothing_and_unloading_takes_all_away(shell):
    before = len(shell.Completer.custom_matchers)
    load_ipython_extension(shell)
    assert len(shell.Completer.custom_matchers) == before
    unload_ipython_extension(shell)
    assert len(shell.Completer.custom_matchers) == before - 1
    for name in ("lmer", "glmer"):
        assert shell.find_line_magic(name) is None
        assert shell.find_cell_magic(name) is None


def test_frames_of_other_libraries_are_data_too(shell):
    polars = pytest.importorskip("polars")
    shell.user_ns["pl_sleep"] = polars.from_pandas(load_data("sleepstudy"))
    fit = shell.run_cell_magic("lmer", "data=pl_sleep", SLOPES)
    assert fit.criterion == _criterion("sleep_slopes")


def test_the_displayed_fit_is_the_summary(shell, sleep):
    fit = shell.run_cell_magic("lmer", "data=sleep", SLOPES)
    bundle, _ = shell.display_formatter.format(fit)
    assert "t-tests use Satterthwaite's method" in bundle["text/plain"]
    assert "   Data: sleep\n" in bundle["text/plain"]
    assert "data: sleep " in fit._repr_html_()
    assert not repr(fit).startswith(bundle["text/plain"][:60])  # R's print is shorter
