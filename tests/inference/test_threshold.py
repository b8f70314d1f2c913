"""Thresholds: against R, in the units of the data whatever the formula does to them, and of made data."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit, ndtr

import mixwidget as mw
from mixwidget.errors import MixwidgetError
from mixwidget.fit.conditional_draws import conditional_draws
from mixwidget.fit.ranef import cond_var, ranef
from mixwidget.inference.crossings import brackets, roots
from tests.oracles import load_case
from tests.tolerances import RTOL_GENERALIZED, RTOL_GENERALIZED_MODES

P = 0.625
RTOL_LME4_SE = 1e-3  # lme4's own numerical Hessian: standard errors differ from the exact ones by up to 3e-4 here
FORMULAS = {
    "crowding_reduced": "ResponseCorrect ~ 1 + Size * Cond_dev + (1 + Size + Cond_dev || Subject)",
    "crowding_zcp": "ResponseCorrect ~ 1 + Size * Cond_dev + (1 + Size * Cond_dev || Subject)",
    "crowding_max": "ResponseCorrect ~ 1 + Size * Cond_dev + (1 + Size * Cond_dev | Subject)",
}

# R 4.2.2, lme4 1.1-31 (bobyqa, rhoend 1e-9, tolPwrss 1e-12): uniroot on fixed effects + modes, and by dense matrices
# se = sqrt(z'Nz + (x - B'z)'V(x - B'z)) / |slope|; N = L (L'Z'WZ L + I)^-1 L', L = Lambda, B = N Z'WX, V = vcov(m)
SUBJECTS_IN_R = [  # model, subject, Cond_dev, threshold, se
    ("crowding_reduced", "1", -0.5, -0.48736119927, 0.059982204228),
    ("crowding_reduced", "2", 0.5, -0.017402080134, 0.080094384427),
    ("crowding_reduced", "5", 0.5, 0.70267196994, 0.093440243569),
    ("crowding_zcp", "1", -0.5, -0.4955838197, 0.064400692965),
    ("crowding_zcp", "2", 0.5, -0.017504626845, 0.077803383852),
    ("crowding_zcp", "5", 0.5, 0.76784149389, 0.11758547504),
]

# the same by R: for cbpp the period as a number
OTHERS_IN_R = {  # threshold and se
    "probit": (0.1, [(2.3605882737, 0.4073056684)]),
    "cloglog": (0.1, [(2.2290661649, 0.38153170206)]),
    "poisson": (
        3.0,
        [(437.5436090204, 8.3301156809), (485.1377098106, 7.4297633772), (395.5960167208, 11.250500559)],
    ),
}


@cache
def fitted(formula, data="crowding_sim", **options):
    """Return a fit that several tests look at."""
    frame = mw.load_dataset(data)
    if data == "cbpp":
        frame["t"] = frame["period"].astype(int)
    if data == "crowding_sim":
        frame["Turned"] = -frame["SizeRaw"]
    return mw.glmer(formula, frame, control=mw.Control(warn=False), **options)


def made(link, n_subjects=24, n_trials=60, seed=5):
    """Return trials of subjects whose thresholds at 0.5 (cloglog: at 1 - 1/e) are 1.2 plus those of `shift`."""
    random = np.random.default_rng(seed)
    shift = random.normal(0.0, 0.4, n_subjects)
    x = random.uniform(0.0, 2.4, (n_subjects, n_trials))
    eta = 2.5 * (x - 1.2 - shift[:, None])
    mean = {"logit": expit, "probit": ndtr, "cloglog": lambda at: 1.0 - np.exp(-np.exp(at))}[link](eta)
    y = (random.uniform(size=mean.shape) < mean).astype(int)
    subject = np.repeat([f"s{i:02d}" for i in range(n_subjects)], n_trials)
    return pd.DataFrame({"y": y.ravel(), "x": x.ravel(), "subject": subject}), 1.2 + shift


@pytest.mark.parametrize("name", FORMULAS)
def test_population_thresholds_are_those_of_the_stored_coefficients(name):
    fixef = load_case(name)["fixef"]
    beta, vcov = np.array(fixef["estimate"]), np.array(fixef["vcov"])
    table = fitted(FORMULAS[name]).threshold(P, "Size", "Cond_dev")
    for row, c in zip(table.itertuples(), (-0.5, 0.5), strict=True):
        slope = beta[1] + c * beta[3]
        at = (logit(P) - beta[0] - c * beta[2]) / slope
        x = np.array([1.0, at, c, c * at])
        assert row.threshold == pytest.approx(at, rel=RTOL_GENERALIZED, abs=1e-5)
        assert row.se == pytest.approx(np.sqrt(x @ vcov @ x) / slope, rel=RTOL_GENERALIZED)
        assert row.slope == pytest.approx(P * (1 - P) * slope, rel=RTOL_GENERALIZED)
        assert (row.lower, row.upper) == pytest.approx(
            (row.threshold - 1.959964 * row.se, row.threshold + 1.959964 * row.se)
        )


@pytest.mark.parametrize("name", FORMULAS)
def test_thresholds_of_subjects_are_those_of_the_stored_coef(name):
    coef = np.array(load_case(name)["coef"]["Subject"]["values"])
    table = fitted(FORMULAS[name]).threshold(P, "Size", "Cond_dev", "Subject")
    for c in (-0.5, 0.5):
        expected = (logit(P) - coef[:, 0] - c * coef[:, 2]) / (coef[:, 1] + c * coef[:, 3])
        found = table.loc[table["Cond_dev"] == c, "threshold"]
        assert found.to_numpy() == pytest.approx(expected, rel=RTOL_GENERALIZED_MODES, abs=1e-4)


@pytest.mark.parametrize(("name", "subject", "c", "at", "se"), SUBJECTS_IN_R)
def test_errors_of_subjects_are_those_of_dense_matrices_in_r(name, subject, c, at, se):
    table = fitted(FORMULAS[name]).threshold(P, "Size", "Cond_dev", "Subject")
    row = table[(table["Subject"] == subject) & (table["Cond_dev"] == c)].iloc[0]
    assert row["threshold"] == pytest.approx(at, abs=1e-5)
    assert row["se"] == pytest.approx(se, rel=RTOL_LME4_SE)


@pytest.mark.parametrize("name", OTHERS_IN_R)
def test_other_links_and_families_agree_with_r(name):
    p, expected = OTHERS_IN_R[name]
    if name == "poisson":
        table = fitted("TICKS ~ scale(HEIGHT) + YEAR + (1|BROOD)", "grouseticks", family="poisson").threshold(
            p, by="YEAR"
        )
    else:
        table = fitted("cbind(incidence, size - incidence) ~ t + (1|herd)", "cbpp", link=name).threshold(p)
    assert table[["threshold", "se"]].to_numpy() == pytest.approx(np.array(expected), rel=RTOL_LME4_SE)


SAME_LINE = ["Size", "scale(SizeRaw)", "I(SizeRaw - 3)", "I(10 * SizeRaw)", "poly(SizeRaw, 1)", "scale(Turned)"]


@pytest.mark.parametrize("column", SAME_LINE)
@pytest.mark.parametrize("group", [None, "Subject"])
def test_thresholds_are_in_the_units_of_the_data(column, group):
    plain = fitted("ResponseCorrect ~ SizeRaw * Condition + (SizeRaw | Subject)")
    other = fitted(f"ResponseCorrect ~ {column} * Condition + ({column} | Subject)")
    centre = (plain.fit.call.frame["SizeRaw"] - plain.fit.call.frame["Size"]).iloc[0] if column == "Size" else 0.0
    sign = -1.0 if "Turned" in column else 1.0
    expected, found = (fit.threshold(P, by="Condition", group=group) for fit in (plain, other))
    assert sign * found["threshold"].to_numpy() + centre == pytest.approx(expected["threshold"].to_numpy(), rel=1e-4)
    assert found["se"].to_numpy() == pytest.approx(expected["se"].to_numpy(), rel=1e-3)
    assert sign * found["slope"].to_numpy() == pytest.approx(expected["slope"].to_numpy(), rel=1e-3)


def test_a_logarithm_in_the_formula_is_taken_back():
    fit = fitted("ResponseCorrect ~ log(SizeRaw) + (1 | Subject)")
    (a, b), vcov = fit.fixef.to_numpy(), fit.vcov.to_numpy()
    at = np.exp((logit(P) - a) / b)
    row = fit.threshold(P).iloc[0]
    x = np.array([1.0, np.log(at)])
    assert row["threshold"] == pytest.approx(at, rel=1e-9)
    assert row["se"] == pytest.approx(np.sqrt(x @ vcov @ x) * at / b, rel=1e-6)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_known_thresholds_are_found_within_their_intervals(link):
    data, true = made(link)
    fit = mw.glmer("y ~ x + (1 | subject)", data, link=link)
    p = 1.0 - np.exp(-1.0) if link == "cloglog" else 0.5
    population, subjects = fit.threshold(p).iloc[0], fit.threshold(p, group="subject")
    assert abs(population["threshold"] - 1.2) < 3.0 * population["se"]
    covered = (subjects["lower"] <= true) & (true <= subjects["upper"])
    assert covered.mean() >= 0.8  # of 24 intervals of 95 %
    assert np.corrcoef(subjects["threshold"], true)[0, 1] > 0.9


def test_a_lower_asymptote_moves_the_mean_that_is_to_be_reached():
    fit = fitted("ResponseCorrect ~ SizeRaw + (1 | Subject)")
    plain, guessed = fit.threshold(0.5), fit.threshold(P, guess=0.25)
    assert guessed["threshold"].iloc[0] == pytest.approx(plain["threshold"].iloc[0], rel=1e-12)
    assert guessed["slope"].iloc[0] == pytest.approx(0.75 * plain["slope"].iloc[0], rel=1e-12)
    assert "p = 0.25 + 0.75 times the model's mean, which must reach 0.5." in str(guessed)


def test_other_variables_are_held_or_averaged_and_said():
    fit = fitted("ResponseCorrect ~ SizeRaw + Condition + Cond_dev:SizeRaw + (1 | Subject)")
    assert "Averaged over the levels of Condition" in str(fit.threshold(P, "SizeRaw", at={"Cond_dev": 0.0}))
    by_hand = fit.threshold(P, "SizeRaw", at={"Cond_dev": -0.5, "Condition": "uncrowded"})
    both = fit.threshold(P, "SizeRaw", by=["Condition", "Cond_dev"])
    assert by_hand["threshold"].iloc[0] == pytest.approx(both["threshold"].iloc[0], rel=1e-12)


def test_each_row_says_where_the_curve_does_not_simply_reach_p():
    data, _ = made("logit")
    random = np.random.default_rng(1)
    data["bend"] = (random.uniform(size=len(data)) < expit(2.0 - 4.0 * (data["x"] - 1.2) ** 2)).astype(int)
    data["flat"] = (random.uniform(size=len(data)) < 0.5).astype(int)
    line = mw.glmer("y ~ x + (1 | subject)", data).threshold(0.995).iloc[0]
    assert line["threshold"] > data["x"].max()
    assert line["note"] == "beyond the data"
    bend = mw.glmer("bend ~ poly(x, 2) + (1 | subject)", data)
    twice = bend.threshold(0.6).iloc[0]
    other = float(twice["note"].removeprefix("also at "))
    means = bend.predict({"x": [twice["threshold"], other]}, re_form="~0", type="response")
    assert means.to_numpy() == pytest.approx(0.6, abs=2e-3)  # the note has four digits
    never = bend.threshold(0.999).iloc[0]
    assert never["note"].startswith("not reached: means of 0.")
    assert never[["threshold", "se", "lower", "upper", "slope"]].isna().all()
    flat = mw.glmer("flat ~ x + (1 | subject)", data, control=mw.Control(warn=False)).threshold(0.5).iloc[0]
    assert np.isnan(flat["threshold"]) or "slope near 0" in flat["note"]


def test_levels_have_the_cells_that_the_data_have():
    data = mw.load_dataset("crowding_sim")
    odd = data["Subject"].isin(["1", "3", "5", "7", "9"])
    between = data[odd == (data["Condition"] == "crowded")]
    table = mw.glmer("ResponseCorrect ~ SizeRaw * Condition + (1 | Subject)", between).threshold(
        P, by="Condition", group="Subject"
    )
    assert len(table) == 10
    assert set(table.loc[table["Condition"] == "crowded", "Subject"]) == {"1", "3", "5", "7", "9"}


def test_a_bootstrap_gives_percentiles_near_the_delta_method():
    data, _ = made("logit", n_subjects=10, n_trials=40)
    fit = mw.glmer("y ~ x + (1 | subject)", data)
    delta = fit.threshold(0.5).iloc[0]
    boot = fit.threshold(0.5, method="boot", n=25, seed=3, progress=False)
    few, again = (fit.threshold(0.5, method="boot", n=4, seed=3, progress=False) for _ in range(2))
    assert few.equals(again)
    assert boot["se"].iloc[0] == pytest.approx(delta["se"], rel=0.5)
    assert boot["lower"].iloc[0] < boot["threshold"].iloc[0] < boot["upper"].iloc[0]
    assert "25 replicates." in str(boot)


def test_thresholds_of_levels_are_drawn_given_their_data():
    data, true = made("logit", n_subjects=10, n_trials=60)
    fit = mw.glmer("y ~ x + (x || subject)", data, control=mw.Control(warn=False))
    delta = fit.threshold(0.5, group="subject")
    given = {"method": "boot", "group": "subject", "seed": 3, "progress": False}
    boot, few, again = (fit.threshold(0.5, n=n, **given) for n in (60, 4, 4))
    assert few.equals(again)
    assert boot["threshold"].equals(delta["threshold"])
    assert boot["se"].to_numpy() == pytest.approx(delta["se"].to_numpy(), rel=0.6)
    assert np.median(boot["se"] / delta["se"]) == pytest.approx(1.0, abs=0.15)
    assert ((boot["lower"] < boot["threshold"]) & (boot["threshold"] < boot["upper"])).all()
    assert ((boot["lower"] <= true) & (true <= boot["upper"])).mean() >= 0.8
    assert "60 replicates, each with effects of subject drawn given their data." in " ".join(str(boot).split())


DRAWN = {
    "two terms of a factor": ("y ~ x + (x || subject)", {}),
    "quadrature": ("y ~ x + (1 | subject)", {"n_agq": 5}),
    "joint modes": ("y ~ x + (x | subject)", {"n_agq": 0}),
    "another link": ("y ~ x + (x | subject)", {"link": "probit"}),
    "a dispersion": ("amount ~ x + (1 | subject)", {"family": "Gamma", "link": "log"}),
    "a shape": ("count ~ x + (1 | subject)", {"family": "negative.binomial"}),
}


@pytest.mark.parametrize("name", DRAWN)
def test_effects_given_the_data_have_the_modes_and_variances_of_the_fit(name):
    formula, options = DRAWN[name]
    data, _ = made("logit", n_subjects=12, n_trials=50)
    random = np.random.default_rng(1)
    mean = np.exp(0.2 * data["x"] + np.repeat(random.normal(0.0, 0.5, 12), 50))
    data["amount"], data["count"] = mean * random.gamma(4.0, 0.25, 600), random.negative_binomial(2.0, 2 / (2 + mean))
    is_free = options.get("family") == "negative.binomial"
    call = mw.glmer_nb if is_free else mw.glmer
    told = {} if is_free else options
    fit = call(formula, data, control=mw.Control(warn=False), **told).fit
    generator = np.random.default_rng(6)
    draws = [np.concatenate(conditional_draws(fit, fit, generator)) for _ in range(800)]
    expected, variances = ranef(fit)["subject"].to_numpy().T, cond_var(fit)["subject"]
    sds = np.sqrt(np.diagonal(variances, axis1=1, axis2=2)).T
    assert np.abs((np.mean(draws, axis=0) - expected) / np.maximum(sds, 1e-9)).max() < 5.0 / np.sqrt(800)
    assert np.std(draws, axis=0) == pytest.approx(sds, rel=0.15, abs=1e-9)


REFUSED = [
    ({"p": 2.0}, "threshold: p must be a probability between 0 and 1, not 2.0"),
    ({"of": "Sise"}, "threshold: 'Sise' is no covariate of the fixed effects; did you mean 'Size'?"),
    (
        {"of": "Condition"},
        "threshold: 'Condition' is a factor and has no curve; by='Condition' gives one for each level",
    ),
    ({"by": "Size"}, "threshold: 'Size' is the predictor that varies; leave it out of by= and at="),
    ({"by": "Cond"}, "'Cond' is no variable of the fixed effects; did you mean 'Condition'?"),
    ({"group": "Subjct"}, "'Subjct' is not a grouping factor of the model; did you mean 'Subject'?"),
    ({"p": 0.2, "guess": 0.25}, "threshold: p=0.2 is not between the lower asymptote guess=0.25 and 1"),
    ({"guess": -0.1}, "threshold: guess must be 0 or a probability below 1, not -0.1"),
    ({"method": "wald"}, "threshold: method='wald' is not known; choose 'delta' or 'boot'"),
    ({"level": 95}, "threshold: level must lie between 0 and 1, not 95"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_refusals_say_what_to_do(options, message):
    with pytest.raises(MixwidgetError) as caught:
        fitted("ResponseCorrect ~ Size * Condition + (1 | Subject)").threshold(**options)
    assert message in str(caught.value)


def test_without_a_name_the_only_covariate_is_meant():
    fit = fitted("ResponseCorrect ~ Size * Cond_dev + (1 | Subject)")
    with pytest.raises(MixwidgetError, match=r"say along which predictor, of=; there are 'Size', 'Cond_dev'"):
        fit.threshold()


def test_an_offset_is_no_covariate_unless_it_is_named():
    random = np.random.default_rng(1)
    data = pd.DataFrame({"g": np.repeat(list("abcdefgh"), 25), "x": random.normal(size=200)})
    data["e"] = random.uniform(1.0, 5.0, 200)
    data["y"] = random.poisson(data["e"] * np.exp(0.3 * data["x"] + np.repeat(random.normal(0.0, 0.5, 8), 25)))
    named, given = "y ~ x + offset(log(e)) + (1 | g)", {"family": "poisson", "control": mw.Control(warn=False)}
    fit, array = mw.glmer(named, data, **given), mw.glmer("y ~ x + (1 | g)", data, offset="log(e)", **given)
    for one in (fit, array):
        assert one.threshold(3.0).equals(one.threshold(3.0, of="x"))
        assert one.curves(p=3.0).frame.equals(one.curves("x", p=3.0).frame)
        along = one.threshold(3.0, of="e").iloc[0]
        assert one.predict({"x": [data["x"].mean()], "e": [along["threshold"]]}, re_form="~0", type="response").iloc[
            0
        ] == pytest.approx(3.0)
    alone = mw.glmer("y ~ offset(log(e)) + (1 | g)", data, **given)
    for ask in (lambda: alone.threshold(3.0), lambda: alone.curves(p=3.0)):
        with pytest.raises(MixwidgetError, match="the fixed effects have no covariate along which a curve could run"):
            ask()
    both = mw.glmer("y ~ x + e + offset(log(e)) + (1 | g)", data, **given)
    with pytest.raises(MixwidgetError, match="say along which predictor, of=; there are 'x', 'e'"):
        both.threshold(3.0)


def test_a_pole_is_no_crossing():
    x = np.linspace(-1.0, 1.0, 6)
    found = brackets(x, np.column_stack([1.0 / x, x - 0.3]))
    assert np.isnan(roots(lambda at: np.where(found.curve == 0, 1.0 / at, at - 0.3), found)[0])
    assert roots(lambda at: np.where(found.curve == 0, 1.0 / at, at - 0.3), found)[1] == pytest.approx(0.3)
