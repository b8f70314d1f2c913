"""The search: certificates, boundary optima, saddles, cancellation, and what cannot be fitted."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

import mixwidget.engine.model.assembly as assembly_module
import mixwidget.engine.model.order as order_module
from mixwidget.control import Control
from mixwidget.engine.criterion.derivatives import differentiate
from mixwidget.engine.criterion.evaluation import evaluate
from mixwidget.engine.criterion.lmm import Lmm
from mixwidget.engine.model.arrangement import arrange
from mixwidget.engine.search.basin import Basin
from mixwidget.engine.search.certificate import certify, descent_from_boundary
from mixwidget.engine.search.optimum import find_optimum
from mixwidget.engine.sums.arrays import FactorArrays, ModelArrays, TermArrays
from mixwidget.engine.sums.cross_products import cross_products
from mixwidget.errors import FitCancelled, FitError, ProblemTooLargeError
from tests.oracles.twins_worlds import STRUCTURES, world

ALL = pytest.mark.parametrize("name", STRUCTURES)


def arranged(arrays):
    return arrange(cross_products(arrays), 6000)


def one_way(between, *, n_levels=8, rows=5, seed=0):
    """Return a one-way layout with a given standard deviation between groups."""
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(n_levels), rows).astype(np.int32)
    noise = rng.normal(size=len(codes))
    ones = np.ones((len(codes), 1))
    effects = between * rng.normal(size=n_levels)
    return ModelArrays(effects[codes] + noise, ones, (TermArrays(0, ones),), (FactorArrays(codes, n_levels),))


@ALL
@pytest.mark.parametrize("reml", [True, False], ids=["reml", "ml"])
def test_every_end_is_certified(name, reml):
    """Stationary, curved upwards where the parameters are free, and rising into the cone where they are not."""
    arrangement = arranged(world(name, seed=21).arrays)
    optimum = find_optimum(Lmm(arrangement, reml), control=Control())
    at = evaluate(arrangement, optimum.evaluation.theta, reml=reml)
    certificate = certify(Basin(arrangement.layout, at, differentiate(arrangement, at), 0.0))
    assert certificate.max_gradient < 1e-3
    assert certificate.lowest_curvature > -1e-5
    assert certificate.lowest_boundary_slope > -1e-5
    assert optimum.converged
    assert optimum.certificate.decrement < 1e-6


@ALL
def test_the_record_holds_every_evaluation(name):
    optimum = find_optimum(Lmm(arranged(world(name, seed=22).arrays), True), control=Control())
    assert optimum.n_evaluations >= sum(len(descent.log) for descent in optimum.descents)
    for descent in optimum.descents:
        accepted = [step.value for step in descent.log if step.accepted]
        assert all(later <= earlier + 1e-9 for earlier, later in itertools.pairwise(accepted))
        assert optimum.evaluation.value <= descent.value + 1e-9
    assert dict(optimum.starts).keys() >= {descent.start for descent in optimum.descents} - {
        "saddle",
        "submodel",
        "dropped term",
    }


@ALL
def test_storage_and_order_of_elimination_do_not_matter(name, monkeypatch):
    arrays = world(name, seed=23).arrays
    values = []
    for all_dense, sparse in ((0, False), (0, True), (10**6, False)):
        monkeypatch.setattr(order_module, "ALL_DENSE_BELOW", all_dense)
        monkeypatch.setattr(assembly_module, "sparse_is_cheaper", lambda *_, sparse=sparse: sparse)
        values.append(find_optimum(Lmm(arranged(arrays), True), control=Control()).evaluation.value)
    np.testing.assert_allclose(values, values[0], atol=1e-6)


@pytest.mark.parametrize("starts", ["both", "better"])
def test_the_choice_of_starts_can_be_made(starts):
    arrangement = arranged(world("chain and crossed", seed=1).arrays)
    chosen = find_optimum(Lmm(arrangement, True), control=Control(starts=starts))
    auto = find_optimum(Lmm(arrangement, True), control=Control())
    assert chosen.evaluation.value == pytest.approx(auto.evaluation.value, abs=1e-5)


def test_given_start_is_one_more_candidate():
    arrangement = arranged(world("one factor", seed=2).arrays)
    first = find_optimum(Lmm(arrangement, True), control=Control())
    second = find_optimum(Lmm(arrangement, True), control=Control(), start=first.evaluation.theta)
    assert "given" in dict(second.starts)
    assert second.evaluation.value == pytest.approx(first.evaluation.value, abs=1e-9)
    assert second.certificate.decrement < 1e-6  # the end that counts has derivatives of its own


def test_no_variance_between_groups_is_a_boundary_optimum():
    arrays = one_way(0.0)
    means = np.bincount(arrays.factors[0].codes, arrays.y) / 5.0
    level = replace(arrays, y=arrays.y - means[arrays.factors[0].codes])
    optimum = find_optimum(Lmm(arranged(level), True), control=Control())
    assert optimum.evaluation.theta == pytest.approx(0.0, abs=1e-4)
    assert optimum.certificate.is_singular
    assert optimum.certificate.lowest_boundary_slope > 1.0


def test_zero_variance_is_a_saddle_where_groups_differ():
    """T = 0 is always stationary; the slope into the cone tells the saddle from the optimum."""
    arrangement = arranged(one_way(3.0))
    at = evaluate(arrangement, np.zeros(1), reml=True)
    derivatives = differentiate(arrangement, at)
    assert derivatives.gradient == pytest.approx(0.0)
    end = Basin(arrangement.layout, at, derivatives, 0.0)
    assert certify(end).lowest_boundary_slope < -1.0
    found = descent_from_boundary(end)
    assert found is not None
    assert found[0] == 0
    optimum = find_optimum(Lmm(arrangement, True), control=Control(), start=np.zeros(1))
    assert optimum.evaluation.theta[0] ** 2 > 1.0
    assert not optimum.certificate.is_singular


def test_balanced_one_way_layout_has_the_estimates_of_the_anova_table():
    arrays = one_way(2.0, n_levels=9, rows=4, seed=5)
    optimum = find_optimum(Lmm(arranged(arrays), True), control=Control())
    groups = arrays.y.reshape(9, 4)
    within = groups.var(axis=1, ddof=1).mean()
    between = (4.0 * groups.mean(axis=1).var(ddof=1) - within) / 4.0
    assert optimum.evaluation.theta[0] ** 2 == pytest.approx(between / within, rel=1e-6)


def test_cancelling_stops_at_the_next_evaluation():
    arrangement = arranged(world("crossed", seed=3).arrays)
    for allowed in (0, 1, 4, 9):
        polls = iter([False] * allowed + [True] * 1000)
        calls = []

        def should_stop(polls=polls, calls=calls):
            calls.append(None)
            return next(polls)

        with pytest.raises(FitCancelled):
            find_optimum(Lmm(arrangement, True), control=Control(should_stop=should_stop))
        assert len(calls) == allowed + 1


def test_bound_on_evaluations_is_kept_and_said():
    optimum = find_optimum(Lmm(arranged(world("crossed", seed=3).arrays), True), control=Control(max_evaluations=2))
    assert all(len(descent.log) <= 3 for descent in optimum.descents)  # a last step may be tried and rejected
    assert not optimum.converged


@pytest.mark.parametrize("noise", [0.0, 1e-9])
def test_response_that_the_groups_reproduce_is_refused(noise):
    arrays = one_way(1.0)
    rng = np.random.default_rng(1)
    y = rng.normal(size=8)[arrays.factors[0].codes] + noise * rng.normal(size=40)
    with pytest.raises(FitError, match="the random effects reproduce the response"):
        find_optimum(Lmm(arranged(replace(arrays, y=y)), True), control=Control())


def test_residual_that_could_be_smaller_for_ever_is_refused():
    """With as many random effects as rows the criterion is flat towards a residual variance of zero."""
    rng = np.random.default_rng(4)
    codes = np.repeat(np.arange(3), 2).astype(np.int32)
    one, x = np.ones((6, 1)), rng.normal(size=(6, 1))
    arrays = ModelArrays(rng.normal(size=6), one, (TermArrays(0, one), TermArrays(0, x)), (FactorArrays(codes, 3),))
    arrangement = arranged(arrays)
    far, farther = (evaluate(arrangement, size * np.ones(2), reml=True) for size in (1e4, 3e4))
    assert farther.value == pytest.approx(far.value, abs=1e-4)
    with pytest.raises(FitError, match="the random effects reproduce the response"):
        Lmm(arrangement, True).refuse_saturation(far)
    Lmm(arrangement, True).refuse_saturation(evaluate(arrangement, np.ones(2), reml=True))


@pytest.mark.parametrize("ratio", [1e2, 1e3, 1e4, 3e4])
def test_large_variance_ratios_are_found(ratio):
    arrays = one_way(0.0, seed=2)
    effects = np.random.default_rng(3).normal(size=8)
    effects -= effects.mean()
    y = ratio * effects[arrays.factors[0].codes] + arrays.y
    optimum = find_optimum(Lmm(arranged(replace(arrays, y=y)), True), control=Control())
    groups = y.reshape(8, 5)
    within = groups.var(axis=1, ddof=1).mean()
    between = (5.0 * groups.mean(axis=1).var(ddof=1) - within) / 5.0
    assert optimum.evaluation.theta[0] ** 2 == pytest.approx(between / within, rel=1e-4)


def test_crossed_problem_that_is_too_large_names_its_size():
    with pytest.raises(ProblemTooLargeError, match=r"33 columns.*max_dense_columns=20.*0\.0 GB.*Drop a crossed term"):
        arrange(cross_products(world("crossed").arrays), 20)


@pytest.mark.parametrize("name", [name for name in STRUCTURES if "crossed" not in name])
def test_nested_chains_need_no_dense_rest(name):
    """However small the allowance, a chain of nested factors fits."""
    assert arrange(cross_products(world(name).arrays), 1).blocks.rest is None
