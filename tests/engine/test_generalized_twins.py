"""Criteria of generalized models against dense twins, against lme4, and their gradients against differences."""

from dataclasses import replace

import numpy as np
import pytest

import mixwidget.engine.model.assembly as assembly_module
import mixwidget.engine.model.order as order_module
from mixwidget.engine.criterion.estimates import theta_from_units
from mixwidget.engine.criterion.generalized_criterion import Joint, Laplace, Quadrature
from mixwidget.engine.criterion.laplace import Approximation
from mixwidget.engine.model.generalized import GeneralizedArrays, generalized
from mixwidget.engine.sums.arrays import FactorArrays, TermArrays
from mixwidget.family.read_family import read_family
from tests.oracles.made_generalized import made
from tests.oracles.twins_generalized import FAMILIES, Twin
from tests.tolerances import RTOL_GENERALIZED_TWIN, RTOL_LME4_LAPLACE

MADE = made()
LME4 = Approximation(observed=False, coherent=False)
STRUCTURES = ("crossed", "nested", "two terms", "three columns")
SHAPE = 2.5
BETA = np.array([0.5, 0.3])


def draw(structure, family, *, merged=False, seed=0):
    """Return arrays of a structure with responses of a family, offsets, and weights where lme4 and we agree on them."""
    rng = np.random.default_rng([seed, STRUCTURES.index(structure)])
    n = 90
    x = rng.integers(-1, 2, n).astype(float) if merged else rng.normal(size=n)
    g = rng.permutation(np.arange(n) % 9)
    h = g // 3 if structure == "nested" else rng.permutation(np.arange(n) % 5)
    ones, both = np.ones((n, 1)), np.column_stack([np.ones(n), x])
    terms = {
        "crossed": (TermArrays(0, both), TermArrays(1, ones)),
        "nested": (TermArrays(0, ones), TermArrays(1, both)),
        "two terms": (TermArrays(0, ones), TermArrays(0, x[:, None]), TermArrays(1, ones)),
        "three columns": (TermArrays(0, np.column_stack([both, x**2])),),
    }[structure]
    factors = (FactorArrays(g, 9), FactorArrays(h, int(h.max()) + 1))[: 1 + max(term.factor for term in terms)]
    offset = np.full(n, 0.1) if merged else rng.uniform(-0.2, 0.2, n)
    eta = 0.4 + 0.5 * x + offset + 0.5 * rng.normal(size=9)[g] + 0.3 * rng.normal(size=9)[h]
    weights = rng.integers(1, 4, n).astype(float)
    if family == "binomial":
        y = rng.binomial(weights.astype(int), 1.0 / (1.0 + np.exp(-eta))) / weights
    elif family in ("poisson", "negative.binomial"):
        y, weights = rng.poisson(np.exp(eta)).astype(float), np.ones(n)
    else:
        y = rng.gamma(4.0, np.exp(eta) / 4.0)
    return GeneralizedArrays(y, both, terms, factors, weights, offset)


def factors_of(arrays, rng, *, singular=False):
    """Return a covariance factor for each term; singular ones have a last column of zeros."""
    found = []
    for term in arrays.terms:
        k = term.z.shape[1]
        factor = np.tril(0.3 * rng.normal(size=(k, k))) + 0.5 * np.eye(k)
        if singular:
            factor[:, -1] = 0.0
        found.append(factor)
    return found


def place(model, factors, beta):
    """Return parameters for the standardised columns."""
    theta = theta_from_units(model.layout, [term.root for term in model.terms], factors)
    return np.concatenate([theta, model.X.root @ beta])


def ready(arrays, family, link, **options):
    shape = SHAPE if family == "negative.binomial" else None
    return generalized(arrays, read_family(family, link, shape=shape), max_dense_columns=1000, **options)


def from_theta(arrays, theta):
    """Return a covariance factor for each term, from lower triangles by columns."""
    found, first = [], 0
    for term in arrays.terms:
        k = term.z.shape[1]
        factor, (columns, rows) = np.zeros((k, k)), np.triu_indices(k)
        factor[rows, columns] = theta[first : first + len(rows)]
        first += len(rows)
        found.append(factor)
    return found


def differences(criterion, at, step=5e-4):
    """Return the gradient by central differences of the fourth order."""
    gradient = np.zeros(len(at))
    for i in range(len(at)):
        move = np.zeros(len(at))
        ends = []
        for k in (1, 2):
            move[i] = k * step
            ends.append(criterion.evaluate(at + move).value - criterion.evaluate(at - move).value)
        gradient[i] = (8.0 * ends[0] - ends[1]) / (12.0 * step)
    return gradient


def assert_gradient(criterion, at, rtol=1e-6, step=5e-4):
    """Compare with differences; the tolerance is relative to the largest element."""
    found, expected = criterion.differentiate(criterion.evaluate(at)).gradient, differences(criterion, at, step)
    np.testing.assert_allclose(found, expected, rtol=0.0, atol=rtol * max(1.0, float(np.abs(expected).max())))


def _is_weighted_nb(case):
    return case.family.shape is not None and len(np.unique(case.arrays.weights)) > 1


def _can_be_integrated(case):
    return len(case.arrays.terms) == 1 and not case.family.has_dispersion


# --- values


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize(("family", "link"), FAMILIES)
def test_laplace_is_that_of_the_twin(structure, family, link):
    arrays, rng = draw(structure, family), np.random.default_rng(7)
    twin, model = Twin(arrays, FAMILIES[family, link]), ready(arrays, family, link)
    factors, beta = factors_of(arrays, rng), BETA
    for approximation in (Approximation(), Approximation(observed=True), LME4):
        value = Laplace(model, approximation).evaluate(place(model, factors, beta)).value
        kind = {"observed": approximation.observed, "coherent": approximation.coherent}
        assert value == pytest.approx(twin.laplace(factors, beta, **kind), rel=RTOL_GENERALIZED_TWIN)


@pytest.mark.parametrize("structure", ["crossed", "nested", "two terms"])
@pytest.mark.parametrize("kind", ["one dense system", "dense cross", "sparse cross"])
def test_every_arrangement_gives_the_same(structure, kind, monkeypatch):
    arrays = draw(structure, "poisson")
    factors, beta = factors_of(arrays, np.random.default_rng(8)), BETA
    model = ready(arrays, "poisson", "log")
    expected = Laplace(model, LME4)
    expected_at = expected.evaluate(place(model, factors, beta))
    gradient = expected.differentiate(expected_at).gradient
    monkeypatch.setattr(order_module, "ALL_DENSE_BELOW", 10**6 if kind == "one dense system" else 0)
    monkeypatch.setattr(assembly_module, "sparse_is_cheaper", lambda *_: kind == "sparse cross")
    other = Laplace(ready(arrays, "poisson", "log"), LME4)
    at = other.evaluate(expected_at.theta)
    assert at.value == pytest.approx(expected_at.value, rel=RTOL_GENERALIZED_TWIN)
    np.testing.assert_allclose(other.differentiate(at).gradient, gradient, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(other.differentiate(at).hessian, expected.differentiate(expected_at).hessian, rtol=1e-8)


@pytest.mark.parametrize("case", [case for case in MADE if not _is_weighted_nb(case)], ids=lambda case: case.name)
def test_criteria_are_those_of_lme4(case):
    """lme4 counts the dispersion twice (+ 2); of weighted negative binomials it weights one part of the likelihood."""
    model = generalized(case.arrays, case.family, max_dense_columns=1000)
    extra = 2.0 if case.family.has_dispersion else 0.0
    n = model.layout.n_theta
    laplace, joint = Laplace(model, LME4), Joint(model, LME4)
    for point in case.points:
        par = np.array(point["par"], dtype=float)
        at = laplace.evaluate(place(model, from_theta(case.arrays, par), par[n:]))
        assert at.value + extra == pytest.approx(point["value"], rel=RTOL_LME4_LAPLACE)
    for point in case.joint:
        at = joint.evaluate(place(model, from_theta(case.arrays, np.atleast_1d(point["par"])), np.zeros(4))[:n])
        assert at.value + extra == pytest.approx(point["value"], rel=RTOL_LME4_LAPLACE)
    if case.quadrature and not case.family.has_dispersion:
        y, weights = case.arrays.y, case.arrays.weights
        saturated = case.family.total(y, weights, y).plug_in(0.0).value
        for point in (p for p in case.quadrature if p["value"] is not None):
            par = np.array(point["par"], dtype=float)
            at = Quadrature(model, point["n"]).evaluate(place(model, from_theta(case.arrays, par), par[n:]))
            assert at.value - saturated == pytest.approx(point["value"], rel=RTOL_LME4_LAPLACE)


@pytest.mark.parametrize(("family", "link"), [pair for pair in FAMILIES if pair[0] in ("binomial", "poisson")])
@pytest.mark.parametrize("n_agq", [2, 5])
def test_quadrature_of_vector_effects_is_that_of_the_twin(family, link, n_agq):
    arrays = draw("three columns", family)
    arrays = replace(arrays, terms=(TermArrays(0, arrays.terms[0].z[:, :2]),))
    model, beta = ready(arrays, family, link), BETA
    for singular in (False, True):
        factors = factors_of(arrays, np.random.default_rng(9), singular=singular)
        # nodes are products along the axes of the columns, so the raw columns must be the standardised ones
        columns = replace(arrays, terms=(TermArrays(0, model.terms[0].rows[:, model.cells.of_row].T),))
        value = Quadrature(model, n_agq).evaluate(np.concatenate([_flat(factors[0]), model.X.root @ beta])).value
        expected = Twin(columns, FAMILIES[family, link]).integral(factors[0], beta, n_agq)
        assert value == pytest.approx(expected, rel=RTOL_GENERALIZED_TWIN)


def _flat(factor):
    columns, rows = np.triu_indices(len(factor))
    return factor[rows, columns]


@pytest.mark.parametrize(("family", "link"), [("binomial", "logit"), ("binomial", "probit"), ("poisson", "log")])
def test_one_node_is_laplace_and_many_are_the_integral(family, link):
    arrays = draw("three columns", family)
    arrays = replace(arrays, terms=(TermArrays(0, np.ones((len(arrays.y), 1))),))
    model, twin, beta = ready(arrays, family, link), Twin(arrays, FAMILIES[family, link]), BETA
    for sd in (0.3, 1.5):
        at = place(model, [np.array([[sd]])], beta)
        laplace = Laplace(model, LME4).evaluate(at).value
        assert Quadrature(model, 1).evaluate(at).value == pytest.approx(laplace, rel=RTOL_GENERALIZED_TWIN)
        exact = twin.brute_force(sd, beta)
        assert Quadrature(model, 25).evaluate(at).value == pytest.approx(exact, abs=1e-6)
        assert abs(laplace - exact) > 1e-4


# --- gradients


@pytest.mark.parametrize("case", MADE, ids=lambda case: case.name)
def test_gradients_of_every_family_and_link(case):
    """At regular places and singular ones by turns, for every approximation."""
    model = generalized(case.arrays, case.family, max_dense_columns=1000)
    step = 1e-4 if case.family.link.positive else 5e-4
    par = np.array(case.points[-(MADE.index(case) % 2)]["par"], dtype=float)
    at = place(model, from_theta(case.arrays, par), par[model.layout.n_theta :])
    approximations = [LME4]
    approximations += [Approximation()] if case.family.has_dispersion else []
    approximations += [] if case.family.is_canonical else [Approximation(observed=True)]
    for approximation in approximations:
        assert_gradient(Laplace(model, approximation), at, step=step)
    assert_gradient(Joint(model, LME4), place(model, from_theta(case.arrays, par), par[-4:])[: -model.p], step=step)


@pytest.mark.parametrize("case", [case for case in MADE if _can_be_integrated(case)], ids=lambda case: case.name)
def test_gradients_of_quadrature(case):
    model = generalized(case.arrays, case.family, max_dense_columns=1000)
    step = 1e-4 if case.family.link.positive else 5e-4
    par = np.array(case.points[0]["par"], dtype=float)
    at = place(model, from_theta(case.arrays, par), par[model.layout.n_theta :])
    for n_agq in (2, 9):
        assert_gradient(Quadrature(model, n_agq), at, step=step)


@pytest.mark.parametrize("singular", [False, True], ids=["regular", "singular"])
@pytest.mark.parametrize("family", ["binomial", "poisson", "negative.binomial"])
def test_gradients_of_quadrature_of_vector_effects(family, singular):
    arrays = draw("three columns", family)
    model = ready(arrays, family, None)
    factors = factors_of(arrays, np.random.default_rng(10), singular=singular)
    assert_gradient(Quadrature(model, 3), place(model, factors, BETA))


@pytest.mark.parametrize("structure", STRUCTURES)
def test_the_gradient_in_the_shape_of_a_negative_binomial(structure):
    arrays = draw(structure, "negative.binomial")
    model = ready(arrays, "negative.binomial", "log")
    at = place(model, factors_of(arrays, np.random.default_rng(11)), BETA)
    at = np.append(at, np.log(1.6))
    for approximation in (LME4, Approximation(observed=True)):
        assert_gradient(Laplace(model, approximation, free_shape=True), at)
    if structure == "three columns":
        assert_gradient(Quadrature(model, 3, free_shape=True), at)


@pytest.mark.parametrize("case", MADE[::3], ids=lambda case: case.name)
def test_the_slope_in_the_covariance_matrix_holds_where_it_vanishes(case):
    """D is the derivative by G: at T = 0 adding ``e v v'`` changes the criterion by ``e v'Dv``."""
    model = generalized(case.arrays, case.family, max_dense_columns=1000)
    criterion = Laplace(model, Approximation())
    par = np.array(case.points[-1]["par"], dtype=float)
    zero = np.zeros(model.layout.n_theta)
    at = np.concatenate([zero, place(model, from_theta(case.arrays, par), par[-4:])[-4:]])
    point, size = criterion.evaluate(at), 1e-3
    slopes = criterion.differentiate(point).slopes
    for i in np.flatnonzero(model.layout.is_diagonal):
        moved = at.copy()
        moved[i] = size
        change = (criterion.evaluate(moved).value - point.value) / size**2
        expected = slopes[model.layout.factor[i]][model.layout.row[i], model.layout.row[i]]
        assert change == pytest.approx(expected, rel=1e-3, abs=1e-3)


# --- merged rows


@pytest.mark.parametrize(("family", "link"), FAMILIES)
def test_merging_rows_changes_nothing(family, link):
    arrays = draw("crossed", family, merged=True)
    whole, merged = ready(arrays, family, link, merge=False), ready(arrays, family, link)
    assert merged.cells.counts is not None
    assert len(merged.response.y) < 0.8 * len(arrays.y)
    factors, beta = factors_of(arrays, np.random.default_rng(12)), BETA
    for approximation in (Approximation(), LME4):
        one, other = (Laplace(model, approximation) for model in (whole, merged))
        at = place(whole, factors, beta)
        np.testing.assert_allclose(place(merged, factors, beta), at, rtol=1e-10)
        ends = one.evaluate(at), other.evaluate(at)
        assert ends[1].value == pytest.approx(ends[0].value, rel=RTOL_GENERALIZED_TWIN)
        gradients = one.differentiate(ends[0]).gradient, other.differentiate(ends[1]).gradient
        np.testing.assert_allclose(gradients[1], gradients[0], rtol=1e-8, atol=1e-8)


def test_merging_rows_keeps_the_shape_of_a_negative_binomial_free():
    arrays = draw("crossed", "negative.binomial", merged=True)
    at = None
    values = []
    for merge in (False, True):
        model = ready(arrays, "negative.binomial", "log", merge=merge)
        criterion = Laplace(model, Approximation(), free_shape=True)
        factors = factors_of(arrays, np.random.default_rng(13))
        at = np.append(place(model, factors, BETA), np.log(1.3))
        point = criterion.evaluate(at)
        values.append(np.append(criterion.differentiate(point).gradient, point.value))
    np.testing.assert_allclose(values[1], values[0], rtol=1e-8, atol=1e-8)
