"""Rows with crossed factors, small enough to be solved in every way."""

from functools import cache

import numpy as np
import pandas as pd


@cache
def rows():
    """Pupils who move between schools of one town, teachers anywhere; x far from zero, w weights."""
    rng = np.random.default_rng(11)
    n, n_pupils, n_schools, n_teachers = 2400, 200, 90, 40
    pupil, teacher = rng.integers(0, n_pupils, n), rng.integers(0, n_teachers, n)
    school = rng.integers(0, n_schools, n_pupils)[pupil]
    moves = rng.random(n) < 0.2
    school[moves] = (school[moves] + rng.integers(1, 12, moves.sum())) % n_schools
    x = rng.normal(size=n)
    noise = rng.normal(size=n)
    school_effect = rng.normal(0, 0.5, (2, n_schools))[:, school]
    y = 1 + 0.5 * x + rng.normal(0, 1, n_pupils)[pupil] + school_effect[0] + 0.6 * x * school_effect[1] + noise
    y += rng.normal(0, 0.4, n_teachers)[teacher]
    weights = rng.uniform(0.5, 2.0, n)
    return pd.DataFrame(
        {
            "pupil": pupil,
            "school": school,
            "teacher": teacher,
            "none": rng.integers(0, 60, n),
            "x": x,
            "far": 1e4 * x + 2e6,
            "y": y,
            "w": weights,
        }
    )
