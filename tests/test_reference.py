"""Every linear mixed model of the reference: the criterion, the estimates and what follows from them."""

import numpy as np
import pytest

from mixwidget.engine.criterion.estimates import standardised_theta
from mixwidget.engine.criterion.evaluation import evaluate
from mixwidget.fit.start import start_templates
from tests import tolerances as tol
from tests.oracles import cases, cases_with, load_case
from tests.reference_fits import LME4_DOUBLE_BAR, reference_fit

ALL = cases(fun="lmer")
# (1 | g) + (0 + f | g) has more parameters than the data tell apart: only the criterion and what is estimable agree
OVERPARAMETRISED = LME4_DOUBLE_BAR
IDENTIFIED = tuple(name for name in ALL if name not in OVERPARAMETRISED)


@pytest.mark.parametrize("name", ALL)
def test_optimum_is_at_least_as_good_as_lme4(name):
    assert reference_fit(name).criterion <= load_case(name)["criterion"] + tol.ATOL_OPTIMUM


@pytest.mark.parametrize("name", ALL)
def test_criterion_agrees_at_fixed_parameters(name):
    case, fit = load_case(name), reference_fit(name)
    arrangement = fit.optimum.arrangement
    assert case["criterion_at"]
    for point in case["criterion_at"]:
        theta = standardised_theta(arrangement, start_templates(fit.design, point["par"]))
        value = evaluate(arrangement, theta, reml=fit.reml).value
        assert value == pytest.approx(point["value"], rel=tol.RTOL_FIXED_THETA)


@pytest.mark.parametrize("name", ALL)
def test_fixed_effects(name):
    case, fit = load_case(name)["fixef"], reference_fit(name)
    assert list(fit.fixef.index) == case["names"]
    scale = np.maximum(np.abs(case["estimate"]), case["se"])  # an estimate near zero agrees in units of its error
    np.testing.assert_allclose(fit.fixef / scale, case["estimate"] / scale, atol=tol.RTOL_FIXEF, rtol=0)
    np.testing.assert_allclose(fit.stderr, case["se"], rtol=tol.RTOL_FIXEF)


@pytest.mark.parametrize("name", IDENTIFIED)
def test_variances(name):
    case, fit = load_case(name)["varcorr"], reference_fit(name)
    assert fit.sigma == pytest.approx(case["sigma"], rel=tol.RTOL_SD)
    assert len(fit.varcorr.terms) == len(case["terms"])
    for term, stored in zip(fit.varcorr.terms, case["terms"], strict=True):
        assert (term.name, list(term.columns)) == (stored["group"], stored["names"])
        np.testing.assert_allclose(term.sd, stored["sd"], rtol=tol.RTOL_SD, atol=tol.RTOL_SD * case["sigma"])
        scale = np.outer(stored["sd"], stored["sd"]) + tol.RTOL_SD * case["sigma"] ** 2
        np.testing.assert_allclose(term.cov / scale, np.array(stored["cov"]) / scale, atol=tol.ATOL_CORR)


@pytest.mark.parametrize("name", IDENTIFIED)
def test_varcorr_frame(name):
    frame, stored = reference_fit(name).varcorr.to_frame(), load_case(name)["varcorr"]["as_data_frame"]["columns"]
    for column in ("grp", "var1", "var2"):
        assert [None if value != value else value for value in frame[column]] == stored[column]
    assert len(frame) == len(stored["vcov"])


@pytest.mark.parametrize("name", IDENTIFIED)
def test_theta(name):
    case, fit = load_case(name), reference_fit(name)
    scale = max(1.0, float(np.abs(case["theta"]).max()))
    np.testing.assert_allclose(fit.theta / scale, np.array(case["theta"]) / scale, atol=tol.RTOL_SD)


@pytest.mark.parametrize("name", ALL)
def test_likelihood_and_sizes(name):
    case, fit = load_case(name), reference_fit(name)
    assert (fit.nobs, fit.npar, fit.df_resid) == (case["nobs"], case["npar"], case["df_residual"])
    assert fit.ngroups == dict(case["ngrps"])
    assert [fit.loglik, fit.aic, fit.bic] == pytest.approx([case["logLik"], case["AIC"], case["BIC"]], abs=1e-5)


@pytest.mark.parametrize("name", ALL)
def test_singular_is_called_singular(name):
    fit = reference_fit(name)
    assert fit.is_singular == load_case(name)["is_singular"]
    assert (fit.verdict.code == "boundary") == fit.is_singular
    assert ("singular_fit" in {finding.code for finding in fit.diagnostics}) == fit.is_singular


@pytest.mark.parametrize("name", [name for name in cases_with("lmerTest") if name in IDENTIFIED])
def test_satterthwaite(name):
    case, table = load_case(name)["lmerTest"]["satterthwaite"], reference_fit(name).coef_table()
    assert list(table.index) == case["names"]
    np.testing.assert_allclose(table["df"], case["df"], rtol=tol.RTOL_DF)
    np.testing.assert_allclose(table["statistic"], case["t"], rtol=tol.RTOL_DF)
    np.testing.assert_allclose(table["p"], case["p"], rtol=tol.RTOL_P, atol=1e-12)


@pytest.mark.parametrize("name", IDENTIFIED)
def test_conditional_modes(name):
    stored, fit = load_case(name)["ranef"], reference_fit(name)
    modes = fit.ranef()
    assert list(modes) == list(stored)
    for group, frame in modes.items():
        case = stored[group]
        assert list(frame.columns) == case["columns"]
        kept = frame.iloc[: case["n_stored"]]
        assert list(kept.index) == case["levels"]
        size = np.abs(case["values"]).max() + tol.RTOL_SD * fit.sigma
        np.testing.assert_allclose(kept / size, np.array(case["values"]) / size, atol=tol.RTOL_MODES)
        sds = np.sqrt(np.diagonal(fit.cond_var(group), axis1=1, axis2=2))[: case["n_stored"]]
        np.testing.assert_allclose(sds, case["cond_sd"], rtol=tol.RTOL_MODES, atol=tol.RTOL_SD * fit.sigma)


@pytest.mark.parametrize("name", IDENTIFIED)
def test_conditional_covariances(name):
    stored, fit = load_case(name)["ranef"], reference_fit(name)
    for group, case in stored.items():
        blocks, first = fit.cond_var(group), 0
        for block in case["cond_var_blocks"]:
            place = slice(first, first + len(block["columns"]))
            first = place.stop
            expected = np.array(block["cond_var"])
            found = blocks[: len(expected), place, place]
            scale = np.abs(expected).max() + tol.RTOL_SD * fit.sigma**2
            np.testing.assert_allclose(found / scale, expected / scale, atol=2 * tol.RTOL_MODES)  # squares of SDs


@pytest.mark.parametrize("name", ALL)
def test_fitted_and_residuals(name):
    case, fit = load_case(name), reference_fit(name)
    size = tol.ATOL_SCALED * fit.sigma
    as_floats = lambda values: np.array(values, dtype=float)  # noqa: E731  None is a padded row
    np.testing.assert_allclose(fit.fitted[:10], as_floats(case["fitted_head"]), atol=size)
    np.testing.assert_allclose(fit.resid()[:10], as_floats(case["residuals_head"]), atol=size)
    scaled = fit.resid(type="scaled")
    np.testing.assert_allclose(scaled[:10], as_floats(case["scaled_residuals_head"]), atol=tol.ATOL_SCALED)
    quantiles = np.nanquantile(scaled, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(quantiles, case["scaled_residuals_quantiles"], atol=2 * tol.ATOL_SCALED)


@pytest.mark.parametrize("name", cases_with("coef"))
def test_coef(name):
    fit = reference_fit(name)
    if name in OVERPARAMETRISED:
        assert list(fit.coef()) == list(load_case(name)["coef"])
        return
    for group, case in load_case(name)["coef"].items():
        frame = fit.coef()[group]
        assert list(frame.columns) == case["columns"]
        rows = frame.loc[case["levels"], case["columns"]]
        size = np.abs(case["values"]).max()
        np.testing.assert_allclose(rows / size, np.array(case["values"]) / size, atol=tol.RTOL_MODES)


@pytest.mark.parametrize("name", cases_with("hatvalues_head"))
def test_hatvalues(name):
    case, fit = load_case(name), reference_fit(name)
    found = fit.hatvalues
    np.testing.assert_allclose(found[:10], np.array(case["hatvalues_head"], dtype=float), atol=tol.ATOL_SCALED)
    if case["hatvalues_sum"] is not None:  # R's sum is NA where na.exclude pads
        assert found.sum() == pytest.approx(case["hatvalues_sum"], rel=tol.RTOL_SD)


@pytest.mark.parametrize("name", cases_with("rePCA_sdev"))
def test_principal_components(name):
    if name in OVERPARAMETRISED:
        assert set(reference_fit(name).repca()) == set(load_case(name)["rePCA_sdev"])
        return
    for group, sds in load_case(name)["rePCA_sdev"].items():
        found = reference_fit(name).repca()[group]["sd"]
        np.testing.assert_allclose(found, sds, atol=tol.RTOL_SD * max(1.0, *sds))
