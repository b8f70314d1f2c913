"""Small data sets that raise a finding."""

from __future__ import annotations

import numpy as np
import pandas as pd


def eight_groups(seed=1):
    random = np.random.default_rng(seed)
    data = pd.DataFrame({"g": np.repeat(list("ABCDEFGH"), 6), "x": random.normal(size=48)})
    data["y"] = data["x"] + np.repeat(random.normal(size=8), 6) + random.normal(size=48)
    data["h"] = np.tile(["1", "2", "3"], 16)
    data["sex"] = np.repeat(list("FMFMFMFM"), 6)
    return data


def two_stories():
    """Return three people whose pain rises with the dosage between them and falls within."""
    means = {"a": (2.5, 80), "b": (27.5, 308), "c": (52.5, 475)}
    steps = list(zip((-1.5, -0.5, 0.5, 1.5), (1, -1, -1, 1), strict=True))
    rows = [(g, x + d, y - 8 * d + e) for g, (x, y) in means.items() for d, e in steps]
    return pd.DataFrame(rows, columns=["person", "dosage", "pain"])


def slopes_that_disagree():
    hsb = pd.DataFrame({"school": [f"s{j}" for j in range(8) for _ in range(6)]})
    hsb["ses"] = [5.0 * j + i for j in range(8) for i in range(6)]
    hsb["math"] = [8.0 * j - i + (i * j) % 3 for j in range(8) for i in range(6)]
    return hsb


def one_sided(*successes, n=3):
    """Return levels of n binary rows each, with so many successes."""
    rows = [(f"g{i}", int(k < count)) for i, count in enumerate(successes) for k in range(n)]
    return pd.DataFrame(rows, columns=["g", "y"])


def eighty_counts():
    """Return counts that vary less than Poisson counts."""
    i = np.arange(80)
    return pd.DataFrame({"g": np.repeat(list("abcdefgh"), 10), "x": i % 10, "y": 4 + i % 3 + i // 10 % 3})


def thresholds():
    """Return rows in which a predictor tells 1 from 0 without error."""
    data = pd.DataFrame({"g": np.repeat(list("abcdef"), 6), "x": np.tile(np.arange(6.0), 6)})
    data["y"] = (data["x"] > 2.0).astype(int)
    return data


def crossed_zeros():
    """Return counts of two crossed factors, one cell of which is empty of events."""
    i = np.arange(96)
    data = pd.DataFrame({"g": np.repeat(list("abcdefgh"), 12), "f": np.tile(list("pqr"), 32), "y": 1 + i * i % 4})
    data["h"] = np.where(i // 3 % 2 == 0, "u", "v")
    data.loc[(data["f"] == "q") & (data["h"] == "v"), "y"] = 0
    return data
