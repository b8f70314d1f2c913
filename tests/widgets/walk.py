"""Clicks at random in the widget that starts from a data frame, of what its page offers; and data of all kinds."""

from __future__ import annotations

import numpy as np
import pandas as pd

N_ROWS = 240


def all_kinds(n_columns, seed=0):
    """Return a data frame whose columns are of the kinds that people bring, each several times."""
    rng = np.random.default_rng(seed)
    made = [KINDS[i % len(KINDS)](rng) for i in range(n_columns)]
    names = [NAMES[i % len(NAMES)].format(i) for i in range(n_columns)]
    return pd.DataFrame(dict(zip(names, made, strict=True)))


def _holes(values, rng):
    return pd.Series(values).mask(rng.random(N_ROWS) < 0.1)


NAMES = ("x{}", "a b {}", "{}st", "größe{}", "x.{}", "`tick`{}", "if{}", "a:b{}", "(1 | g{})", "\n{}")
KINDS = (
    lambda rng: rng.normal(size=N_ROWS),
    lambda rng: _holes(rng.normal(size=N_ROWS), rng),
    lambda rng: rng.integers(0, 2, N_ROWS),
    lambda rng: rng.poisson(3, N_ROWS),
    lambda rng: rng.gamma(2.0, size=N_ROWS).astype("float32"),
    lambda rng: rng.random(N_ROWS) < 0.4,
    lambda rng: pd.Categorical(rng.choice(list("abc"), N_ROWS)),
    lambda rng: pd.Categorical(rng.choice(["low", "mid", "high"], N_ROWS), ["low", "mid", "high"], ordered=True),
    lambda rng: rng.choice([f"s{i}" for i in range(20)], N_ROWS),
    lambda _: np.repeat(np.arange(12), 20),
    lambda _: np.repeat(np.arange(60), 4),
    lambda rng: _holes(rng.choice(["yes", "no"], N_ROWS), rng),
    lambda rng: pd.array(rng.integers(0, 9, N_ROWS), "Int64"),
    lambda rng: _holes(rng.integers(0, 9, N_ROWS), rng).astype("Int64"),
    lambda _: pd.date_range("2020-01-01", periods=N_ROWS),
    lambda rng: pd.to_timedelta(rng.integers(0, 99, N_ROWS), unit="s"),
    lambda _: np.full(N_ROWS, np.nan),
    lambda _: np.full(N_ROWS, 7.0),
    lambda _: [f"id{i}" for i in range(N_ROWS)],
    lambda _: pd.Series([1, "a", None, 2.5] * (N_ROWS // 4), dtype=object),
    lambda _: pd.Series([[i] for i in range(N_ROWS)]),
    lambda rng: np.where(rng.random(N_ROWS) < 0.05, np.inf, rng.normal(size=N_ROWS)),
    lambda _: pd.period_range("2000-01", periods=N_ROWS, freq="M"),
    lambda rng: rng.random(N_ROWS) + 1j,
    lambda _: pd.Series([b"x", b"y"] * (N_ROWS // 2)),
    lambda _: pd.Series([None] * N_ROWS, dtype=object),
    lambda rng: rng.normal(size=N_ROWS) * 1e200,
    lambda rng: pd.arrays.SparseArray(rng.integers(0, 2, N_ROWS)),
    lambda rng: rng.integers(0, 255, N_ROWS).astype("uint8"),
    lambda _: pd.Categorical([None] * N_ROWS, ["a", "b"]),
)


def offered(widget, rng):
    """Return a command that a click on the page of the widget would send; seldom one that fits."""
    frame, draft = widget.frame, widget.explore["draft"]
    ways = [
        _responses(frame, draft),
        _family(draft),
        _predictors(frame, draft),
        _uses(draft),
        [{"action": "interaction", "parts": option["parts"]} for option in draft["interactions"]],
        [{"action": "intercept"}, {"action": "criterion", "value": rng.choice(["REML", "ML"])}],
        [{"action": "group", "parts": [group["name"]]} for group in frame["groups"]],
        _bars(draft),
        _pairs(draft),
        [{"action": "fit"}],
    ]
    some = [way for way in ways if way]
    way = some[rng.integers(len(some))]
    return way[rng.integers(len(way))]


def _responses(frame, draft):
    found = [{"action": "response", "value": one["name"]} for one in frame["columns"] if not one["why_no_response"]]
    return [*found, {"action": "log_response"}] if draft["can_log"] else found


def _family(draft):
    families = [{"action": "family", "value": one["name"]} for one in draft["families"] if one["allowed"]]
    return families + [{"action": "link", "value": link} for link in draft["links"]]


def _predictors(frame, draft):
    used = {atom["column"] for atom in draft["atoms"]}
    columns = [one["name"] for one in frame["columns"] if not one["why_no_predictor"] or one["name"] in used]
    return [{"action": "predictor", "value": name} for name in columns if name != draft["response"]]


def _uses(draft):
    return [
        {"action": "transform", "value": atom["expression"], "parts": option["expressions"]}
        for atom in draft["atoms"]
        for option in atom["options"]
        if option["allowed"]
    ]


def _bars(draft):
    found = []
    for at, bar in enumerate(draft["bars"]):
        found += [{"action": "form", "value": form, "bar": at} for form in ("full", "diagonal", "intercept")]
        found += [{"action": "slope", "bar": at, "parts": one["parts"]} for one in bar["slopes"] if one["allowed"]]
        found.append({"action": "bar_intercept", "bar": at})
    return found


def _pairs(draft):
    return [
        {"action": "pair", "value": one["name"], "parts": [pair["option"]["a"], pair["option"]["b"]]}
        for pair in draft["pairs"]
        for one in pair["option"]["choices"]
        if one["allowed"]
    ]
