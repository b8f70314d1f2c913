"""``%lmer data`` without a formula, in a real IPython shell."""

from __future__ import annotations

import pandas as pd
import pytest
from IPython.core.error import UsageError

from mixwidget.errors import DataError, FormulaError
from mixwidget.widgets.explore import ExploreWidget
from tests.oracles import load_data


@pytest.fixture
def names(shell):
    shell.user_ns["sleep"] = load_data("sleepstudy")
    return shell.user_ns


@pytest.mark.parametrize(
    ("magic", "line", "reml"),
    [
        ("lmer", "sleep", True),
        ("lmer", "data=sleep", True),
        ("lmer", "data=sleep --ml", False),
        ("glmer", "sleep", True),
        ("lmer", "sleep   # choose by clicks", True),
    ],
)
def test_data_alone_open_the_choice_of_a_model(shell, names, magic, line, reml):
    shown = shell.run_line_magic(magic, line)
    assert isinstance(shown, ExploreWidget)
    assert shown.explore["draft"]["reml"] == reml
    assert (shown.frame["name"], shown.frame["n_rows"]) == ("sleep", 180)
    shown.close()


@pytest.mark.parametrize(("line", "name"), [("sleep", "fit"), ("sleep -o best", "best")])
def test_the_fit_gets_its_name_by_a_click(shell, names, line, name):
    shown = shell.run_line_magic("lmer", line)
    shown.write("Reaction ~ Days + (1 | Subject)")
    shown.run()
    assert name not in names
    shown.fitted.set_state({"command": {"number": 1, "action": "hold"}})
    assert names[name] is shown.fit
    shown.close()


@pytest.mark.parametrize(
    ("line", "error", "message"),
    [
        (
            "sleep weights=Days",
            UsageError,
            "weights= needs a formula; without one, %lmer sleep lets you choose by clicks",
        ),
        ("data=sleep prior=wishart", UsageError, "prior= needs a formula"),
        ("sleep -n", UsageError, "leave -n out"),
        ("slep", DataError, "there is no variable 'slep'. Did you mean data=sleep?"),
    ],
)
def test_options_of_a_formula_need_one(shell, names, line, error, message):
    with pytest.raises(error) as caught:
        shell.run_line_magic("lmer", line)
    assert message in str(caught.value)


def test_a_cell_with_data_only_still_asks_for_a_formula(shell, names):
    with pytest.raises(FormulaError, match="the cell holds no formula"):
        shell.run_cell_magic("lmer", "data=sleep", "\n")


def test_a_formula_of_one_line_is_fitted_as_before(shell, names):
    fit = shell.run_line_magic("lmer", "Reaction ~ Days + (1 | Subject) data=sleep")
    assert fit.formula == "Reaction ~ Days + (1 | Subject)"
    assert isinstance(names["sleep"], pd.DataFrame)
