"""Starts of models with many rows, from some of them; binary responses in pieces."""

import numpy as np
import pytest

from mixwidget.control import Control
from mixwidget.engine.criterion import generalized_starts
from mixwidget.engine.criterion.generalized_criterion import Laplace
from mixwidget.engine.criterion.laplace import Approximation
from mixwidget.engine.model import thinned as thinned_rows
from mixwidget.engine.model.generalized import GeneralizedArrays, generalized
from mixwidget.engine.model.thinned import LEAST_ROWS, WORTH_THINNING, thinned
from mixwidget.engine.search.optimum import find_optimum
from mixwidget.engine.sums.arrays import FactorArrays, TermArrays
from mixwidget.family import bernoulli
from mixwidget.family.read_family import read_family
from tests.tolerances import ATOL_GENERALIZED

RARE = 0  # a row that is not among those that are drawn
FEW_LEVELS = 20  # of the factors with 40 and 25
MANY = int(LEAST_ROWS / WORTH_THINNING) + 5_000


def model_of(n, *, rare=False):
    rng = np.random.default_rng(3)
    g, h, x = np.arange(n) % 40, np.arange(n) // 8 % 25, rng.normal(size=n)
    eta = 0.2 + 0.5 * x + 0.7 * rng.normal(size=40)[g] + 0.4 * rng.normal(size=25)[h]
    y = (rng.random(n) < 1.0 / (1.0 + np.exp(-eta))).astype(float)
    columns = [np.ones(n), x, (np.arange(n) == RARE).astype(float)] if rare else [np.ones(n), x]
    ones = np.ones((n, 1))
    arrays = GeneralizedArrays(
        y,
        np.column_stack(columns),
        (TermArrays(0, ones), TermArrays(1, ones)),
        (FactorArrays(g, 40), FactorArrays(h, 25)),
    )
    return generalized(arrays, read_family("binomial"), max_dense_columns=1000)


def optimum_of(model):
    return find_optimum(Laplace(model, Approximation()), control=Control(warn=False)).evaluation


def test_a_start_from_some_rows_leads_to_the_same_optimum(monkeypatch):
    model = model_of(MANY)
    some = thinned(model)
    assert some is not None
    assert LEAST_ROWS * 0.9 < some.model.X.rows.shape[1] < WORTH_THINNING * MANY
    found = optimum_of(model)
    monkeypatch.setattr(generalized_starts, "thinned", lambda _: None)
    whole = optimum_of(model)
    assert found.value == pytest.approx(whole.value, abs=ATOL_GENERALIZED)
    np.testing.assert_allclose(found.theta, whole.theta, atol=1e-4)


def test_some_levels_of_several_factors_are_enough_to_start_from(monkeypatch):
    model = model_of(MANY)
    whole = optimum_of(model)
    monkeypatch.setattr(thinned_rows, "MANY_LEVELS", FEW_LEVELS)
    some = thinned(model)
    assert some is not None
    assert some.model.frame.pattern.n_levels == (FEW_LEVELS, FEW_LEVELS)
    assert some.n_levels == (40, 25)
    ones = some.spread(tuple(np.ones((1, FEW_LEVELS)) for _ in range(2)))
    for effects, kept, n in zip(ones, some.levels, some.n_levels, strict=True):
        assert effects.shape == (1, n)
        assert np.flatnonzero(effects[0]).tolist() == kept.tolist()
    found = optimum_of(model)
    assert found.value == pytest.approx(whole.value, abs=ATOL_GENERALIZED)
    np.testing.assert_allclose(found.theta, whole.theta, atol=1e-4)


def test_rows_are_not_thinned_where_few_are_left_or_a_column_would_vanish():
    assert thinned(model_of(10_000)) is None
    assert thinned(model_of(MANY, rare=True)) is None


@pytest.mark.parametrize("shape", [(7,), (3, 7)])
def test_binary_rows_in_pieces_are_those_of_the_whole(monkeypatch, shape):
    y, weights = np.array([0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0]), np.array([1.0, 2.0, 1.0, 1.0, 3.0, 1.0, 1.0])
    eta = np.random.default_rng(2).normal(size=shape) * 3.0
    response = read_family("binomial").response(y, weights)
    names = ("deviances", "deviance", "score", "expected", "expected_slope")
    whole = [getattr(response.at(eta), name) for name in names]
    monkeypatch.setattr(bernoulli, "AT_ONCE", 4)
    for name, expected in zip(names, whole, strict=True):
        np.testing.assert_allclose(getattr(response.at(eta), name), expected, rtol=1e-13)
