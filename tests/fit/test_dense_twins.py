"""What a fit reports, against the textbook formulas on n x n matrices at the fitted covariance matrices."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import mixwidget as mw
from mixwidget.fit.sums import model_arrays
from tests import tolerances as tol
from tests.oracles import twins
from tests.oracles.twins_worlds import STRUCTURES, world

OPTIONS = {
    "reml": {"reml": True},
    "ml": {"reml": False},
    "reml-weights-offset": {"reml": True, "weights": "w", "offset": "off"},
}
ALL = [(name, option) for name in STRUCTURES for option in OPTIONS]


@cache
def fitted(name, option):
    """Return a fit, its arrays and its relative covariance matrices."""
    options = OPTIONS[option]
    drawn = world(name, seed=11, n=130, weighted="weights" in options)
    fit = mw.lmer(drawn.formula, drawn.frame, control=mw.Control(warn=False), **options)
    estimates = fit.fit.estimates
    return fit, model_arrays(fit.design, fit.rows), [cov / estimates.sigma**2 for cov in estimates.covariances]


@pytest.mark.parametrize(("name", "option"), ALL)
def test_criterion_and_fixed_effects(name, option):
    fit, arrays, covariances = fitted(name, option)
    assert fit.criterion == pytest.approx(twins.criterion(arrays, covariances, reml=fit.reml), rel=tol.RTOL_DENSE_TWIN)
    beta, vcov, sigma = twins.fixed_effects(arrays, covariances, reml=fit.reml)
    np.testing.assert_allclose(fit.fixef, beta, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(fit.vcov, vcov, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(fit.stderr, np.sqrt(np.diagonal(vcov)), rtol=1e-8)
    assert fit.sigma == pytest.approx(sigma, rel=tol.RTOL_DENSE_TWIN)


@pytest.mark.parametrize(("name", "option"), ALL)
def test_the_optimum_is_stationary(name, option):
    """No small change of any covariance matrix inside the cone lowers the criterion."""
    fit, arrays, covariances = fitted(name, option)
    best = twins.criterion(arrays, covariances, reml=fit.reml)
    rng = np.random.default_rng(0)
    for size in (1e-2, 1e-1):
        for _ in range(6):
            moved = []
            for cov in covariances:
                root = np.linalg.cholesky(cov + 1e-12 * np.eye(len(cov))) + size * np.tril(rng.normal(size=cov.shape))
                moved.append(root @ root.T)
            assert twins.criterion(arrays, moved, reml=fit.reml) > best - 1e-7


@pytest.mark.parametrize(("name", "option"), ALL)
def test_conditional_modes_and_covariances(name, option):
    fit, arrays, covariances = fitted(name, option)
    expected = twins.conditional_modes(arrays, covariances)
    for f, factor in enumerate(fit.design.factors):
        mine = [t for t, term in enumerate(fit.design.terms) if term.factor == f]
        frame = fit.ranef()[factor.label]
        assert list(frame.columns) == [name for t in mine for name in fit.design.terms[t].columns]
        np.testing.assert_allclose(frame, np.column_stack([expected[t] for t in mine]), rtol=1e-7, atol=1e-8)
        blocks = [[twins.conditional_covariance(arrays, covariances, t, u) for u in mine] for t in mine]
        dense = fit.sigma**2 * np.concatenate([np.concatenate(row, axis=2) for row in blocks], axis=1)
        np.testing.assert_allclose(fit.cond_var(factor.label), dense, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(("name", "option"), ALL)
def test_fitted_values_and_leverages(name, option):
    fit, arrays, covariances = fitted(name, option)
    modes = twins.conditional_modes(arrays, covariances)
    mean = arrays.X @ fit.fixef.to_numpy()
    for term, mode in zip(arrays.terms, modes, strict=True):
        mean = mean + (term.z * mode[arrays.factors[term.factor].codes]).sum(axis=1)
    offset = 0.0 if fit.rows.offset is None else fit.rows.offset
    np.testing.assert_allclose(fit.fitted, mean + offset, rtol=1e-8)
    np.testing.assert_allclose(fit.resid(), arrays.y - mean, atol=1e-8)
    root = 1.0 if arrays.weights is None else np.sqrt(arrays.weights)
    np.testing.assert_allclose(fit.resid(type="pearson"), root * (arrays.y - mean), atol=1e-8)
    np.testing.assert_allclose(fit.resid(type="scaled"), root * (arrays.y - mean) / fit.sigma, atol=1e-8)
    np.testing.assert_allclose(fit.hatvalues, twins.leverages(arrays, covariances), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(("name", "option"), ALL)
def test_predictions_and_their_intervals(name, option):
    fit, arrays, covariances = fitted(name, option)
    columns = {"x": [0.5, 3.0, 4.0, -2.0], "z": [1.0, -1.0, 0.0, 7.0], "off": [0.3, 0.0, -1.0, 2.0]}
    new = pd.DataFrame(columns, index=["a", "b", "c", "d"])
    for factor in fit.design.factors:  # two known levels, one new, one known
        new[factor.label] = [factor.levels[0], factor.levels[-1], "unseen", factor.levels[1]]
    found = fit.predict(new, allow_new_levels=True, interval="confidence", level=0.9)
    wider = fit.predict(new, allow_new_levels=True, interval="prediction", level=0.9)
    population = fit.predict(new, re_form="~0", interval="confidence", level=0.9)
    assert list(found.index) == list(new.index)
    offset = np.zeros(4) if fit.rows.offset is None else new["off"].to_numpy()
    modes = twins.conditional_modes(arrays, covariances)
    _, vcov, _ = twins.fixed_effects(arrays, covariances, reml=fit.reml)
    for i in range(len(new)):
        row = {"(Intercept)": 1.0, "x": new["x"].iloc[i], "z": new["z"].iloc[i]}
        x = np.array([row[name] for name in fit.design.x_names])
        mean, places = x @ fit.fixef.to_numpy() + offset[i], []
        np.testing.assert_allclose(population["fit"].iloc[i], mean, rtol=1e-9)
        for t, term in enumerate(fit.design.terms):
            factor = fit.design.factors[term.factor]
            level = new[factor.label].iloc[i]
            known = factor.levels.index(level) if level in factor.levels else None
            z = np.array([row[name] for name in term.columns])
            places.append((known, z))
            mean += 0.0 if known is None else z @ modes[t][known]
        variance = fit.sigma**2 * twins.prediction_error_variance(arrays, covariances, x, places)
        half = norm.ppf(0.95) * np.sqrt([variance, variance + fit.sigma**2, x @ vcov @ x])
        np.testing.assert_allclose(found["fit"].iloc[i], mean, rtol=1e-8)
        widths = [(frame["upr"] - frame["lwr"]).iloc[i] / 2.0 for frame in (found, wider, population)]
        np.testing.assert_allclose(widths, half, rtol=1e-7)


def test_predictions_without_new_data_are_the_fitted_values():
    fit, _, _ = fitted("chain of three and crossed", "reml-weights-offset")
    pd.testing.assert_series_equal(fit.predict(), fit.fitted, check_names=False)
