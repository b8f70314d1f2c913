"""Eight rows with a response of every kind."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.design.build import build_design
from mixwidget.family.read_family import read_family
from mixwidget.fit.reading import reading_of

DATA = pd.DataFrame(
    {
        "x": [0.0, 1, 2, 3, 0, 1, 2, 3],
        "g": list("aaaabbbb"),
        "b": [0, 1, 1, 0, 1, 0, 0, 1],
        "s": [1, 0, 2, 3, 0, 4, 2, 1],
        "n": [4, 4, 3, 5, 0, 4, 4, 2],
        "w": [1, 2] * 4,
        "t": list("pqrpqrpq"),
        "e": [0.5, 1.5, 2, 2.5, 3, 1, 0.25, 4],
    }
)
DATA["f"] = np.where(DATA["b"] == 1, "yes", "no")
B, OPPOSITE = [0, 1, 1, 0, 1, 0, 0, 1], [1, 0, 0, 1, 0, 1, 1, 0]


def read(response, family="binomial", data=DATA, **options):
    known = read_family(family)
    formula = f"{response} ~ x + (1 | g)"
    return build_design(formula, data, reading=reading_of(known), has_residual=known.has_dispersion, **options)
