"""Generalized models against lme4 at the polished optimum, and where lme4's criterion is not ours against glmmTMB."""

import numpy as np
import pytest

from mixwidget.engine.criterion.estimates import theta_from_units
from mixwidget.engine.criterion.generalized_estimates import mode_covariances, modes_of
from mixwidget.fit.generalized import criterion_of
from tests import tolerances as tol
from tests.generalized_fits import generalized_fit
from tests.oracles import cases, load_case

CASES = tuple(case for fun in ("glmer", "glmer.nb") for case in cases(fun))


def reference_value(name, value):
    """Return lme4's value as a full -2 log-likelihood: without the 2 of a dispersion, with the saturated model."""
    fit, case = generalized_fit(name), load_case(name)
    family = fit.optimum.model.family
    if family.has_dispersion:
        return value - 2.0
    if case["nAGQ"] > 1:
        arrays = fit.optimum.model.arrays
        return value + family.total(arrays.y, fit.optimum.model.prior_weights, arrays.y).plug_in(0.0).value
    return value


@pytest.mark.parametrize("name", CASES)
def test_the_optimum_is_at_least_as_good_as_the_polished_one(name):
    fit, case = generalized_fit(name), load_case(name)
    assert fit.criterion <= reference_value(name, case["criterion"]) + tol.ATOL_GENERALIZED
    assert fit.criterion == pytest.approx(reference_value(name, case["criterion"]), abs=tol.ATOL_GENERALIZED)


@pytest.mark.parametrize("name", CASES)
def test_fixed_effects_and_their_errors(name):
    fit, fixef = generalized_fit(name), load_case(name)["fixef"]
    assert fit.design.x_names == tuple(fixef["names"])
    assert fit.estimates.vcov_from == ("regression" if fixef["vcov_from"] != "hessian" else "hessian")
    se, expected = np.sqrt(np.diag(fit.estimates.vcov)), np.array(fixef["se"])
    np.testing.assert_allclose(se, expected, rtol=tol.RTOL_GENERALIZED)
    size = np.maximum(np.abs(fixef["estimate"]), expected)
    assert np.abs((fit.estimates.beta - fixef["estimate"]) / size).max() < tol.RTOL_GENERALIZED


@pytest.mark.parametrize("name", CASES)
def test_covariance_parameters(name):
    fit, case = generalized_fit(name), load_case(name)
    for ours, theirs in zip(fit.estimates.covariances, case["varcorr"]["terms"], strict=True):
        sds, expected = np.sqrt(np.diag(ours)), np.atleast_1d(theirs["sd"])
        assert np.abs(sds - expected).max() < tol.RTOL_GENERALIZED_SD * max(1e-3, float(expected.max()))
    assert fit.estimates.sigma == pytest.approx(case["sigma"], rel=tol.RTOL_GENERALIZED)
    assert fit.optimum.certificate.is_singular == case["is_singular"]
    assert fit.optimum.certificate.lowest_boundary_slope > -1e-3


@pytest.mark.parametrize("name", CASES)
def test_conditional_modes_and_their_errors(name):
    fit, case = generalized_fit(name), load_case(name)
    modes, covariances = modes_of(fit.optimum.evaluation), mode_covariances(fit.optimum.evaluation)
    for f, factor in enumerate(fit.design.factors):
        stored = case["ranef"][factor.label]
        own = [t for t, term in enumerate(fit.design.terms) if term.factor == f]
        values, errors = np.concatenate([modes[t] for t in own]).T, np.sqrt(np.einsum("iij->ji", covariances[f]))
        place = {level: i for i, level in enumerate(factor.levels)}
        rows = [place[level] for level in stored["levels"]]
        size = np.abs(np.array(stored["values"])).max(axis=0)
        np.testing.assert_array_less(np.abs(values[rows] - stored["values"]) / size, tol.RTOL_GENERALIZED_MODES)
        np.testing.assert_allclose(errors[rows], stored["cond_sd"], rtol=tol.RTOL_GENERALIZED_MODES, atol=1e-6)


@pytest.mark.parametrize("name", [name for name in CASES if load_case(name)["criterion_at"]])
def test_the_criterion_at_other_parameters(name):
    fit, case = generalized_fit(name), load_case(name)
    model = fit.optimum.model
    criterion = criterion_of(model, n_agq=case["nAGQ"], control=fit.control)
    for point in case["criterion_at"]:
        par = np.array(point["par"], dtype=float)
        templates, first = [], 0
        for k in model.layout.term_sizes:
            columns, rows = np.triu_indices(k)
            template = np.zeros((k, k))
            template[rows, columns] = par[first : first + len(rows)]
            first += len(rows)
            templates.append(template)
        at = theta_from_units(model.layout, [term.root for term in model.terms], templates)
        if case["nAGQ"] > 0:
            at = np.concatenate([at, model.X.root @ par[first:]])
        expected = reference_value(name, point["value"])
        assert criterion.evaluate(at).value == pytest.approx(expected, rel=tol.RTOL_LME4_LAPLACE)


def test_the_shape_of_a_negative_binomial_is_estimated_jointly():
    fit, case = generalized_fit("ticks_nb", free_shape=True), load_case("ticks_nb")
    assert fit.estimates.shape == pytest.approx(case["nb_theta"], rel=tol.RTOL_GENERALIZED_SD)
    assert fit.criterion <= case["criterion"] + tol.ATOL_GENERALIZED
    np.testing.assert_allclose(np.sqrt(np.diag(fit.estimates.vcov)), case["fixef"]["se"], rtol=1e-3)


@pytest.mark.parametrize(
    ("name", "value", "sd", "sigma"),
    [("sleep_gamma", 1767.157, 0.1246, 0.0966), ("sleep_invgauss", 1765.217, 0.1226, 0.00563)],
)
def test_dispersion_families_are_coherent_by_default(name, value, sd, sigma):
    """Adaptive quadrature with 25 nodes finds an SD of 0.1246 and 0.1227; lme4's criterion 0.0760 and 0.0738."""
    fit = generalized_fit(name, laplace="coherent")
    assert fit.criterion == pytest.approx(value, abs=1e-3)
    assert np.sqrt(fit.estimates.covariances[0][0, 0]) == pytest.approx(sd, abs=1e-4)
    assert fit.estimates.sigma == pytest.approx(sigma, abs=1e-4)
    assert np.sqrt(fit.estimates.vcov[0, 0]) == pytest.approx(0.032, abs=5e-4)


@pytest.mark.parametrize(
    ("name", "value"), [("contra_probit", 2412.7938), ("ticks_nb", 1780.4070), ("sleep_gamma", 2 * 883.5783366995)]
)
def test_observed_weights_are_those_of_glmmtmb(name, value):
    fit = generalized_fit(name, laplace="observed", free_shape=name == "ticks_nb")
    assert fit.criterion == pytest.approx(value, abs=2e-4)
