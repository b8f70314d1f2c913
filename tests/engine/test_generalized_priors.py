"""Priors on generalized models: blme's stored result, gradients, what is refused."""

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.engine.criterion.generalized_criterion import Joint, Laplace, Quadrature
from mixwidget.engine.criterion.laplace import Approximation
from mixwidget.engine.criterion.penalised_generalized import PenalisedGeneralized
from mixwidget.engine.model.generalized import GeneralizedArrays, generalized
from mixwidget.engine.model.prior import CovariancePenalty, FixefPenalty, Prior, ResidualPenalty
from mixwidget.engine.search.optimum import find_optimum
from mixwidget.engine.sums.arrays import FactorArrays, TermArrays
from mixwidget.errors import FitError
from mixwidget.family.read_family import read_family
from mixwidget.fit.generalized import solve_generalized
from mixwidget.fit.prior import Prior as UserPrior
from mixwidget.fit.prior import Priors
from mixwidget.fit.solve_like import solve_like
from tests.generalized_fits import design_of
from tests.oracles import load_case
from tests.random_generalized import draw_arrays
from tests.tolerances import ATOL_GENERALIZED, RTOL_GENERALIZED, RTOL_GENERALIZED_SD

QUIET = mw.Control(warn=False)
NORMAL, T = FixefPenalty(np.diag([4.0, 2.0]), True), FixefPenalty(np.diag([4.0, 2.0]), True, 3.0, np.array([0.5, 0.1]))


def wishart(k, *, common_scale=True):
    return CovariancePenalty(-1.5, np.eye(k) / 3.0, np.zeros((k, k)), 0.2, False, common_scale)


def model_of(name, family):
    arrays = draw_arrays(name, "poisson", np.random.default_rng(6))
    arrays = GeneralizedArrays(arrays.y + 1.0, arrays.X, arrays.terms, arrays.factors)
    return generalized(arrays, read_family(family), max_dense_columns=1000)


def test_a_prior_on_the_fixed_effects_is_that_of_bglmer():
    case = load_case("cbpp_blme")
    design, family = design_of("cbpp_blme")
    normal = UserPrior("normal", sd=2.5, common_scale=False)
    priors = Priors(covariance=UserPrior("wishart"), fixef=normal)
    fit = solve_generalized(design.design, design.rows, family, n_agq=1, control=QUIET, priors=priors)
    penalised = case["blme"]["penalised_criterion"]
    assert fit.optimum.evaluation.value == pytest.approx(penalised, abs=ATOL_GENERALIZED)
    assert fit.criterion == pytest.approx(case["criterion"], abs=10.0 * ATOL_GENERALIZED)
    np.testing.assert_allclose(fit.estimates.beta, case["fixef"]["estimate"], rtol=RTOL_GENERALIZED)
    sd = np.sqrt(fit.estimates.covariances[0][0, 0])
    assert sd == pytest.approx(case["varcorr"]["terms"][0]["sd"][0], rel=RTOL_GENERALIZED_SD)


@pytest.mark.parametrize("fixef", [None, NORMAL, T], ids=["covariance only", "normal", "t"])
@pytest.mark.parametrize("n_agq", [1, 5])
def test_gradients_with_penalties(fixef, n_agq):
    model = model_of("slope", "poisson")
    inner = Laplace(model, Approximation()) if n_agq == 1 else Quadrature(model, n_agq)
    criterion = PenalisedGeneralized(inner, Prior((wishart(2),), fixef))
    at, step = np.array([0.5, 0.2, 0.3, 1.2, 0.4]), 1e-4
    found = criterion.differentiate(criterion.evaluate(at))
    moves = step * np.eye(len(at))
    expected = [(criterion.evaluate(at + m).value - criterion.evaluate(at - m).value) / (2.0 * step) for m in moves]
    np.testing.assert_allclose(found.gradient, expected, rtol=1e-5, atol=1e-5)
    assert criterion.evaluate(at).value - criterion.evaluate(at).penalty == pytest.approx(inner.evaluate(at).value)
    assert found.hessian.shape == (5, 5)
    template = model.layout.templates(at[:3])[0]
    if n_agq == 1:
        by_slopes = 2.0 * model.layout.gather((found.slopes[0] @ template,))
        np.testing.assert_allclose(by_slopes, expected[:3], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("family", "prior", "kind", "message"),
    [
        ("poisson", Prior((None,), None, ResidualPenalty(1.0)), Laplace, "for linear models"),
        ("poisson", Prior((None,), NORMAL), Joint, "needs n_agq=1"),
        ("Gamma", Prior((wishart(1, common_scale=False),)), Laplace, "relative to the dispersion"),
        ("Gamma", Prior((None,), NORMAL), Laplace, "relative to the dispersion"),
    ],
)
def test_densities_without_a_place_are_refused(family, prior, kind, message):
    with pytest.raises(FitError, match=message):
        PenalisedGeneralized(kind(model_of("one", family), Approximation()), prior)


def test_a_prior_keeps_a_variance_off_zero():
    """Pooled data: without a prior the variance is zero."""
    rng = np.random.default_rng(7)
    arrays = draw_arrays("one", "poisson", rng)
    y = rng.poisson(2.0, len(arrays.y)).astype(float)
    model = generalized(
        GeneralizedArrays(y, arrays.X, arrays.terms, arrays.factors), read_family("poisson"), max_dense_columns=1000
    )
    plain = find_optimum(Laplace(model, Approximation()), control=QUIET)
    prior = Prior((CovariancePenalty(-1.5, np.zeros((1, 1)), np.zeros((1, 1)), 0.0, False, True),))
    kept = find_optimum(PenalisedGeneralized(Laplace(model, Approximation()), prior), control=QUIET)
    assert plain.certificate.is_singular
    assert not kept.certificate.is_singular


FAR_PRIORS = [  # unit of the predictor, factors of log|G|, G and G^-1 in its penalty
    (1e-7, 4.002, 0.0, 1.102),
    (1e-7, 8.0, 0.0, 3.0),
    (1e-7, -1.0, 0.5, 0.0),
    (1e5, -1.0, 0.5, 0.0),
]


@pytest.mark.parametrize(("unit", "log_power", "linear", "inverse"), FAR_PRIORS)
def test_a_prior_in_the_units_of_other_predictors_still_has_its_optimum(unit, log_power, linear, inverse):
    """It holds the covariance matrix far from where the data would have it: steps are taken relative to T there."""
    rng = np.random.default_rng(3)
    g, x = np.repeat(np.arange(15), 8), rng.normal(size=120)
    effects = rng.normal(size=(15, 2)) * [0.5, 0.3]
    y = rng.poisson(np.exp(0.5 + 0.3 * x + effects[g, 0] + effects[g, 1] * x)).astype(float)
    columns = np.column_stack([np.ones(120), unit * x])
    arrays = GeneralizedArrays(y, columns, (TermArrays(0, columns),), (FactorArrays(g, 15),))
    model = generalized(arrays, read_family("poisson"), max_dense_columns=1000)
    penalty = CovariancePenalty(log_power, linear * np.eye(2), inverse * np.eye(2), 0.0, False, True)
    criterion = PenalisedGeneralized(Laplace(model, Approximation()), Prior((penalty,)))
    optimum = find_optimum(criterion, control=QUIET)
    at, moves = optimum.evaluation, rng.normal(size=(30, 5))
    template = model.layout.templates(at.theta[:3])[0]
    for size in (1e-3, 1e-2, 0.1, 1.0):
        for move in size * moves:
            change = np.array([[move[0], 0.0], [move[1], move[2]]])
            moved = np.concatenate([model.layout.gather((template @ (np.eye(2) + change),)), at.theta[3:] + move[3:]])
            assert criterion.evaluate(moved).value > at.value - ATOL_GENERALIZED


def counts_with_slopes(unit):
    """Return counts whose log mean has a slope by group, and the predictor in a unit."""
    rng, n_groups, n_rows = np.random.default_rng(3), 20, 12
    group, x = np.repeat(np.arange(n_groups), n_rows), rng.normal(size=n_groups * n_rows)
    level, slope = 0.5 * rng.normal(size=n_groups), 0.3 * rng.normal(size=n_groups)
    y = rng.poisson(np.exp(0.5 + 0.3 * x + level[group] + slope[group] * x))
    return pd.DataFrame({"y": y, "x": x * unit, "g": pd.Categorical(group)})


def slopes_under(unit, scale):
    prior = UserPrior("invwishart", df=5, scale=scale)
    return mw.glmer("y ~ x + (x | g)", counts_with_slopes(unit), family="poisson", cov_prior=prior, control=QUIET)


@pytest.mark.parametrize("unit", [1e-5, 1e3, 1e5, 1e7])
def test_a_predictor_and_its_prior_in_another_unit_make_the_same_fit(unit):
    plain, other = slopes_under(1.0, np.diag([3.0, 3.0])), slopes_under(unit, np.diag([3.0, 3.0 / unit**2]))
    assert other.criterion == pytest.approx(plain.criterion, abs=ATOL_GENERALIZED)
    size = np.array([1.0, unit])
    for mine, theirs in zip(plain.fit.estimates.covariances, other.fit.estimates.covariances, strict=True):
        np.testing.assert_allclose(theirs * np.outer(size, size), mine, rtol=RTOL_GENERALIZED)
    np.testing.assert_allclose(other.fit.estimates.beta * size, plain.fit.estimates.beta, rtol=RTOL_GENERALIZED)
    np.testing.assert_allclose(
        other.fit.estimates.vcov * np.outer(size, size), plain.fit.estimates.vcov, rtol=RTOL_GENERALIZED, atol=1e-8
    )
    assert other.verdict.code == "converged"


def test_a_prior_in_the_unit_of_other_predictors_has_its_optimum_and_a_hessian():
    """With a predictor of SD 1000 the fit ended 210 too high, without a positive Hessian."""
    hundreds, thousands = (slopes_under(unit, 3.0) for unit in (100.0, 1000.0))
    for fit in (hundreds, thousands):
        assert fit.verdict.code == "converged"
        assert fit.fit.estimates.vcov_from == "hessian"
    # slopes so far from zero are as good as fixed effects of each group: what is left does not depend on the unit
    intercepts = [fit.fit.estimates.covariances[0][0, 0] for fit in (hundreds, thousands)]
    assert intercepts[0] == pytest.approx(intercepts[1], rel=RTOL_GENERALIZED)
    assert thousands.criterion < 1093.5


def test_other_fits_of_the_rows_do_not_keep_the_columns_of_a_far_prior():
    fit = slopes_under(1000.0, 3.0).fit
    other = solve_like(fit, fit.design, fit.rows, reml=False)
    plain = mw.glmer("y ~ x + (x | g)", counts_with_slopes(1000.0), family="poisson", control=QUIET)
    np.testing.assert_array_equal(other.optimum.model.terms[0].root, plain.fit.optimum.model.terms[0].root)
    assert other.criterion == pytest.approx(plain.criterion, abs=ATOL_GENERALIZED)


@pytest.mark.parametrize("family", ["binomial", "poisson", "Gamma"])
@pytest.mark.parametrize(("scale", "shift"), [(1.0, 0.0), (1.0, 2008.0), (1e4, 0.0), (1e6, 0.0)])
def test_variances_far_above_what_data_tell_leave_the_modes_exact(family, scale, shift):
    """A prior in units that are not the data's: u lies in the eighth digit of the sums that it used to be made of."""
    rng = np.random.default_rng(5)
    g, x = np.repeat(np.arange(12), 10), rng.normal(size=120)
    eta = -0.2 + 0.5 * x + 0.4 * rng.normal(size=12)[g] + 0.2 * rng.normal(size=12)[g] * x
    y = {
        "binomial": (rng.random(120) < 1.0 / (1.0 + np.exp(-eta))).astype(float),
        "poisson": rng.poisson(np.exp(1.0 + eta)),
        "Gamma": rng.gamma(5.0, np.exp(1.0 + eta) / 5.0),
    }[family]
    data = pd.DataFrame({"y": y, "x": x * scale + shift, "g": g.astype(str)})
    link = {"binomial": "logit"}.get(family, "log")
    fit = mw.glmer("y ~ x + (x | g)", data, family, link=link, cov_prior="invwishart", control=QUIET)
    assert fit.verdict.code == "converged"
