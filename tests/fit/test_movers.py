"""Pupils who move between schools: few moves, and effects far above the residual, are what iterations find hardest."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.inference.probe_shares import probe_shares

BARS = 4.0  # standard errors of the probes that an estimate may be off: 1 in 16,000 by chance, and the seed is fixed
OF_THE_SEARCH = 1e-3  # of a standard error: where a search may end beside the root of its slope
FORMULA = "y ~ x + (x | pupil) + (1 | school)"
CASES = {  # share of rows at another school, SD of pupils and schools in that of the residual
    "few moves": (0.02, 0.5),
    "next to nested": (0.002, 0.5),
    "large effects": (0.02, 5.0),
    "many moves": (0.5, 1.0),
}


@cache
def pupils(case):
    share, sd = CASES[case]
    rng = np.random.default_rng(2)
    n, n_pupils, n_schools = 2400, 200, 90
    pupil = rng.integers(0, n_pupils, n)
    school = rng.integers(0, n_schools, n_pupils)[pupil]
    moves = rng.random(n) < share
    school[moves] = (school[moves] + rng.integers(1, 12, moves.sum())) % n_schools
    x = rng.normal(size=n)
    slope = 0.3 * sd * rng.normal(size=n_pupils)
    y = 1 + 0.5 * x + sd * rng.normal(size=n_pupils)[pupil] + sd * rng.normal(size=n_schools)[school]
    return pd.DataFrame({"pupil": pupil, "school": school, "x": x, "y": y + slope[pupil] * x + rng.normal(size=n)})


@cache
def fitted(case, way):
    return mw.lmer(FORMULA, pupils(case), control=mw.Control(crossed=way, warn=False)).fit


@pytest.mark.parametrize("case", CASES)
def test_iterations_end_within_what_they_say(case):
    dense, found = fitted(case, "dense"), fitted(case, "iterative")
    theta = found.optimum.evaluation.theta
    own = np.sqrt(2.0 * np.maximum(np.diagonal(np.linalg.pinv(dense.optimum.derivatives.hessian)), 0.0))
    moved = np.abs(theta - dense.optimum.evaluation.theta)
    assert (moved <= (BARS * probe_shares(found).covariances + OF_THE_SEARCH) * own).all()
    at_its_own = dense.optimum.criterion.evaluate(theta).value
    assert abs(found.criterion - at_its_own) < BARS * found.criterion_error


@pytest.mark.parametrize("case", CASES)
def test_sparse_factor_is_exact(case):
    dense, found = fitted(case, "dense"), fitted(case, "sparse")
    assert found.criterion == pytest.approx(dense.criterion, rel=1e-10)
    assert found.criterion_error == 0.0
