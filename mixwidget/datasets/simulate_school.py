"""The simulated pupils of `school_sim`; ``python -m mixwidget.datasets.simulate_school FILE`` writes them again.

They stand in for a well-known made-up set of 1200 pupils whose licence is unclear: its shape, not its numbers.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

SEED = 20240607
SCHOOLS = ("I", "II", "III", "IV", "V", "VI")
CLASSES = ("a", "b", "c", "d")  # the same four labels in each school: nested, though it looks crossed
PUPILS = 50
INTERCEPT, SLOPE_OPEN, SLOPE_AGREE, SLOPE_SOCIAL = 55.0, 0.04, 0.0, 0.0
SD_SCHOOL, SD_CLASS, SD_PUPIL = 9.5, 3.0, 1.0


def simulate_school(rng: np.random.Generator) -> pd.DataFrame:
    """Return 1200 pupils in 4 classes of each of 6 schools, rounded to two digits.

    The truth is ``extro = 55 + 0.04 open + school + class + pupil`` with standard deviations 9.5, 3 and 1;
    ``agree`` and ``social`` have no effect.

    Parameters
    ----------
    rng : numpy.random.Generator
        The stored file is made with ``numpy.random.default_rng(SEED)``.

    Examples
    --------
    >>> simulate_school(np.random.default_rng(SEED)).shape
    (1200, 7)
    """
    n = len(SCHOOLS) * len(CLASSES) * PUPILS
    school = np.repeat(np.arange(len(SCHOOLS)), len(CLASSES) * PUPILS)
    class_in_school = np.repeat(np.arange(len(SCHOOLS) * len(CLASSES)), PUPILS)
    predictors = {"open": rng.normal(40, 7, n), "agree": rng.normal(35, 5, n), "social": rng.normal(100, 12, n)}
    rounded = {name: np.round(values, 2) for name, values in predictors.items()}
    mean = INTERCEPT + SLOPE_OPEN * rounded["open"] + SLOPE_AGREE * rounded["agree"] + SLOPE_SOCIAL * rounded["social"]
    school_effect = rng.normal(0, SD_SCHOOL, len(SCHOOLS))
    class_effect = rng.normal(0, SD_CLASS, len(SCHOOLS) * len(CLASSES))
    extro = mean + school_effect[school] + class_effect[class_in_school] + rng.normal(0, SD_PUPIL, n)
    return pd.DataFrame(
        {
            "id": np.arange(1, n + 1),
            "extro": np.round(extro, 2),
            **rounded,
            "class": np.array(CLASSES)[class_in_school % len(CLASSES)],
            "school": np.array(SCHOOLS)[school],
        }
    )


if __name__ == "__main__":
    simulate_school(np.random.default_rng(SEED)).to_csv(Path(sys.argv[1]), index=False)
