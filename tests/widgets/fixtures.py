"""What widgets send to the browser, for the TypeScript tests; ``python -m tests.widgets.fixtures`` writes it anew."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from pathlib import Path

import numpy as np
import pandas as pd

import mixwidget as mw
from mixwidget.inference.lines_request import LinesRequest
from mixwidget.inference.pooling_plane import ShrinkageRequest, pooling_plane
from mixwidget.views.grid_path import grid_path
from mixwidget.views.lines import lines_view
from mixwidget.views.shrinkage import shrinkage_view
from mixwidget.widgets.fit_widget import FitWidget
from tests.widgets.fakes import designed, source

FOLDER = Path(__file__).parents[2] / "js" / "fixtures"
TRAITS = ("view", "fit_view", "tests", "levels", "structure", "ladder", "prior", "status", "theme", "kind")
NAMES = (
    "sleepstudy",
    "pastes",
    "penicillin",
    "dyestuff2",
    "cbpp",
    "shrinkage",
    "lines",
    "lines_many",
    "lines_factor",
    "playground",
    "explore",
    "grid_path",
)
SHRUNK = ("sleep_slopes", "sleep_int")
KINDS = {  # of bytes, by their name; others are float64
    "order": "$uint32",
    "ridge": "$uint8",
    "float32": "$float32",
    "uint16": "$uint16",
    "uint8": "$uint8",
    "int32": "$int32",
}
DTYPES = {"$float64": "<f8", "$float32": "<f4", "$uint32": "<u4", "$int32": "<i4", "$uint16": "<u2", "$uint8": "u1"}
N_MANY = 80
EXPLORED = ("frame", "explore", "view", "status", "theme")  # the traits of the widget that chooses a model


def make(name):
    """Return the traits of a widget as JSON, bytes as base64 under the type of the numbers."""
    if name == "dyestuff2":
        return state(singular_widget())
    if name == "cbpp":
        return state(logistic_widget())
    if name == "shrinkage":
        lines = {"lines": encoded(lines_view(designed("sleep_slopes"), LinesRequest()).to_dict())}
        return {case: encoded(shrinkage_view(designed(case), ShrinkageRequest()).to_dict()) for case in SHRUNK} | lines
    if name == "grid_path":
        return {case: encoded(grid_case(*path)) for case, path in paths().items()}
    if name == "playground":
        return state(drawn_widget(), (*TRAITS, "playground"))
    if name == "explore":
        return state(explored(), EXPLORED)
    if name.startswith("lines"):
        return state(lines_widget(name), (*TRAITS, "lines", "wanted"))
    if name != "sleepstudy":
        return state(FitWidget(designed({"pastes": "pastes_nested"}.get(name, name)), source(name)))
    widget = FitWidget(designed("sleep_slopes"), source(name))
    for number, form in enumerate(("diagonal", "intercept"), start=1):
        command(widget, number, action="choose", choice=with_form(widget.ladder["choice"], "Subject", form))
    command(widget, 3, action="undo")
    command(widget, 4, action="undo")
    return state(widget)


def paths():
    """Return (coef, own, decimals) of twenty people, one of them with one row, and of many levels by two models."""
    sleep = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy_incomplete")).fit
    plane = pooling_plane(sleep, ShrinkageRequest())
    ends = np.random.default_rng(7).normal(0.0, [[2.0], [9.0]], (2, 200))
    share = np.linspace(0.0, 1.0, 5)[:, None]
    coef = (share**2 * ends[0] + share * ends[1])[:, None, :]
    both = np.concatenate([0.9 * coef + share[:, None], coef[:, :, ::-1]], axis=1)
    first = coef, coef[-1], (2,)
    return {
        "people": (plane.coef, plane.own, (1, 2)),
        "many": first,
        "beside": (both, both[-1], (1, 2), grid_path(*first)),
    }


def grid_case(coef, own, decimals, beside=None):
    """Return a path as it is held, and the rows that are to be read from it."""
    tens = 10.0 ** np.array(decimals)[:, None]
    rows = np.floor(np.concatenate([own[None], coef[::-1]]) * tens + 0.5) / tens
    return {"grid": grid_path(coef, own, decimals, beside).to_dict(), "n": own.shape[1], "rows": rows.tobytes()}


def explored():
    """Return a start from a data frame: a logistic model of crossed factors, chosen and not fitted."""
    widget = mw.explore(mw.load_dataset("verbagg"), data_name="verbagg")
    widget.write("r2 ~ Anger + mode * btype + (mode | id) + (1 | item)")
    assert widget.wait(60)
    return widget


def logistic_widget():
    """Return the explorer of a logistic model."""
    formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    return mw.glmer(formula, mw.load_dataset("cbpp"), data_name="cbpp").explorer()


def drawn_widget():
    """Return the playground after three samples of a lesson."""
    widget = mw.playground("outlier", seed=2)
    widget.sample(2)
    return widget


def lines_widget(name):
    """Return the lines of twenty people, one of them with one row; of many groups in two colours; along a factor."""
    quiet = mw.Control(warn=False)
    if name == "lines":
        return mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy_incomplete")).lines()
    if name == "lines_factor":
        data = mw.load_dataset("machines")
        return mw.lmer("score ~ Machine + (Machine | Worker)", data, control=quiet).lines()
    random, g = np.random.default_rng(5), np.repeat(np.arange(N_MANY), 4)
    x, kind = random.uniform(0.0, 10.0, len(g)).round(2), np.where(np.arange(len(g)) % 2, "a", "b")
    effects = random.normal(0.0, [2.0, 0.4], (N_MANY, 2))
    y = 5.0 + x + (kind == "a") * x / 2.0 + effects[g, 0] + effects[g, 1] * x + random.normal(0.0, 1.0, len(g))
    data = pd.DataFrame({"y": y.round(3), "x": x, "kind": kind, "g": [f"g{i:02d}" for i in g]})
    return mw.lmer("y ~ x * kind + (x | g)", data, control=quiet).lines(colour="kind")


def singular_widget():
    """Return the explorer of a singular fit whose dial was turned to the least prior that is enough, and on."""
    data, control = mw.load_dataset("dyestuff2"), mw.Control(warn=False)
    widget = mw.lmer("Yield ~ 1 + (1 | Batch)", data, control=control, data_name="dyestuff2").explorer()
    turn(widget, 1, "wishart", None)
    turn(widget, 2, "wishart", 0.75)
    return widget


def turn(widget, number, family, strength, **rest):
    """Turn the dial for a weak prior."""
    prior = {"family": family, "strength": strength}
    command(widget, number, action="choose", choice={**widget.ladder["choice"], "prior": prior}, **rest)


def command(widget, number, **rest):
    """Send a command as the browser does, and wait for the fit."""
    widget.set_state({"command": {"number": number, **rest}})
    assert widget.wait(30)


def with_form(choice, group, form, **rest):
    groups = [{**item, "form": form, **rest} if item["group"] == group else item for item in choice["groups"]]
    return {**choice, "groups": groups}


def state(widget, traits=TRAITS):
    return encoded({name: getattr(widget, name) for name in traits})


def encoded(value, name=""):
    if isinstance(value, bytes):
        return {KINDS.get(name, "$float64"): b64encode(value).decode("ascii")}
    if isinstance(value, dict):
        return {key: encoded(item, key) for key, item in value.items()}
    return [encoded(item) for item in value] if isinstance(value, (list, tuple)) else value


def comparable(value):
    """Return the JSON with numbers rounded to what two machines agree on."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict) and len(value) == 1 and (kind := next(iter(value))) in DTYPES:
        numbers = np.frombuffer(b64decode(value[kind]), DTYPES[kind]).tolist()
        # as text, so that what is not a number is like itself
        return [f"{number:.5g}" for number in numbers] if "float" in kind else numbers
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items()}
    return [comparable(item) for item in value] if isinstance(value, list) else value


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (FOLDER / f"{name}.json").write_text(json.dumps(make(name), ensure_ascii=False) + "\n", encoding="utf-8")
