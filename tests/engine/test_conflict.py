"""The score test of two stories: its dense twin, and what changes nothing."""

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.engine.criterion.conflict import conflict
from mixwidget.engine.criterion.derivatives import differentiate
from mixwidget.engine.criterion.standpoint import Standpoint
from mixwidget.engine.search.corners import corner_starts, pooled_start
from tests import random_designs as draw

QUIET = mw.Control(warn=False, starts="better")


def statistic(fit):
    arrangement, at = fit.optimum.arrangement, fit.optimum.evaluation
    return conflict(Standpoint(arrangement, at, differentiate(arrangement, at)))


def dense_statistic(fit, frame):
    n = len(frame)
    X, x = np.column_stack([np.ones(n), frame["x"]]), frame["x"].to_numpy()
    G = fit.varcorr.to_frame()["vcov"].to_numpy()
    covariance = np.array([[G[0], G[2]], [G[2], G[1]]]) / fit.sigma**2
    same = frame["g"].to_numpy()[:, None] == frame["g"].to_numpy()
    inverse = np.linalg.inv(np.eye(n) + same * (X @ covariance @ X.T))
    P = inverse - inverse @ X @ np.linalg.solve(X.T @ inverse @ X, X.T @ inverse)
    w = x - frame.groupby("g")["x"].transform("mean").to_numpy()
    return (w @ P @ frame["y"].to_numpy()) ** 2 / (w @ P @ w) / fit.sigma**2


@pytest.mark.parametrize("design", [draw.simpson, draw.plain, draw.simpson_large])
def test_it_is_the_score_test_of_a_slope_within(design):
    frame = design(np.random.default_rng(4))
    fit = mw.lmer(draw.SLOPE, frame, control=QUIET)
    assert statistic(fit) == pytest.approx(dense_statistic(fit, frame), rel=1e-5)


def test_units_and_origins_change_nothing():
    frame = draw.simpson_large(np.random.default_rng(5))
    moved = frame.assign(x=1e3 * frame["x"] + 2008, y=1e-4 * frame["y"] - 7)
    values = [statistic(mw.lmer(draw.SLOPE, data, control=QUIET)) for data in (frame, moved)]
    assert values[0] == pytest.approx(values[1], rel=1e-4)


@pytest.mark.parametrize(
    "formula", ["y ~ 1 + (x | g)", "y ~ 0 + (1 | g)", "y ~ x + (1 | g) + (1 | h)", "y ~ x + (x | g) + (x | h)"]
)
def test_every_structure_has_one(formula):
    frame = draw.crossed_slopes(np.random.default_rng(6))
    assert 0.0 <= statistic(mw.lmer(formula, frame, control=QUIET)) < np.inf


def test_corners_differ_and_none_lies_on_the_boundary():
    layout = mw.lmer(draw.BOTH, draw.nested(np.random.default_rng(7)), control=QUIET).optimum.arrangement.layout
    starts = [*corner_starts(layout).values(), pooled_start(layout)]
    assert all((theta[layout.is_diagonal] > 0).all() for theta in starts)
    assert len({theta.tobytes() for theta in starts}) == 7
