"""Forty rows in eight groups, which are spoilt in many ways, and the fit of those that nothing is wrong with."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

import mixwidget as mw

N = 40


def make_data():
    rng = np.random.default_rng(0)
    groups = np.repeat(list("abcdefgh"), 5)
    x, z = rng.normal(size=(2, N))
    y = rng.normal(size=8)[pd.factorize(groups)[0]] + x + rng.normal(size=N)
    columns = {"y": y, "x": x, "z": z, "g": groups, "h": np.tile(list("pqrst"), 8), "f": np.tile(["u", "v"], 20)}
    return pd.DataFrame(columns)


@cache
def plain_fit():
    return mw.lmer("y ~ x + (1 | g)", make_data())
