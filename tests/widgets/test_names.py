"""The notebook's name of a fit, and what is done when it is to hold another one."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from mixwidget.errors import OptionError
from mixwidget.widgets import names
from mixwidget.widgets.fit_widget import FitWidget
from tests.widgets.fakes import designed, source
from tests.widgets.fixtures import command, with_form


class _Model:
    def __init__(self, formula):
        self.formula = formula


FIRST, OTHER = _Model("y ~ x + (1 | g)"), _Model("y ~ 1 + (1 | g)")


@pytest.fixture
def notebook(monkeypatch):
    variables = {}
    monkeypatch.setattr(names, "running_shell", lambda: SimpleNamespace(user_ns=variables))
    return variables


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"fit": FIRST, "_lmer": FIRST, "_3": FIRST}, "fit"),
        ({"x": 1, "fit": FIRST, "copy": FIRST}, "fit"),
        ({"_lmer": FIRST}, "_lmer"),
        ({"fit": OTHER, "_best": FIRST}, None),
        ({}, None),
    ],
)
def test_the_name_is_found_by_what_it_holds(notebook, variables, name):
    notebook.update(variables)
    found = names.name_of([FIRST])
    assert (found and found.name) == name


def test_of_a_path_of_models_the_one_shown_comes_first(notebook):
    notebook.update({"rich": OTHER, "chosen": FIRST})
    assert names.name_of([FIRST, OTHER]).name == "chosen"
    del notebook["chosen"]
    assert names.name_of([FIRST, OTHER]).model is OTHER


def test_without_ipython_there_is_no_name(monkeypatch):
    monkeypatch.setattr(names, "running_shell", lambda: None)
    assert names.name_of([FIRST]) is None


def test_what_held_the_first_fit_holds_the_other_one_and_nothing_else_does(notebook):
    history = {3: FIRST, 4: 17}
    notebook.update({"fit": FIRST, "_lmer": FIRST, "_oh": history, "_3": FIRST, "_4": 17, "_": FIRST, "copy": FIRST})
    found = names.name_of([FIRST])
    assert found.give(OTHER) == ("_lmer", "Out[3]")
    assert history == {3: OTHER, 4: 17}
    assert notebook == {
        **dict.fromkeys(("fit", "_lmer", "_3"), OTHER),
        "_oh": history,
        "_4": 17,
        "_": FIRST,
        "copy": FIRST,
    }
    assert found.give(FIRST) == ("_lmer", "Out[3]")  # and back


def test_a_later_last_fit_is_left_alone(notebook):
    notebook.update({"fit": FIRST, "_lmer": "a later one"})
    assert names.name_of([FIRST]).give(OTHER) == ()
    assert notebook == {"fit": OTHER, "_lmer": "a later one"}


@pytest.mark.parametrize(
    ("meanwhile", "words"),
    [
        ([1, 2], "fit means a list by now and stays so; copy the code instead"),
        (
            _Model("z ~ (1 | h)"),
            "fit means another fit, z ~ (1 | h), by now and stays so; copy the code instead",
        ),
    ],
)
def test_a_name_that_means_something_else_is_refused_in_one_sentence(notebook, meanwhile, words):
    notebook["fit"] = FIRST
    found = names.name_of([FIRST])
    notebook["fit"] = meanwhile
    with pytest.raises(OptionError) as refused:
        found.give(OTHER)
    assert str(refused.value) == words
    assert notebook["fit"] is meanwhile


def test_a_name_that_was_deleted_comes_back(notebook):
    notebook["fit"] = FIRST
    found = names.name_of([FIRST])
    del notebook["fit"]
    found.give(OTHER)
    assert notebook == {"fit": OTHER}


@pytest.fixture
def named():
    """Return a picker whose first fit is called ``fit``, and the notebook's names."""
    first = SimpleNamespace(fit=designed("sleep_slopes"), formula="Reaction ~ Days + (Days | Subject)")
    variables = {"fit": first}
    name = names.NotebookName(variables, "fit", first)

    def present(fit):
        return first if fit is first.fit else SimpleNamespace(fit=fit, formula=fit.design.formula.text)

    widget = FitWidget(first.fit, source("sleepstudy"), view="picker", present=present, name=name)
    yield widget, variables
    widget.close()


def test_a_command_of_the_browser_gives_the_name_to_the_shown_fit(named):
    widget, variables = named
    first = {"name": "fit", "formula": "Reaction ~ Days + (Days | Subject)", "of": 0, "also": []}
    assert widget.held == first
    command(widget, 1, action="choose", choice=with_form(widget.ladder["choice"], "Subject", "diagonal"))
    assert widget.held == first  # nobody rebinds a name without being asked
    command(widget, 2, action="hold")
    assert widget.held == {"name": "fit", "formula": "Reaction ~ Days + (Days || Subject)", "of": 1, "also": []}
    assert (widget.status["state"], widget.status["request"]) == ("idle", 2)
    assert variables["fit"] is widget.fit
    command(widget, 3, action="undo")
    command(widget, 4, action="hold")
    assert widget.held == first
    assert variables["fit"] is widget.fit


def test_a_refusal_is_an_error_of_the_widget_and_ends_the_offer(named):
    widget, variables = named
    variables["fit"] = 17
    command(widget, 1, action="hold")
    assert widget.status["state"] == "error"
    assert widget.status["message"] == "fit means an int by now and stays so; copy the code instead"
    assert widget.held == {}
    command(widget, 2, action="hold")
    assert "no name of the notebook" in widget.status["message"]
    assert variables == {"fit": 17}
