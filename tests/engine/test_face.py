"""Submodels: descents on the faces of the cone, and a data set on which only they find the lowest minimum."""

import numpy as np
import pytest

from mixwidget.control import Control
from mixwidget.engine.criterion.derivatives import differentiate
from mixwidget.engine.criterion.evaluation import evaluate
from mixwidget.engine.criterion.lmm import Lmm
from mixwidget.engine.criterion.starts import starting_values
from mixwidget.engine.model.arrangement import arrange
from mixwidget.engine.search.basin import Basin
from mixwidget.engine.search.face import Face, descend_on_face, faces_to_try
from mixwidget.engine.search.optimum import find_optimum
from mixwidget.engine.search.search import Search
from mixwidget.engine.sums.arrays import FactorArrays, ModelArrays, TermArrays
from mixwidget.engine.sums.cross_products import cross_products


def slopes_model(rng, columns):
    """Return a one-way layout of 12 groups of 6 rows; `columns` lists the columns 0, 1, 2 of each term."""
    codes = np.repeat(np.arange(12), 6).astype(np.int32)
    X = np.column_stack([np.ones(72), rng.normal(size=72), rng.normal(size=72)])
    y = (X * rng.normal(size=(12, 3))[codes] * [2.0, 1.0, 0.8]).sum(axis=1) + rng.normal(size=72)
    terms = tuple(TermArrays(0, np.asfortranarray(X[:, list(c)])) for c in columns)
    return ModelArrays(y, np.asfortranarray(X), terms, (FactorArrays(codes, 12),))


def arranged(columns, seed=3):
    return arrange(cross_products(slopes_model(np.random.default_rng(seed), columns)), 6000)


def descend(arrangement, free, *, floor=np.inf):
    return descend_on_face(
        Face(Lmm(arrangement, True), free),
        starting_values(arrangement, thorough=True)["moment"],
        floor=floor,
        tolerance=1e-8,
        max_evaluations=100,
        stop=lambda _: "",
    )


@pytest.mark.parametrize("dropped", [0, 1, 2])
def test_a_face_without_a_term_ends_at_the_submodel(dropped):
    columns = [(0,), (1,), (2,)]
    free = np.arange(3) != dropped
    minimum = descend(arranged(columns), free)
    submodel = find_optimum(
        Lmm(arranged([c for i, c in enumerate(columns) if i != dropped]), True), control=Control()
    ).evaluation
    assert minimum.point.value == pytest.approx(submodel.value, abs=1e-7)
    assert minimum.point.theta == pytest.approx(np.abs(submodel.theta), rel=1e-3)
    assert minimum.point.at.theta[dropped] == 0.0


def test_a_face_that_is_too_high_is_left_early():
    arrangement = arranged([(0,), (1,)])
    best = find_optimum(Lmm(arrangement, True), control=Control()).evaluation.value
    minimum = descend(arrangement, np.array([False, True]), floor=best)
    assert minimum.reason == "not below the floor"
    assert len(minimum.log) < len(descend(arrangement, np.array([False, True])).log)


def test_faces_are_tried_near_the_boundary_only():
    arrangement = arranged([(0, 2), (1,)])
    search = Search(Lmm(arrangement, True), Control())
    best = search.descend_from_each(starting_values(arrangement, thorough=True))
    assert isinstance(best, Basin)
    everything = [free.tolist() for free in faces_to_try(best, np.inf)]
    assert everything == [[False, False, False, True], [True, True, False, True], [True, True, True, False]]
    assert [free.tolist() for free in faces_to_try(best, 0.0)] == []


def test_a_minimum_on_a_face_is_not_tried_again():
    arrangement = arranged([(0, 2)])
    point = evaluate(arrangement, np.array([1.0, 0.5, 0.0]), reml=True)
    best = Basin(arrangement.layout, point, differentiate(arrangement, point), 0.0)
    assert [free.tolist() for free in faces_to_try(best, np.inf)] == [[False, False, False]]


def test_a_submodel_that_is_lower_is_found():
    """Independent intercepts and two slopes: the descents from all starts end 0.074 above a model without one slope."""
    rng = np.random.default_rng(417931261)
    n_groups = int(rng.integers(3, 9))
    codes = np.repeat(np.arange(n_groups), rng.integers(3, 9, n_groups)).astype(np.int32)
    n = len(codes)
    x = rng.normal(size=n) + rng.normal(size=n_groups)[codes] * 4
    z = rng.normal(size=n)
    b = rng.normal(size=(n_groups, 3)) * [2, 1, 1]
    y = b[codes, 0] + b[codes, 1] * x - 2 * x + b[codes, 2] * z + rng.normal(size=n)
    X = np.asfortranarray(np.column_stack([np.ones(n), x, z]))
    terms = tuple(TermArrays(0, X[:, [i]]) for i in range(3))
    arrangement = arrange(cross_products(ModelArrays(y, X, terms, (FactorArrays(codes, n_groups),))), 6000)
    optimum = find_optimum(Lmm(arrangement, True), control=Control())
    lower = evaluate(arrangement, np.array([12.1518, 0.0, 2.8191]), reml=True).value
    others = [d.value for d in optimum.descents if d.start in {"moment", "within", "unit", "dropped term"}]
    assert min(others) > lower + 0.07
    assert optimum.evaluation.value <= lower + 1e-9
    assert optimum.evaluation.theta[1] == 0.0
