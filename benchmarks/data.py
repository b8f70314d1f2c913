"""The data sets of the benchmark: real ones from mixwidget, large ones drawn from fixed seeds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from mixwidget.datasets import load_dataset

SEED = 20_240_607


def load(name: str) -> pd.DataFrame:
    """Return a data set with only the columns its model needs.

    Parameters
    ----------
    name : str
        A key of `DATASETS`.

    Returns
    -------
    DataFrame
        Numbers as float64, grouping factors and factors as categories.

    Examples
    --------
    >>> load("subjects_items").shape
    (20000, 6)
    """
    return DATASETS[name]()


def two_slopes(rows: int = 100_000, groups: int = 5_000) -> pd.DataFrame:
    """Return one factor with an intercept and two slopes, all correlated."""
    rng = np.random.default_rng([SEED, 1])
    group = rng.integers(groups, size=rows)
    columns = np.column_stack([np.ones(rows), rng.standard_normal((rows, 2))])
    factor = np.array([[1.0, 0.0, 0.0], [0.4, 0.6, 0.0], [-0.2, 0.1, 0.4]])
    effects = rng.standard_normal((groups, 3)) @ factor.T
    y = columns @ [2.0, 1.0, -0.5] + (columns * effects[group]).sum(axis=1) + rng.standard_normal(rows)
    return pd.DataFrame({"y": y, "x1": columns[:, 1], "x2": columns[:, 2], "g": _factor(group, groups, "g")})


def crossed_million(rows: int = 1_000_000, first: int = 5_000, second: int = 1_000) -> pd.DataFrame:
    """Return two crossed factors with intercepts, each cell drawn at random."""
    rng = np.random.default_rng([SEED, 2])
    a, b = rng.integers(first, size=rows), rng.integers(second, size=rows)
    x = rng.standard_normal(rows)
    effects_a, effects_b = 0.8 * rng.standard_normal(first), 0.5 * rng.standard_normal(second)
    y = 1.0 + 0.3 * x + effects_a[a] + effects_b[b] + rng.standard_normal(rows)
    return pd.DataFrame({"y": y, "x": x, "a": _factor(a, first, "a"), "b": _factor(b, second, "b")})


def slope_million(rows: int = 1_000_000, groups: int = 100_000) -> pd.DataFrame:
    """Return one factor with very many levels, a correlated intercept and slope."""
    rng = np.random.default_rng([SEED, 3])
    group = rng.integers(groups, size=rows)
    x = rng.standard_normal(rows)
    effects = rng.standard_normal((groups, 2)) @ np.array([[0.9, 0.0], [0.3, 0.5]]).T
    y = 1.0 + 0.5 * x + effects[group, 0] + effects[group, 1] * x + rng.standard_normal(rows)
    return pd.DataFrame({"y": y, "x": x, "g": _factor(group, groups, "g")})


def subjects_items(subjects: int = 200, items: int = 100) -> pd.DataFrame:
    """Return every subject with every item once, an intercept and three slopes by both."""
    rng = np.random.default_rng([SEED, 4])
    subject, item = np.repeat(np.arange(subjects), items), np.tile(np.arange(items), subjects)
    columns = np.column_stack([np.ones(subject.size), rng.standard_normal((subject.size, 3))])
    by_subject = rng.standard_normal((subjects, 4)) @ _lower_factor(rng, 4, [1.0, 0.5, 0.4, 0.3]).T
    by_item = rng.standard_normal((items, 4)) @ _lower_factor(rng, 4, [0.8, 0.4, 0.3, 0.2]).T
    y = columns @ [5.0, 1.0, -1.0, 0.5] + (columns * (by_subject[subject] + by_item[item])).sum(axis=1)
    frame = pd.DataFrame(columns[:, 1:], columns=["x1", "x2", "x3"])
    frame.insert(0, "y", y + rng.standard_normal(subject.size))
    return frame.assign(subject=_factor(subject, subjects, "s"), item=_factor(item, items, "i"))


def maximal_8x8(subjects: int = 56, items: int = 32, rows: int = 1_790) -> pd.DataFrame:
    """Return a 2 x 2 x 2 Latin square design whose covariances by subject and by item have rank 2."""
    rng = np.random.default_rng([SEED, 5])
    subject, item = np.repeat(np.arange(subjects), items), np.tile(np.arange(items), subjects)
    kept = np.sort(rng.choice(subject.size, rows, replace=False))
    subject, item = subject[kept], item[kept]
    condition = (subject + item) % 8
    a, b, c = (1.0 - 2.0 * ((condition >> bit) & 1) for bit in range(3))
    frame = pd.DataFrame({"a": a, "b": b, "c": c, "ab": a * b, "ac": a * c, "bc": b * c, "abc": a * b * c})
    columns = np.column_stack([np.ones(rows), frame])
    by_subject = rng.standard_normal((subjects, 2)) @ (rng.standard_normal((2, 8)) * [300, 60, 60, 60, 30, 30, 30, 30])
    by_item = rng.standard_normal((items, 2)) @ (rng.standard_normal((2, 8)) * [300, 90, 30, 60, 20, 20, 20, 20])
    rt = columns @ [2180, -130, 80, 60, 10, -20, 15, 5] + (columns * (by_subject[subject] + by_item[item])).sum(axis=1)
    rt += 650 * rng.standard_normal(rows)
    frame.insert(0, "rt", rt)
    return frame.assign(subject=_factor(subject, subjects, "s"), item=_factor(item, items, "i"))


def nested_three(rows: int = 300_000, low: int = 30_000, mid: int = 1_500, top: int = 60) -> pd.DataFrame:
    """Return three nested factors with intercepts; the levels of each are named once for all."""
    rng = np.random.default_rng([SEED, 6])
    a = np.repeat(np.arange(low), rows // low)
    b, c = a // (low // mid), a // (low // top)
    x = rng.standard_normal(rows)
    y = 3.0 + 0.5 * x + rng.standard_normal(rows)
    for codes, levels, sd in ((a, low, 0.7), (b, mid, 0.5), (c, top, 0.4)):
        y += sd * rng.standard_normal(levels)[codes]
    named = {"low": _factor(a, low, "l"), "mid": _factor(b, mid, "m"), "top": _factor(c, top, "t")}
    return pd.DataFrame({"y": y, "x": x, **named})


def warm_up(groups: int = 20, per_group: int = 10) -> pd.DataFrame:
    """Return a small data set on which every package is run once before anything is measured."""
    rng = np.random.default_rng([SEED, 7])
    group = np.repeat(np.arange(groups), per_group)
    x = rng.standard_normal(group.size)
    y = x + rng.standard_normal(groups)[group] + rng.standard_normal(group.size)
    return pd.DataFrame({"y": y, "x": x, "g": _factor(group, groups, "g")})


def _factor(codes: np.ndarray, levels: int, prefix: str) -> pd.Categorical:
    width = len(str(levels))
    named = pd.Categorical.from_codes(codes, categories=[f"{prefix}{i:0{width}d}" for i in range(levels)])
    return named.remove_unused_categories()


def _lower_factor(rng: np.random.Generator, size: int, sds: list[float]) -> np.ndarray:
    mixing = np.eye(size) + 0.4 * np.tril(rng.standard_normal((size, size)), -1)
    return mixing / np.linalg.norm(mixing, axis=1, keepdims=True) * np.array(sds)[:, None]


def _penicillin() -> pd.DataFrame:
    return load_dataset("penicillin").assign(everything=1.0)  # statsmodels wants one group round crossed ones


def _hsb() -> pd.DataFrame:
    columns = ["math", "ses", "sector", "meanses", "sch.id"]
    return load_dataset("hsb")[columns].rename(columns={"math": "mAch", "sch.id": "school"})


DATASETS: dict[str, Callable[[], pd.DataFrame]] = {
    "sleepstudy": lambda: load_dataset("sleepstudy")[["Reaction", "Days", "Subject"]],
    "penicillin": _penicillin,
    "pastes": lambda: load_dataset("pastes")[["strength", "batch", "cask"]],
    "dyestuff2": lambda: load_dataset("dyestuff2"),
    "painkiller": lambda: load_dataset("painkiller"),
    "hsb": _hsb,
    "insteval": lambda: load_dataset("insteval")[["y", "service", "s", "d", "dept"]],
    "two_slopes": two_slopes,
    "crossed_million": crossed_million,
    "slope_million": slope_million,
    "subjects_items": subjects_items,
    "maximal_8x8": maximal_8x8,
    "nested_three": nested_three,
    "warm_up": warm_up,
}
