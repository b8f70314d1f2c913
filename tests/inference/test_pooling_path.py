"""Between complete and no pooling: the fit in the middle, regressions at both ends, lme4 and dense algebra between."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import mixwidget as mw
from mixwidget.errors import OptionError
from mixwidget.fit.sums import model_arrays
from mixwidget.inference.generalized_pooling import GeneralizedStops
from mixwidget.inference.linear_pooling import LinearStops
from mixwidget.inference.pooling_path import FEWER_STOPS, N_STOPS, pooling_path
from mixwidget.inference.pooling_plane import ShrinkageRequest, pooling_plane
from tests.oracles import twins
from tests.tolerances import ATOL_OPTIMUM, RTOL_DENSE_TWIN, RTOL_MODES, RTOL_SD

CBPP = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
SLEEP = "Reaction ~ Days + (Days | Subject)"
LINEAR = {
    "sleep": ("sleepstudy_incomplete", SLEEP),
    "diagonal": ("sleepstudy_incomplete", "Reaction ~ Days + (Days || Subject)"),
    "intercept": ("sleepstudy_incomplete", "Reaction ~ Days + (1 | Subject)"),
    "no fixed slope": ("sleepstudy", "Reaction ~ 1 + (Days | Subject)"),
    "hsb": ("hsb", "math ~ ses + sector + (ses | school)"),
    "singular": ("hsb", "math ~ ses * sector + (ses | school)"),
    "penicillin": ("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)"),
    "pastes": ("pastes", "strength ~ 1 + (1 | batch / cask)"),
}
GENERALIZED = {
    "cbpp": ("cbpp", CBPP),
    "crowding": ("crowding_sim", "ResponseCorrect ~ Size + (Size | Subject)"),
}
RTOL_LIMIT = 1e-7  # own estimates of levels with two rows: the least that a level knows about a direction sets it


@cache
def data_of(name):
    return mw.load_dataset(name).rename(columns={"sch.id": "school"})


@cache
def model(name, **options):
    data, formula = {**LINEAR, **GENERALIZED}[name]
    make = mw.glmer if name in GENERALIZED else mw.lmer
    return make(formula, data_of(data), control=mw.Control(warn=False), **options)


@cache
def path_of(name, factor=0):
    return pooling_path(model(name).fit, factor)


@pytest.mark.parametrize("name", [*LINEAR, *GENERALIZED])
def test_the_middle_is_the_fit(name):
    one = model(name)
    for factor, label in enumerate(one.fit.design.ngroups):
        path = path_of(name, factor)
        i = path.middle
        assert path.scale[i] == 1.0
        assert path.criterion[i] == one.criterion
        assert path.sigma[i] == one.sigma
        assert path.beta[i].tolist() == one.fixef.tolist()
        coef = one.coef()[label][list(path.columns)].to_numpy().T
        assert path.coef[i] == pytest.approx(coef, rel=1e-9)


@pytest.mark.parametrize("name", [*LINEAR, *GENERALIZED])
def test_the_way_goes_through_the_fit(name):
    fit, path = model(name).fit, path_of(name)
    stops = (GeneralizedStops if name in GENERALIZED else LinearStops)(fit, 0)
    at, i, rtol = stops.at(1.0), path.middle, 1e-4 if name in GENERALIZED else 1e-9
    assert at.criterion == pytest.approx(path.criterion[i], abs=ATOL_OPTIMUM)
    assert at.coef == pytest.approx(path.coef[i], rel=rtol)
    assert at.covariance == pytest.approx(path.covariance[i], rel=rtol, abs=1e-9)
    assert (path.criterion >= path.criterion[i] - ATOL_OPTIMUM).all()
    assert (path.fine_criterion >= path.criterion[i] - ATOL_OPTIMUM).all()
    assert (np.diff(path.fine_place) > 0.0).all()


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("sleep", lambda d: sm.OLS.from_formula("Reaction ~ Days", d)),
        ("hsb", lambda d: sm.OLS.from_formula("math ~ ses + sector", d)),
        ("crowding", lambda d: sm.GLM.from_formula("ResponseCorrect ~ Size", d, family=sm.families.Binomial())),
        (
            "cbpp",
            lambda d: sm.GLM.from_formula(
                "incidence + I(size - incidence) ~ C(period)", d, family=sm.families.Binomial()
            ),
        ),
    ],
)
def test_complete_pooling_is_the_regression_without_groups(name, plain):
    path, data = path_of(name), data_of({**LINEAR, **GENERALIZED}[name][0])
    found = plain(data).fit()
    assert path.beta[0] == pytest.approx(found.params.to_numpy(), rel=1e-5 if name in GENERALIZED else 1e-9)
    assert path.coef[0] == pytest.approx(np.tile(path.centre[0][:, None], path.coef.shape[2]), rel=1e-12)
    if name in LINEAR:
        assert path.sigma[0] ** 2 == pytest.approx(found.mse_resid, rel=1e-9)
    else:
        assert path.criterion[0] - path.criterion[path.middle] == pytest.approx(
            -2.0 * found.llf - model(name).criterion, abs=1e-4
        )


def test_complete_pooling_of_one_of_two_factors_keeps_the_other():
    """The spread of the plates relative to sigma stays; the samples are gone."""
    fit, path = model("penicillin").fit, path_of("penicillin", 1)
    arrays = model_arrays(fit.design, fit.rows)
    covariances = [t @ t.T for t in fit.estimates.templates]
    covariances[1] = covariances[1] * 0.0
    assert path.criterion[0] == pytest.approx(twins.criterion(arrays, covariances, reml=True), rel=RTOL_DENSE_TWIN)
    assert path.coef[0] == pytest.approx(np.full((1, 6), path.beta[0, 0]), rel=1e-12)


@pytest.mark.parametrize(("name", "factor"), [("sleep", 0), ("diagonal", 0), ("penicillin", 0), ("pastes", 1)])
def test_the_criterion_is_that_of_dense_algebra(name, factor):
    fit, path = model(name).fit, path_of(name, factor)
    arrays = model_arrays(fit.design, fit.rows)
    for i in (3, 12, 25, 39):
        covariances = [
            t @ t.T * (path.scale[i] ** 2 if term.factor == factor else 1.0)
            for t, term in zip(fit.estimates.templates, fit.design.terms, strict=True)
        ]
        assert path.criterion[i] == pytest.approx(twins.criterion(arrays, covariances, reml=True), rel=RTOL_DENSE_TWIN)


# R 4.2.2, lme4 1.1-31: theta of lmer (bobyqa, rhoend 1e-12), then f <- update(m, devFunOnly = TRUE) and f(k theta) for
# k = 0, 1/3, 1, 3, 39, where only the factor's own theta is multiplied; penicillin with REML = FALSE
LME4 = {
    ("sleep", 0): (1923.2297180056, 1817.7612824231, 1771.4477841040, 1808.6337604535, 1989.2609623016),
    ("hsb", 0): (46946.754972057, 46772.795346065, 46601.854587637, 46802.232999783, 48227.394055746),
    ("penicillin", 0): (440.23507559434, 374.67014319253, 332.18834866850, 359.77111931624, 478.45293409413),
    ("penicillin", 1): (650.56892378350, 359.39086760388, 332.18834866850, 339.91882357276, 370.00341331080),
}
RTOL_LME4_RISE = 1e-4  # both thetas are optima, known to about 1e-5: the rise moves with twice that


@pytest.mark.parametrize("case", LME4, ids=lambda case: f"{case[0]} {case[1]}")
def test_the_criterion_rises_as_in_lme4(case):
    name, factor = case
    one = model(name) if name != "penicillin" else model(name, reml=False)
    path = pooling_path(one.fit, factor)
    chosen = np.searchsorted(path.place, [0.0, 0.25, 0.5, 0.75, 0.975])
    rise = np.array(LME4[case]) - LME4[case][2]
    assert path.criterion[chosen] - one.criterion == pytest.approx(rise, rel=RTOL_LME4_RISE, abs=1e-6)


# The same for glmer(CBPP): f(c(k theta, beta)) minimised over beta by optim(BFGS, reltol 1e-15) for k = 0, 1/3, 3, 39
LME4_CBPP = [
    (0.0, 198.05839897873, [-1.26902345710, -1.17076278724, -1.30140539832, -1.78227874380]),
    (0.25, 192.54185347584, [-1.28875206799, -1.11848007882, -1.25079263773, -1.72243728323]),
    (0.75, 198.711324891014, [-1.512602074367, -0.926603581131, -1.066311456619, -1.506396651472]),
    (0.975, 272.247290147825, [-1.542725579572, -0.914665837457, -1.055077891777, -1.492517735892]),
]


@pytest.mark.parametrize(("place", "criterion", "beta"), LME4_CBPP)
def test_the_laplace_criterion_rises_as_in_lme4_with_beta_estimated_again(place, criterion, beta):
    path = path_of("cbpp")
    i = int(np.searchsorted(path.place, place))
    # lme4's optimum is at theta 0.64207, ours at 0.64226
    assert path.criterion[i] - path.criterion[path.middle] == pytest.approx(criterion - 184.05313277610, abs=0.1)
    assert path.beta[i] == pytest.approx(beta, abs=2e-3)


# The same for sleepstudy and SLEEP, then mkMerMod(environment(f), list(par = k theta, ...)): coef()$Subject["335", ],
# sigma and the standard deviations at k = 1/3, 1, 3
LME4_335 = [
    (0.25, [240.07001869313, 4.29514864366], 33.15402, [10.68369, 2.557361]),
    (0.5, [251.07140889677, -0.28487312623], 25.59182, [24.74045, 5.922133]),
    (0.75, [261.00552522548, -2.46497852468], 23.39682, [67.85542, 16.24259]),
]


@pytest.mark.parametrize(("place", "coef", "sigma", "sd"), LME4_335)
def test_a_level_stands_where_lme4_has_it(place, coef, sigma, sd):
    fit = mw.lmer(SLEEP, data_of("sleepstudy")).fit
    path = pooling_path(fit, 0)
    i, level = int(np.searchsorted(path.place, place)), fit.design.factors[0].levels.index("335")
    assert path.coef[i, :, level] == pytest.approx(coef, rel=RTOL_MODES, abs=1e-3)
    assert path.sigma[i] == pytest.approx(sigma, rel=RTOL_SD)
    assert np.sqrt(np.diagonal(path.covariance[i])) == pytest.approx(sd, rel=RTOL_SD)


def test_without_pooling_each_level_has_its_own_least_squares_line():
    path, data = path_of("sleep"), data_of("sleepstudy_incomplete")
    for j, level in enumerate(model("sleep").fit.design.factors[0].levels):
        mine = data[data["Subject"].astype(str) == level]
        if len(mine) > 1:
            assert path.coef[-1, :, j] == pytest.approx(
                np.polyfit(mine["Days"], mine["Reaction"], 1)[::-1], rel=RTOL_LIMIT
            )
        assert path.is_own[j].tolist() == [True, len(mine) > 1]


def test_without_pooling_intercepts_are_those_of_a_regression_on_the_levels():
    path, data = path_of("intercept"), data_of("sleepstudy_incomplete")
    levels = model("intercept").fit.design.factors[0].levels
    X = np.column_stack([*(data["Subject"].astype(str) == level for level in levels), data["Days"]]).astype(float)
    found, *_ = np.linalg.lstsq(X, data["Reaction"].to_numpy(), rcond=None)
    assert path.coef[-1, 0] == pytest.approx(found[:-1], rel=RTOL_LIMIT)
    assert path.beta[-1, 1] == pytest.approx(found[-1], rel=RTOL_LIMIT)


def test_without_pooling_each_level_has_its_own_logistic_regression():
    path, data = path_of("crowding"), data_of("crowding_sim")
    for j, level in enumerate(model("crowding").fit.design.factors[0].levels):
        mine = data[data["Subject"].astype(str) == level]
        found = sm.GLM(mine["ResponseCorrect"], sm.add_constant(mine["Size"]), family=sm.families.Binomial()).fit()
        assert path.coef[-1, :, j] == pytest.approx(found.params.to_numpy(), rel=RTOL_LIMIT)


def test_a_level_with_one_row_fits_anywhere_on_a_line():
    plane = pooling_plane(model("sleep").fit, ShrinkageRequest())
    levels = [model("sleep").fit.design.factors[0].levels[i] for i in plane.open_levels]
    data = data_of("sleepstudy_incomplete")
    rows = data[data["Subject"].astype(str) == "373"]
    assert levels == ["373"]
    (a, b, c) = plane.open_lines[0]
    assert (b / a, c / a) == pytest.approx((rows["Days"].iloc[0], rows["Reaction"].iloc[0]), abs=1e-9)
    assert np.isnan(plane.own[:, plane.open_levels]).all()


def test_the_line_of_a_level_whose_rows_share_one_day_goes_through_their_mean():
    data = data_of("sleepstudy")
    few = data[~((data["Subject"].astype(str) == "310") & ~data["Days"].isin([4]))]
    more = few[few["Subject"].astype(str) == "310"].assign(Reaction=lambda d: d["Reaction"] + 10.0)
    fit = mw.lmer(SLEEP, pd.concat([few, more]), control=mw.Control(warn=False)).fit
    plane = pooling_plane(fit, ShrinkageRequest())
    a, b, c = plane.open_lines[0]
    assert (b / a, c / a) == pytest.approx((4.0, more["Reaction"].iloc[0] - 5.0), rel=1e-6)


def test_a_singular_fit_keeps_its_line_at_all_stops():
    path = path_of("singular")
    for i in (5, 20, 35, 40):
        deviations = path.coef[i] - path.centre[i][:, None]
        _, values, _ = np.linalg.svd(deviations / np.abs(deviations).max(axis=1, keepdims=True))
        assert values[1] <= 1e-5 * values[0]


def test_a_spread_of_zero_moves_nothing():
    path = pooling_path(mw.lmer("Yield ~ 1 + (1 | Batch)", data_of("dyestuff2"), control=mw.Control(warn=False)).fit, 0)
    assert np.ptp(path.coef) < 1e-12
    assert path.criterion == pytest.approx(np.full(N_STOPS, path.criterion[0]), rel=1e-14)


def test_levels_with_only_zeros_have_no_finite_estimate_of_their_own():
    data = data_of("grouseticks")
    path = pooling_path(
        mw.glmer(
            "TICKS ~ HEIGHT + (1 | BROOD)",
            data.assign(HEIGHT=data["HEIGHT"] / 100.0),
            family="poisson",
            control=mw.Control(warn=False),
        ).fit,
        0,
    )
    total = data.groupby(data["BROOD"].astype(str))["TICKS"].sum()
    levels = mw.lmer("TICKS ~ 1 + (1 | BROOD)", data, control=mw.Control(warn=False)).fit.design.factors[0].levels
    is_zero = (total.loc[list(levels)] == 0).to_numpy()
    assert is_zero.sum() > 10
    assert not path.is_own[is_zero].any()


def test_units_and_names_of_levels_change_nothing_else():
    data, path = data_of("sleepstudy_incomplete"), path_of("sleep")
    moved = data.assign(
        Reaction=data["Reaction"] / 1000.0, Days=data["Days"] * 24.0, Subject="z" + data["Subject"].astype(str)
    )
    other = pooling_path(mw.lmer(SLEEP, moved, control=mw.Control(warn=False)).fit, 0)
    units = np.array([1e3, 1e3 * 24.0])
    assert other.coef * units[:, None] == pytest.approx(path.coef, rel=1e-4)
    assert other.criterion[:-1] - other.criterion[20] == pytest.approx(
        path.criterion[:-1] - path.criterion[20], abs=1e-2
    )
    assert (other.is_own == path.is_own).all()


def test_a_prior_counts_in_what_is_lowest_at_the_estimate():
    fit = mw.lmer(SLEEP, data_of("sleepstudy"), cov_prior="wishart").fit
    path = pooling_path(fit, 0)
    assert path.criterion[path.middle] == pytest.approx(fit.criterion + fit.optimum.evaluation.penalty)
    assert (path.criterion >= path.criterion[path.middle] - ATOL_OPTIMUM).all()
    assert path.criterion[0] == np.inf
    assert path.beta[0] == pytest.approx(
        np.polyfit(data_of("sleepstudy")["Days"], data_of("sleepstudy")["Reaction"], 1)[::-1]
    )


def test_many_levels_have_fewer_stops():
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(1001), 3)
    data = pd.DataFrame({"g": group, "y": rng.normal(size=len(group)) + rng.normal(size=1001)[group]})
    path = pooling_path(mw.lmer("y ~ 1 + (1 | g)", data).fit, 0)
    assert path.coef.shape == (FEWER_STOPS, 1, 1001)
    assert path.coef[-1, 0] == pytest.approx(data.groupby("g")["y"].mean().to_numpy(), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (ShrinkageRequest("Subjct"), "shrinkage: 'Subjct' is no grouping factor of this fit; did you mean 'Subject'?"),
        (ShrinkageRequest(x_term="Day"), "shrinkage: 'Day' does not vary by 'Subject'; did you mean 'Days'?"),
        (ShrinkageRequest(x_term="Days", y_term="Days"), "shrinkage: both axes are 'Days'"),
    ],
)
def test_what_cannot_be_shown_is_said(request_, message):
    with pytest.raises(OptionError) as caught:
        pooling_plane(model("sleep").fit, request_)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        (ShrinkageRequest(), ("(Intercept)", "Days")),
        (ShrinkageRequest(x_term="Days"), ("Days", "(Intercept)")),
        (ShrinkageRequest(y_term="(Intercept)"), ("Days", "(Intercept)")),
    ],
)
def test_the_axes_are_chosen_by_name(request_, names):
    plane = pooling_plane(model("sleep").fit, request_)
    assert plane.names == names
    assert plane.centre[plane.path.middle].tolist() == [dict(model("sleep").fixef)[name] for name in names]
