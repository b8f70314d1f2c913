"""Modes that follow the parameters: right to first order, at regular and at singular covariance matrices."""

import numpy as np
import pytest

from mixwidget.engine.criterion.follow import followed
from mixwidget.engine.criterion.generalized_criterion import Laplace
from mixwidget.engine.criterion.laplace import Approximation
from tests.engine.test_generalized_twins import BETA, STRUCTURES, draw, factors_of, place, ready
from tests.oracles.twins_generalized import FAMILIES

MOVE = 1e-3


def error_after(criterion, at, move):
    """Return how far the followed modes are from the modes, and how far these moved."""
    point, end = criterion.evaluate(at), criterion.evaluate(at + move)
    near = followed(point, at + move)
    error = max(np.abs(u - v).max() for u, v in zip(near, end.mode.u, strict=True))
    return error, max(np.abs(u - v).max() for u, v in zip(point.mode.u, end.mode.u, strict=True))


@pytest.mark.parametrize("singular", [False, True], ids=["regular", "singular"])
@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize(("family", "link"), FAMILIES)
def test_the_error_is_of_the_second_order(family, link, structure, singular):
    arrays, rng = draw(structure, family), np.random.default_rng(12)
    criterion = Laplace(ready(arrays, family, link), Approximation())
    at = place(criterion.model, factors_of(arrays, rng, singular=singular), BETA)
    move = MOVE * rng.normal(size=len(at))
    error, length = error_after(criterion, at, move)
    half, _ = error_after(criterion, at, move / 2.0)
    assert error < 0.1 * length
    assert half < 0.3 * error + 1e-10


@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_shape_moves_the_modes_too(structure):
    arrays = draw(structure, "negative.binomial")
    criterion = Laplace(ready(arrays, "negative.binomial", "log"), Approximation(), free_shape=True)
    at = np.append(place(criterion.model, factors_of(arrays, np.random.default_rng(13)), BETA), np.log(1.6))
    move = np.zeros_like(at)
    move[-1] = 10.0 * MOVE
    error, length = error_after(criterion, at, move)
    assert error < 0.1 * length
