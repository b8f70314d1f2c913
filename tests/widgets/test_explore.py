"""The widget that starts from a data frame: commands in, traits out, fits like those of lmer and glmer."""

from __future__ import annotations

import threading

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.errors import DataError, FormulaError
from mixwidget.widgets import atom_view
from mixwidget.widgets.draft import Draft
from mixwidget.widgets.explore import ExploreWidget, Maker
from mixwidget.widgets.frame_source import MAX_COLUMNS, FrameSource
from tests.oracles import load_case

SECONDS = 60


class Clicks:
    """Sends commands as the browser does."""

    def __init__(self, widget):
        self.widget = widget
        self.number = 0

    def __call__(self, action, value="", parts=(), bar=0):
        self.number += 1
        command = {"number": self.number, "action": action, "value": value, "parts": list(parts), "bar": bar}
        self.widget.set_state({"command": command})
        return self

    @property
    def draft(self):
        return self.widget.explore["draft"]

    def fitted(self):
        self("fit")
        assert self.widget.wait(SECONDS)
        assert self.widget.status["state"] == "idle", self.widget.status
        return self.widget.fit


@pytest.fixture
def explored():
    opened = []

    def explore(name, **options):
        data = mw.load_dataset(name) if isinstance(name, str) else name
        opened.append(mw.explore(data, data_name="d", **options))
        return Clicks(opened[-1])

    yield explore
    for widget in opened:
        widget.close()


# clicks one after the other, and the formula after each of them
PATHS = {
    "sleepstudy": [
        (("predictor", "Days"), "~ Days"),
        (("response", "Reaction"), "Reaction ~ Days"),
        (("group", "", ["Subject"]), "Reaction ~ Days + (1 | Subject)"),
        (("form", "full"), "Reaction ~ Days + (Days | Subject)"),
        (("form", "diagonal"), "Reaction ~ Days + (Days || Subject)"),
        (("bar_intercept",), "Reaction ~ Days + (0 + Days || Subject)"),
        (("bar_intercept",), "Reaction ~ Days + (Days || Subject)"),
        (("transform", "Days", ["poly(Days, 2)"]), "Reaction ~ poly(Days, 2) + (poly(Days, 2) || Subject)"),
        (("transform", "poly(Days, 2)", ["I(Days - ave(Days, Subject))", "ave(Days, Subject)"]), None),
        (("predictor", "Days"), "Reaction ~ 1 + (1 | Subject)"),
        (("log_response",), "log(Reaction) ~ 1 + (1 | Subject)"),
        (("intercept",), "log(Reaction) ~ 0 + (1 | Subject)"),
        (("group", "", ["Subject"]), "log(Reaction) ~ 0"),
    ],
    "pastes": [
        (("response", "strength"), "strength ~ 1"),
        (("group", "", ["batch"]), "strength ~ 1 + (1 | batch)"),
        (("group", "", ["cask"]), "strength ~ 1 + (1 | batch) + (1 | cask)"),
        (("pair", "nested", ["batch", "cask"]), "strength ~ 1 + (1 | batch/cask)"),
        (("pair", "interaction", ["batch", "cask"]), None),
        (("pair", "crossed", ["batch", "cask"]), "strength ~ 1 + (1 | batch) + (1 | cask)"),
    ],
    "verbagg": [
        (("response", "r2"), "r2 ~ 1"),
        (("interaction", "", ["mode", "btype"]), "r2 ~ mode * btype"),
        (("predictor", "situ"), "r2 ~ mode * btype + situ"),
        (("interaction", "", ["mode", "btype"]), "r2 ~ mode + btype + situ"),
        (("group", "", ["id"]), "r2 ~ mode + btype + situ + (1 | id)"),
        (("slope", "", ["mode"]), "r2 ~ mode + btype + situ + (mode | id)"),
        (("group", "", ["item"]), "r2 ~ mode + btype + situ + (mode | id) + (1 | item)"),
        (("slope", "", ["mode"]), "r2 ~ mode + btype + situ + (1 | id) + (1 | item)"),
        (("write", "r2~Anger+(1|id)"), "r2~Anger+(1|id)"),
        (("predictor", "Anger"), "r2 ~ 1 + (1 | id)"),
    ],
}


@pytest.mark.parametrize("name", PATHS)
def test_the_formula_is_written_as_one_clicks(name, explored):
    click = explored(name)
    for (action, *arguments), formula in PATHS[name]:
        click(action, *arguments)
        assert click.widget.status["state"] == "idle", click.widget.status
        assert click.draft["request"] == click.number
        if formula is not None:
            assert click.draft["formula"] == click.widget.formula == formula


def test_clicks_lead_to_the_reference_numbers(explored):
    click = explored("sleepstudy")
    for action, *arguments in [step for step, _ in PATHS["sleepstudy"][:4]]:
        click(action, *arguments)
    fit = click.fitted()
    stored = load_case("sleep_slopes")
    assert fit.criterion == pytest.approx(stored["criterion"], abs=1e-4)
    child = click.widget.fitted
    assert (child.formula, child.view, child.fit) == ("Reaction ~ Days + (Days | Subject)", "explorer", fit)
    assert click.widget.explore["fits"] == 1
    assert fit.fit.call.data == "d"
    assert fit.fit.control.should_stop is None


FITS = {
    "logistic": ("verbagg", "r2 ~ mode + (1 | id)", "binomial", ""),
    "trials": ("cbpp", "cbind(incidence, size - incidence) ~ period + (1 | herd)", "binomial", ""),
    "proportions": ("cbpp", "prop ~ period + (1 | herd)", "binomial", "size"),
    "counts": ("grouseticks", "TICKS ~ YEAR + (1 | BROOD)", "poisson", ""),
}


@pytest.mark.parametrize("case", FITS)
def test_a_typed_response_brings_its_family(case, explored):
    name, formula, family, weights = FITS[case]
    click = explored(name)("write", formula)
    assert (click.draft["family"], click.draft["weights"]) == (family, weights)
    fit = click.fitted()
    expected = mw.glmer(formula, mw.load_dataset(name), family, weights=weights or None, control=mw.Control(warn=False))
    assert fit.family == family
    assert fit.criterion == pytest.approx(expected.criterion, rel=1e-6)


def test_an_estimated_shape_is_a_family_too(explored):
    click = explored("grouseticks")("write", "TICKS ~ YEAR + (1 | BROOD)")("family", "negative.binomial")
    assert click.fitted().shape == pytest.approx(3.30, abs=0.01)
    assert [snippet["text"] for snippet in click.draft["snippets"]] == [
        "%%glmer data=d family=negative.binomial\nTICKS ~ YEAR + (1 | BROOD)",
        'fit = mw.glmer_nb("TICKS ~ YEAR + (1 | BROOD)", d)',
        "fit <- glmer.nb(TICKS ~ YEAR + (1 | BROOD), data = d)",
    ]


def test_a_family_that_was_chosen_stays_where_the_response_can_have_it(explored):
    click = explored("cbpp")("response", "incidence")("family", "negative.binomial")("response", "size")
    assert click.draft["family"] == "negative.binomial"
    click("response", "prop")
    assert (click.draft["family"], click.draft["weights"]) == ("binomial", "size")


def test_maximum_likelihood_is_a_click(explored):
    click = explored("dyestuff")("write", "Yield ~ 1 + (1 | Batch)")("criterion", "ML")
    assert not click.fitted().reml
    assert "--ml" in click.draft["snippets"][0]["text"]


CODE = [
    (
        "sleepstudy",
        "Reaction ~ Days + (Days | Subject)",
        'fit = mw.lmer("Reaction ~ Days + (Days | Subject)", d, reml=True)',
    ),
    ("cbpp", "prop ~ 1 + (1 | herd)", 'fit = mw.glmer("prop ~ 1 + (1 | herd)", d, family="binomial", weights="size")'),
]


@pytest.mark.parametrize(("name", "formula", "python"), CODE)
def test_the_code_to_copy_makes_the_fit_that_is_chosen(name, formula, python, explored):
    click = explored(name)("write", formula)
    assert [snippet["text"] for snippet in click.draft["snippets"] if snippet["label"] == "Python"] == [python]
    again = eval(python.partition(" = ")[2], {"mw": mw, "d": mw.load_dataset(name)})  # noqa: S307  our own code
    assert click.fitted().criterion == again.criterion


FLAWS = [
    ("", "the formula is empty"),
    ("Reaction ~ Days", "the formula has no random term"),
    ("~ Days + (1 | Subject)", "the formula has no response"),
    ("Reaction ~ Days + (1 | Subject", "this bracket is never closed"),
    ("Reaction ~ Days + (1 | Subject + Days)", "is not a grouping factor"),
]


@pytest.mark.parametrize(("formula", "sentence"), FLAWS)
def test_what_is_wrong_with_a_formula_is_said_in_one_sentence(formula, sentence, explored):
    click = explored("sleepstudy")("write", formula)
    assert sentence in click.draft["flaw"]["message"]
    assert "\n" not in click.draft["flaw"]["message"]
    assert click.draft["snippets"] == []
    click("fit")
    assert click.widget.status["state"] == "error"
    with pytest.raises(FormulaError, match=sentence.replace("(", "[(]")):
        click.widget.run()


CHECKS = [
    ("Reaction ~ Days + (1 | Subjct)", "error", "did you mean 'Subject'?"),
    ("Reaction ~ Dyas + (1 | Subject)", "error", "did you mean 'Days'?"),
    ("Reaction ~ Days + (1 | Subject)", None, ""),
]


@pytest.mark.parametrize(("formula", "severity", "words"), CHECKS)
def test_a_design_is_looked_at_before_it_is_fitted(formula, severity, words, explored):
    click = explored("sleepstudy")("write", formula)
    assert click.widget.wait(SECONDS)
    check = click.widget.explore["check"]
    assert check["of"] == formula
    assert [note["severity"] for note in check["notes"]] == ([] if severity is None else [severity])
    assert all(words in note["message"] and "\n" not in note["message"] for note in check["notes"])


NOTES = [
    (
        "Reaction ~ ns(Days, 3) + (1 | Subject)",
        ["ns(Days, 3) stays as it is written: a click can take it out, not change it."],
    ),
    ("Reaction ~ Days + offset(Days) + (1 | Subject)", ["offset(Days) stays as it is written."]),
    (
        "sqrt(Reaction) ~ Days + (1 | Subject)",
        ["The response sqrt(Reaction) stays as it is written until another one is chosen."],
    ),
    ("Reaction ~ Days + (1 | factor(Subject))", ["The grouping factor factor(Subject) stays as it is written."]),
    ("Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)", ["Subject has 2 bar terms, each on a card of its own."]),
    ("Reaction ~ Days:Subject + (1 | Subject)", ["Days:Subject stands without Days and Subject, as it is written."]),
    ("log(Reaction) ~ scale(Days) + (scale(Days) || Subject)", []),
]


@pytest.mark.parametrize(("formula", "notes"), NOTES)
def test_what_the_clicks_cannot_say_is_kept_and_said(formula, notes, explored):
    click = explored("sleepstudy")("write", formula)
    assert click.draft["notes"] == notes
    click("criterion", "ML")
    assert click.draft["formula"] == formula


def test_slopes_that_are_constant_within_levels_are_refused(explored):
    click = explored("verbagg")("write", "r2 ~ Anger + mode + (1 | id) + (1 | item)")
    allowed = [[(slope["parts"], slope["allowed"]) for slope in bar["slopes"]] for bar in click.draft["bars"]]
    assert allowed == [[(["Anger"], False), (["mode"], True)], [(["Anger"], True), (["mode"], False)]]
    click("form", "full", bar=1)
    assert click.draft["formula"].endswith("(Anger | item)")


def test_ways_to_use_a_number_say_why_one_is_refused(explored):
    click = explored("verbagg")("write", "r2 ~ Anger + (1 | id)")
    options = {option["label"]: option for option in click.draft["atoms"][0]["options"]}
    assert options["centred within id"]["reason"] == "constant within every level of id"
    days = explored("sleepstudy")("write", "Reaction ~ Days + (1 | Subject)").draft["atoms"][0]["options"]
    assert next(option for option in days if option["label"] == "log")["reason"] == "not all values are positive"


def test_a_click_finds_out_nothing_again(explored, monkeypatch):
    asked = []

    def counted(facts, groups, source):
        asked.append(facts.name)
        return options_of(facts, groups, source)

    options_of = atom_view._options
    monkeypatch.setattr(atom_view, "_options", counted)
    names = [f"x{i:03d}" for i in range(MAX_COLUMNS - 2)]
    values = np.random.default_rng(1).normal(size=(60, len(names)))
    frame = pd.DataFrame(values, columns=names).assign(y=values[:, 0], g=np.arange(60) % 10)
    clicks = explored(frame)("response", "y")("group", parts=["g"])
    for name in [*names, *names[:5], *names[:5]]:
        clicks("predictor", name)
    assert len(clicks.draft["atoms"]) == len(names)
    assert asked == names


def test_predictors_centred_within_groups_are_those_of_center_within(explored):
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"g": np.repeat(list("abcdefgh"), 6), "x": rng.normal(size=48).round(2)})
    data["y"] = data["x"] + rng.normal(size=48) + data["g"].map({name: i for i, name in enumerate("abcdefgh")})
    click = explored(data)("write", "y ~ x + (1 | g)")
    option = next(one for one in click.draft["atoms"][0]["options"] if one["label"].endswith("and its means"))
    click("transform", "x", option["expressions"])
    made = mw.center_within(data, "x", by="g")
    expected = mw.lmer("y ~ x_within + x_mean + (1 | g)", made)
    np.testing.assert_allclose(click.fitted().fixef.to_numpy(), expected.fixef.to_numpy(), rtol=1e-6)


FRAMES = {
    "one column": pd.DataFrame({"x": [1.0, 2.0]}),
    "one row": pd.DataFrame({"x": [1.0], "g": ["a"]}),
    "all missing": pd.DataFrame({"x": [None, None], "y": [np.nan, np.nan]}),
    "constant": pd.DataFrame({"x": [1, 1], "g": ["a", "a"]}),
    "booleans": pd.DataFrame({"x": [True, False], "y": [False, True]}),
    "dates": pd.DataFrame({"d": pd.date_range("2024-01-01", periods=3), "y": [1.0, 2.0, 3.0]}),
    "blanks": pd.DataFrame({"my y": [1.5, 2.5], "the g": ["a", "b"]}),
    "numbers": pd.DataFrame({0: [1.5, 2.5], 1: ["a", "b"]}),
    "lists": pd.DataFrame({"x": [[1], [2]], "y": [1.0, 2.0]}),
    "wide": pd.DataFrame(np.zeros((2, MAX_COLUMNS + 7)), columns=[f"x{i}" for i in range(MAX_COLUMNS + 7)]),
    "mapping": {"y": [1.0, 2.0], "g": ["a", "b"]},
}


@pytest.mark.parametrize("name", FRAMES)
def test_odd_frames_are_described(name, explored):
    click = explored(FRAMES[name])
    frame = click.widget.frame
    assert len(frame["columns"]) == min(frame["n_columns"], MAX_COLUMNS)
    assert [group for group in frame["groups"] if group["role"] == "proposed"] == []
    for column in frame["columns"][:4]:
        for action in ("response", "predictor"):
            click(action, column["name"])
            assert click.widget.status["state"] == "idle"
        click("group", "", [column["name"]])
        assert click.widget.status["state"] == "idle"
    assert click.widget.wait(SECONDS)
    assert f"{frame['n_rows']:,} rows" in click.widget.still_bundle()["text/html"]


@pytest.mark.parametrize("data", [5, "sleep", pd.DataFrame({"x": []}), [1, 2]])
def test_what_is_no_frame_is_refused(data):
    with pytest.raises(DataError):
        mw.explore(data)


@pytest.mark.parametrize("package", ["polars", "pyarrow"])
def test_frames_of_other_packages_lead_to_the_same_fit(package, explored):
    module = pytest.importorskip(package)
    sleep = mw.load_dataset("sleepstudy")
    data = module.from_pandas(sleep) if package == "polars" else module.Table.from_pandas(sleep)
    click = explored(data)("write", "Reaction ~ Days + (Days | Subject)")
    assert click.fitted().criterion == pytest.approx(load_case("sleep_slopes")["criterion"], abs=1e-4)


BAD = [
    ("jump", "", [], 0, "no command 'jump'"),
    ("form", "round", [], 0, "no form of a bar term"),
    ("form", "full", [], 3, "1 bar terms, no number 4"),
    ("slope", "", ["Days"], -1, "no number 0"),
    ("family", "poison", [], 0, "did you mean 'poisson'?"),
    ("pair", "nested", ["Subject", "Nobody"], 0, "have no relation"),
]


@pytest.mark.parametrize(("action", "value", "parts", "bar", "message"), BAD)
def test_commands_that_make_no_sense_change_nothing(action, value, parts, bar, message, explored):
    click = explored("sleepstudy")("write", "Reaction ~ Days + (1 | Subject)")
    before = click.draft
    click(action, value, parts, bar)
    assert (click.widget.status["state"], click.widget.status["request"]) == ("error", click.number)
    assert message in click.widget.status["message"]
    assert click.draft == before


class SlowMaker:
    """Makes nothing until it is told to."""

    def __init__(self):
        self.asked, self.free = [], threading.Event()

    def fit(self, request, control):
        self.asked.append(request.formula)
        while not self.free.wait(0.01):
            control.poll("the fit")
        return mw.lmer(request.formula, mw.load_dataset("sleepstudy"))

    def check(self, request):
        assert request.formula
        return ()


@pytest.fixture
def slow():
    maker = SlowMaker()
    source = FrameSource(mw.load_dataset("sleepstudy"), "sleep")
    widget = ExploreWidget(source, Maker(maker.fit, maker.check), Draft())
    yield Clicks(widget), maker
    maker.free.set()
    widget.close()


def test_a_fit_that_runs_can_be_cancelled(slow):
    click, maker = slow
    click("write", "Reaction ~ Days + (1 | Subject)")("fit")
    assert click.widget.status["state"] == "busy"
    click("predictor", "Days")
    assert click.widget.status["state"] == "busy"
    click("cancel")
    assert click.widget.status["state"] == "cancelled"
    maker.free.set()
    assert click.widget.wait(SECONDS)
    assert (click.widget.fit, click.widget.fitted) == (None, None)


def test_the_latest_fit_wins(slow):
    click, maker = slow
    click("write", "Reaction ~ Days + (1 | Subject)")("fit")("fit", "Reaction ~ 1 + (1 | Subject)")
    maker.free.set()
    assert click.widget.wait(SECONDS)
    assert click.widget.fit.formula == "Reaction ~ 1 + (1 | Subject)"
    assert click.widget.explore["fits"] == 1


def test_a_second_fit_closes_the_explorer_of_the_first(explored):
    click = explored("dyestuff")("write", "Yield ~ 1 + (1 | Batch)")
    click.fitted()
    first = click.widget.fitted
    seen = []
    click.widget.observe(lambda change: seen.append(change.new.reml), "fit")
    click("criterion", "ML").fitted()
    assert first.comm is None
    assert click.widget.fitted is not first
    assert seen == [False]


def test_a_click_in_the_explorer_below_is_the_fit_of_the_widget(explored):
    click = explored("sleepstudy")("write", "Reaction ~ Days + (Days | Subject)")
    click.fitted()
    child = click.widget.fitted
    choice = {**child.ladder["choice"], "reml": False}
    child.set_state({"command": {"number": 1, "action": "choose", "choice": choice}})
    assert child.wait(SECONDS)
    assert (click.widget.fit, click.widget.fit.reml) == (child.fit, False)


def test_what_is_saved_shows_formula_columns_and_fit(explored):
    click = explored("sleepstudy")
    assert "No model is chosen yet." in click.widget.still_bundle()["text/plain"]
    click("write", "Reaction ~ Days + (Days | Subject)")
    click.fitted()
    for kind, bundle in (("still", click.widget.still_bundle()), ("twin", click.widget.twin_bundle())):
        html, text = bundle["text/html"], bundle["text/plain"]
        for words in ("Reaction ~ Days + (Days | Subject)", "18 levels, 10 rows each", "1743.6"):
            assert words in html
            assert words in text
        assert ("<script>" in html) == (kind == "twin")
    assert repr(click.widget) == click.widget.still_bundle()["text/plain"]


def test_a_closed_widget_saves_nothing(explored):
    click = explored("sleepstudy")
    click.widget.close()
    assert click.widget.twin_bundle() == {}


def test_names_are_those_of_the_notebook(monkeypatch):
    names = {"fit": 5, "sleep": mw.load_dataset("sleepstudy")}
    shell = type("Shell", (), {"user_ns": names})()
    monkeypatch.setattr("mixwidget.widgets.names.running_shell", lambda: shell)
    sleep = names["sleep"]
    widget = mw.explore(sleep)
    widget.write("Reaction ~ Days + (1 | Subject)")
    widget.run()
    child = widget.fitted
    assert (child.held["name"], child.held["of"]) == ("fit2", -1)
    child.set_state({"command": {"number": 1, "action": "hold"}})
    assert names["fit2"] is widget.fit
    assert names["fit"] == 5
    assert child.held["formula"] == "Reaction ~ Days + (1 | Subject)"
    assert "data=sleep" in widget.explore["draft"]["snippets"][0]["text"]
    widget.close()


def test_run_returns_the_fit(explored):
    click = explored("dyestuff")
    click.widget.write("Yield ~ 1 + (1 | Batch)")
    fit = click.widget.run()
    assert fit is click.widget.fit
    assert round(fit.sigma, 4) == 49.5101
