"""Satterthwaite's df against differences of the dense criterion, and what must not change them."""

import numpy as np
import pytest
from scipy.stats import t as student_t

import mixwidget as mw
from mixwidget.fit.sums import model_arrays
from mixwidget.inference.satterthwaite import satterthwaite
from tests.oracles import twins
from tests.oracles.twins_worlds import STRUCTURES, world

QUIET = mw.Control(warn=False)
RTOL_DIFFERENCES = 2e-4  # the twin's second differences keep about five digits
TESTED = ("one factor", "several terms", "block and a term", "nested", "crossed intercepts", "three crossed")


def regular_fit(name, *, weighted, reml):
    """Return the first fit whose optimum is well inside the cone, where the criterion has ordinary curvature."""
    for seed in range(40):
        drawn = world(name, seed=seed, n=110, weighted=weighted)
        fit = mw.lmer(drawn.formula, drawn.frame, reml=reml, weights="w", control=QUIET)
        if min(sds[-1] for sds in fit.optimum.certificate.relative_sds) > 0.2:
            return fit
    raise AssertionError("no regular fit among forty")


@pytest.mark.parametrize("reml", [True, False], ids=["reml", "ml"])
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weights"])
@pytest.mark.parametrize("name", TESTED)
def test_df_agree_with_the_dense_twin(name, weighted, reml):
    fit = regular_fit(name, weighted=weighted, reml=reml)
    contrasts = np.vstack([np.eye(3), [1.0, 2.0, -1.0]])
    templates = list(fit.fit.estimates.templates)
    expected = twins.satterthwaite_df(model_arrays(fit.design, fit.rows), templates, fit.sigma, contrasts, reml=reml)
    np.testing.assert_allclose(satterthwaite(fit.fit).df(contrasts), expected, rtol=RTOL_DIFFERENCES)
    table = fit.coef_table()
    np.testing.assert_allclose(table["df"], expected[:3], rtol=RTOL_DIFFERENCES)
    np.testing.assert_allclose(table["p"], 2.0 * student_t.sf(np.abs(table["statistic"]), table["df"]), rtol=1e-12)


def test_balanced_one_way_layout_has_the_classical_df():
    """The mean of a balanced one-way layout has J - 1 degrees of freedom, a within-group contrast n - J - 1."""
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(8), 5)
    x = np.tile(np.arange(5.0) - 2.0, 8)
    data = {"y": 2.0 * rng.normal(size=8)[groups] + rng.normal(size=40), "x": x, "g": groups.astype(str)}
    table = mw.lmer("y ~ x + (1 | g)", data).coef_table()
    np.testing.assert_allclose(table["df"], [7.0, 31.0], rtol=1e-6)


def test_without_fixed_effects_the_table_is_empty():
    drawn = world("one factor", fixed="")
    fit = mw.lmer(drawn.formula, drawn.frame, control=QUIET)
    assert fit.coef_table().empty
    assert len(fit.fixef) == 0


def test_residual_and_normal_references():
    drawn = world("one factor", seed=1)
    fit = mw.lmer(drawn.formula, drawn.frame, control=QUIET)
    assert np.all(fit.coef_table(ddf="residual")["df"] == fit.nobs - 3)
    assert np.all(np.isinf(fit.coef_table(ddf="z")["df"]))
    with pytest.raises(mw.errors.OptionError, match="satterthwaite"):
        fit.coef_table(ddf="kenward")


@pytest.mark.parametrize("name", list(STRUCTURES))
def test_df_do_not_depend_on_units(name):
    drawn = world(name, seed=4)
    fit = mw.lmer(drawn.formula, drawn.frame, control=QUIET)
    other = drawn.frame.assign(y=1e3 * drawn.frame["y"], x=1e-3 * drawn.frame["x"], z=50.0 * drawn.frame["z"])
    scaled = mw.lmer(drawn.formula, other, control=QUIET)
    np.testing.assert_allclose(scaled.coef_table()["df"], fit.coef_table()["df"], rtol=1e-3)
