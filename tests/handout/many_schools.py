"""Thousands of levels with a slope each: the largest model whose handout has to fit into a mail."""

from __future__ import annotations

import numpy as np
import pandas as pd

FORMULA = "y ~ x + (x | school)"
STRUCTURES = ("(x || school)", "(1 | school)", "(0 + x | school)")  # beside it


def many_schools(n=3000, rows=5):
    """Return rows of n schools."""
    rng = np.random.default_rng(3)
    school, x = np.repeat(np.arange(n), rows), rng.uniform(0, 9, n * rows)
    b = rng.normal(0.0, (25.0, 6.0), (n, 2))
    y = 250 + 10 * x + b[school, 0] + b[school, 1] * x + rng.normal(0, 25, n * rows)
    return pd.DataFrame({"y": y, "x": x, "school": [f"school {number:04d}" for number in school]})
