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
