"""What must not change an answer: order, names, units, origins, and other ways of writing the same model."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mixwidget as mw
from tests import tolerances as tol
from tests.oracles.twins_worlds import STRUCTURES, world

QUIET = mw.Control(warn=False)
SLEEP = "Reaction ~ Days + (Days | Subject)"
NAMES = pytest.mark.parametrize("name", STRUCTURES)


def fit_of(formula, data, **options):
    return mw.lmer(formula, data, control=QUIET, **options)


def assert_same(fit, other, *, sd_of_y=1.0, excess=0.0):
    """Hold two fits to one optimum: the criterion (up to a known difference), the variances, the verdict."""
    assert fit.criterion == pytest.approx(other.criterion + excess, abs=tol.ATOL_INVARIANCE)
    assert fit.is_singular == other.is_singular
    assert fit.sigma == pytest.approx(sd_of_y * other.sigma, rel=tol.RTOL_SD)
    assert fit.ngroups == other.ngroups


def assert_same_variances(fit, other, *, sd_of_y=1.0):
    for term, twin in zip(fit.varcorr.terms, other.varcorr.terms, strict=True):
        assert (term.name, term.columns) == (twin.name, twin.columns)
        np.testing.assert_allclose(term.sd, sd_of_y * twin.sd, rtol=tol.RTOL_SD, atol=tol.RTOL_SD * fit.sigma)


@pytest.fixture(scope="module")
def sleep():
    return mw.load_dataset("sleepstudy")


@pytest.fixture(scope="module")
def sleep_fit(sleep):
    return fit_of(SLEEP, sleep)


# --- rows and labels


@NAMES
def test_order_of_rows(name):
    drawn = world(name, seed=31)
    fit = fit_of(drawn.formula, drawn.frame)
    shuffled = drawn.frame.sample(frac=1.0, random_state=1)
    other = fit_of(drawn.formula, shuffled)
    assert_same(other, fit)
    assert_same_variances(other, fit)
    np.testing.assert_allclose(other.fixef, fit.fixef, rtol=tol.RTOL_FIXEF, atol=1e-6)
    np.testing.assert_allclose(other.fitted.loc[fit.fitted.index], fit.fitted, atol=tol.ATOL_SCALED * fit.sigma)


@NAMES
def test_names_of_levels(name):
    """Names decide the order of levels, not the answer for a level."""
    drawn = world(name, seed=32)
    fit = fit_of(drawn.formula, drawn.frame)
    renamed = drawn.frame.copy()
    names = {}
    for factor in fit.ngroups:
        levels = drawn.frame[factor].cat.categories
        shuffled = np.random.default_rng(3).permutation(len(levels))
        names[factor] = {level: f"z {i:03d} \u00e4" for level, i in zip(levels, shuffled, strict=True)}
        renamed[factor] = drawn.frame[factor].astype(str).map(names[factor])
    other = fit_of(drawn.formula, renamed)
    assert_same(other, fit)
    for factor, mapping in names.items():
        modes, twins = fit.ranef()[factor], other.ranef()[factor]
        assert list(twins.index) == sorted(twins.index)
        expected = twins.loc[[mapping[level] for level in modes.index]]
        np.testing.assert_allclose(modes, expected, atol=10 * tol.RTOL_MODES * fit.sigma)


def test_unused_levels_columns_and_index(sleep, sleep_fit):
    other = sleep.assign(more=1.0, Subject=sleep["Subject"].cat.add_categories(["999"]))
    other.index = [f"row {i}" for i in range(len(other))]
    fit = fit_of(SLEEP, other[["more", "Subject", "Days", "Reaction"]])
    assert fit.criterion == sleep_fit.criterion
    assert fit.ngroups == {"Subject": 18}
    assert list(fit.fitted.index) == list(other.index)


def test_kind_of_frame_and_of_column(sleep, sleep_fit):
    polars = pytest.importorskip("polars")
    plain = sleep.assign(Subject=sleep["Subject"].astype(str))
    kinds = [
        plain,
        plain.assign(Subject=plain["Subject"].astype(int)),
        plain.assign(Subject=plain["Subject"].astype("string"), Days=plain["Days"].astype("Int64")),
        plain.assign(Reaction=plain["Reaction"].astype("Float64"), Days=plain["Days"].astype("int8")),
        polars.from_pandas(plain),
        polars.from_pandas(plain).to_arrow(),
        plain.to_dict(orient="list"),
    ]
    for kind in kinds:
        assert fit_of(SLEEP, kind).criterion == pytest.approx(sleep_fit.criterion, abs=1e-9)


# --- units and origins


@NAMES
@pytest.mark.parametrize("unit", [1e6, 1e-6, -1.0])
def test_unit_of_the_response(name, unit):
    drawn = world(name, seed=33)
    fit = fit_of(drawn.formula, drawn.frame)
    other = fit_of(drawn.formula, drawn.frame.assign(y=unit * drawn.frame["y"]))
    excess = 2.0 * (fit.nobs - len(fit.fixef)) * np.log(abs(unit))
    assert_same(other, fit, sd_of_y=abs(unit), excess=excess)
    assert_same_variances(other, fit, sd_of_y=abs(unit))
    np.testing.assert_allclose(other.fixef / unit, fit.fixef, rtol=tol.RTOL_FIXEF, atol=1e-6)
    np.testing.assert_allclose(other.stderr / abs(unit), fit.stderr, rtol=tol.RTOL_FIXEF)


@NAMES
@pytest.mark.parametrize("mean", [1e4, -1e8])
def test_mean_of_the_response(name, mean):
    drawn = world(name, seed=33)
    fit = fit_of(drawn.formula, drawn.frame)
    other = fit_of(drawn.formula, drawn.frame.assign(y=drawn.frame["y"] + mean))
    assert_same(other, fit)
    assert_same_variances(other, fit)
    np.testing.assert_allclose(other.stderr, fit.stderr, rtol=tol.RTOL_FIXEF)
    np.testing.assert_allclose(other.fixef["x"], fit.fixef["x"], rtol=tol.RTOL_FIXEF, atol=1e-6)
    np.testing.assert_allclose(other.resid(), fit.resid(), atol=tol.ATOL_SCALED * fit.sigma)


@pytest.mark.parametrize(
    ("shift", "scale", "criterion"),
    [  # ENGINE.md 2.3, where lme4 ends up to 45 units above or says that the fit is singular
        (2000.0, 1.0, 1743.6283),
        (2008.0, 1.0, 1743.6283),
        (1e5, 1.0, 1743.6283),
        (1e9, 1.0, 1743.6283),
        (1000.0, 1e-4, 1725.2076),
        (0.0, 1e-4, 1725.2076),
        (0.0, 1e4, 1762.0489),
        (0.0, 1e6, 1771.2593),
    ],
)
def test_origin_and_unit_of_days(sleep, sleep_fit, shift, scale, criterion):
    fit = fit_of(SLEEP, sleep.assign(Days=shift + scale * sleep["Days"]))
    assert fit.criterion == pytest.approx(criterion, abs=tol.ATOL_INVARIANCE)
    assert_same(fit, sleep_fit, excess=2.0 * np.log(scale))
    assert fit.fixef["Days"] * scale == pytest.approx(sleep_fit.fixef["Days"], rel=tol.RTOL_FIXEF)
    assert fit.stderr["Days"] * scale == pytest.approx(sleep_fit.stderr["Days"], rel=tol.RTOL_FIXEF)
    slopes, twins = fit.varcorr.terms[0], sleep_fit.varcorr.terms[0]
    assert slopes.sd[1] * scale == pytest.approx(twins.sd[1], rel=tol.RTOL_SD)
    # the elements of the covariance matrix have lost what cancels in origin @ cov @ origin; its factor has not
    at_origin = np.array([1.0, shift]) @ fit.fit.estimates.templates[0] * fit.sigma
    assert at_origin @ at_origin == pytest.approx(twins.cov[0, 0], rel=2 * tol.RTOL_SD)
    np.testing.assert_allclose(fit.fitted, sleep_fit.fitted, atol=tol.ATOL_SCALED * fit.sigma)
    np.testing.assert_allclose(fit.coef_table()["df"].iloc[1], sleep_fit.coef_table()["df"].iloc[1], rtol=tol.RTOL_DF)


@NAMES
@pytest.mark.parametrize(("shift", "scale"), [(2008.0, 1.0), (1e5, 1e4), (-1e5, 1e-4)])
def test_origin_and_unit_of_a_predictor(name, shift, scale):
    """A shift is another basis of (1 + x | g); where x has a term of its own only the unit is free."""
    bars = [columns for _, columns in STRUCTURES[name] if "x" in columns]
    if any("1" not in columns for columns in bars):
        shift = 0.0
    drawn = world(name, seed=34)
    fit = fit_of(drawn.formula, drawn.frame)
    other = fit_of(drawn.formula, drawn.frame.assign(x=shift + scale * drawn.frame["x"]))
    assert_same(other, fit, excess=2.0 * np.log(scale))
    assert other.fixef["x"] * scale == pytest.approx(fit.fixef["x"], rel=tol.RTOL_FIXEF, abs=1e-6)
    np.testing.assert_allclose(other.fitted, fit.fitted, atol=tol.ATOL_SCALED * fit.sigma)


def test_singular_fits_stay_singular():
    """(1 | Batch) of Dyestuff2, whatever the unit; a singular slope, whatever the origin."""
    dyestuff = mw.load_dataset("dyestuff2")
    for unit in (1.0, 1e6, 1e-6):
        fit = fit_of("Yield ~ 1 + (1 | Batch)", dyestuff.assign(Yield=unit * dyestuff["Yield"]))
        assert fit.is_singular
        assert fit.varcorr.terms[0].sd[0] == pytest.approx(0.0, abs=1e-6 * fit.sigma)
    drawn = world("one factor", seed=0)
    noise = pd.Series(np.random.default_rng(9).normal(size=len(drawn.frame)))
    level = noise - noise.groupby(drawn.frame["fine"], observed=True).transform("mean")
    flat = drawn.frame.assign(y=drawn.frame["x"] + level)
    for shift in (0.0, 2008.0, 1e5):
        assert fit_of("y ~ x + (x | fine)", flat.assign(x=flat["x"] + shift)).is_singular


@given(st.floats(-1e5, 1e5), st.floats(-4.0, 4.0))
def test_any_origin_and_unit(shift, exponent):
    drawn = world("one factor", seed=35, n=100)
    fit = fit_of("y ~ x + (x | fine)", drawn.frame)
    scale = 10.0**exponent
    other = fit_of("y ~ x + (x | fine)", drawn.frame.assign(x=shift + scale * drawn.frame["x"]))
    assert_same(other, fit, excess=2.0 * np.log(scale))


def test_unit_of_the_weights():
    """sigma^2 / w: weights ten times as large are a residual variance ten times as large."""
    drawn = world("nested", seed=36, weighted=True)
    for reml in (True, False):
        fit = fit_of(drawn.formula, drawn.frame, weights="w", reml=reml)
        other = fit_of(drawn.formula, drawn.frame.assign(w=10.0 * drawn.frame["w"]), weights="w", reml=reml)
        assert_same(other, fit, sd_of_y=np.sqrt(10.0))
        assert_same_variances(other, fit)
        np.testing.assert_allclose(other.stderr, fit.stderr, rtol=tol.RTOL_FIXEF)


def test_offset_is_subtracted_from_the_response():
    drawn = world("crossed", seed=37)
    fit = fit_of(drawn.formula, drawn.frame, offset="off")
    other = fit_of(drawn.formula, drawn.frame.assign(y=drawn.frame["y"] - drawn.frame["off"]))
    assert fit.criterion == pytest.approx(other.criterion, abs=1e-9)
    np.testing.assert_allclose(fit.fitted - drawn.frame["off"], other.fitted, rtol=1e-9)
    inside = fit_of(drawn.formula + " + offset(off)", drawn.frame)
    assert inside.criterion == pytest.approx(fit.criterion, abs=1e-9)


# --- other ways of writing the same model


@pytest.mark.parametrize(
    "same",
    [
        "y ~ x + (1 | cr) + (1 + x | fine)",
        "y ~ x + (1 + x | fine) + (1 | cr)",
        "y ~ (x | fine) + x + (1 | cr)",
        "y ~ 1 + x + (x + 1 | fine) + (1 | cr)",
    ],
)
def test_order_of_terms(same):
    drawn = world("crossed", seed=38)
    fit = fit_of("y ~ x + (x | fine) + (1 | cr)", drawn.frame)
    other = fit_of(same, drawn.frame)
    assert_same(other, fit)
    assert {t.group: sorted(t.sd.round(3)) for t in other.varcorr.terms} == {
        t.group: sorted(t.sd.round(3)) for t in fit.varcorr.terms
    }


def test_ways_to_write_a_nested_factor():
    drawn = world("nested", seed=39)
    frame = drawn.frame.assign(inner=[f"i{i}" for i in drawn.frame["fine"].cat.codes % 4])
    frame["own"] = frame["mid"].astype(str) + "/" + frame["inner"]
    fit = fit_of("y ~ x + (1 | mid/inner)", frame)
    for same in ("(1 | mid) + (1 | mid:inner)", "(1 | inner:mid) + (1 | mid)", "(1 | mid) + (1 | own)"):
        other = fit_of(f"y ~ x + {same}", frame)
        assert other.criterion == pytest.approx(fit.criterion, abs=tol.ATOL_INVARIANCE)
        assert sorted(other.ngroups.values()) == sorted(fit.ngroups.values())


def test_coding_of_a_factor_within_a_bar():
    """(1 + f | g) and (0 + f | g) span the same columns; so do a slope and its centred twin."""
    drawn = world("one factor", seed=40)
    frame = drawn.frame.assign(f=np.where(drawn.frame["z"] > -1.0, "high", "low"))
    frame["centred"] = frame["x"] - frame["x"].mean()
    fit = fit_of("y ~ f + (1 + f | fine)", frame)
    assert_same(fit_of("y ~ f + (0 + f | fine)", frame), fit)
    assert_same(fit_of("y ~ centred + (centred | fine)", frame), fit_of("y ~ x + (x | fine)", frame))


@pytest.mark.parametrize("coding", ["treatment", "sum", "helmert", "poly"])
def test_coding_of_a_fixed_factor(coding):
    """Other contrasts are another basis of X: under ML the criterion is the same, under REML less log|A|^2."""
    drawn = world("nested", seed=41)
    frame = drawn.frame.assign(f=np.array(["a", "b", "c"])[np.arange(len(drawn.frame)) % 3])
    for reml in (False, True):
        fit = fit_of("y ~ x + f + (x | fine)", frame, reml=reml)
        other = fit_of("y ~ x + f + (x | fine)", frame, reml=reml, contrasts={"f": coding})
        change = np.linalg.lstsq(fit.rows.X, other.rows.X, rcond=None)[0]
        excess = 2.0 * np.linalg.slogdet(change)[1] if reml else 0.0
        assert_same(other, fit, excess=excess)
        assert_same_variances(other, fit)
        np.testing.assert_allclose(change @ other.fixef, fit.fixef, rtol=tol.RTOL_FIXEF, atol=1e-6)


def test_double_bar_is_one_term_for_each_column():
    drawn = world("several terms", seed=42)
    fit = fit_of("y ~ x + z + (x + z || fine)", drawn.frame)
    assert_same(fit_of("y ~ x + z + (1 | fine) + (0 + x | fine) + (0 + z | fine)", drawn.frame), fit)
    frame = drawn.frame.assign(f=pd.Categorical(np.where(drawn.frame["z"] > -1.0, "high", "low")))
    split = fit_of("y ~ f + (0 + f || fine)", frame)
    frame["high"], frame["low"] = (frame["f"] == "high") * 1.0, (frame["f"] == "low") * 1.0
    assert_same(fit_of("y ~ f + (0 + high | fine) + (0 + low | fine)", frame), split)


def test_more_starts_change_nothing(sleep, sleep_fit):
    for start in (sleep_fit.theta, [1.0, 0.0, 1.0], [30.0, 0.0, 5.0], [0.0, 0.0, 0.0]):
        fit = mw.lmer(SLEEP, sleep, start=start, control=QUIET)
        assert_same(fit, sleep_fit)
        assert fit.verdict.code == "converged"
