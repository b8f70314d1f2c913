"""Intervals, marginal means, predictions, sizes of effects and tidy tables beside those of R."""

import json

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.errors import DataError, OptionError
from tests import tolerances as tol
from tests.oracles import HERE, cases, cases_with, is_readable, load_case
from tests.reference_fits import LME4_DOUBLE_BAR, reference_fit

IDENTIFIED = tuple(name for name in cases(fun="lmer") if name not in LME4_DOUBLE_BAR)
# package performance finds the columns of a term by name and drops those it does not find: the second term of `||`
# (Subject.1), and a slope whose fixed part is poly(Days, 2). Here every term counts (test_r2_counts_every_term).
R2_INCOMPLETE = ("sleep_multiterm", "sleep_zcp", "sleep_poly", "tm_zcp")


def having(field, names=IDENTIFIED):
    return [name for name in cases_with(field) if name in names]


@pytest.mark.parametrize("name", having("confint_wald"))
def test_wald_intervals(name):
    case, found = load_case(name)["confint_wald"], reference_fit(name).confint()
    assert list(found.index) == case["row_names"]
    for column, values in case["columns"].items():
        distance = np.abs(found[column] - np.array(values)) / reference_fit(name).stderr.to_numpy()
        assert distance.max() < 1e-4


# the reference minimises anew at each held value; for hsb_m0 two of these minimisations ended 5e-4 too high, its ends
# lie too near; profile_ends.R finds them with lme4's own deviance function, and ours agree with those
ENDS = json.loads((HERE / "more" / "profile_ends.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", having("confint_profile_exact"))
def test_profile_intervals(name):
    case = load_case(name)["confint_profile_exact"]
    found = reference_fit(name).confint("profile", progress=False)
    assert list(found.index) == case["row_names"]
    expected = pd.DataFrame(case["columns"], index=case["row_names"], dtype=float)
    if name == "hsb_m0":
        for end in ENDS["ends"]:
            expected.loc[end["parameter"], end["side"]] = end["end"]
    size = expected.abs().max(axis=1).to_numpy()[:, None]
    assert (np.abs(found.to_numpy() - expected.to_numpy()) / size).max() < tol.RTOL_PROFILE


def test_the_profile_reaches_the_quantile_where_the_stored_reference_does_not():
    assert min(end["rise_at_reference"] for end in ENDS["ends"]) < ENDS["quantile"] - 4e-4
    found = reference_fit("hsb_m0").confint("profile", parm=["theta_"], progress=False)
    for end in ENDS["ends"]:
        assert found.loc[end["parameter"], end["side"]] == pytest.approx(end["end"], abs=1e-8)


@pytest.mark.parametrize("name", ["sleep_slopes", "penicillin", "dyestuff"])
def test_traced_profiles_give_the_same_intervals(name):
    fit = reference_fit(name)
    profile, exact = fit.profile(progress=False), fit.confint("profile", level=0.9, progress=False)
    assert list(profile.curves) == list(exact.index)
    for parameter, limits in exact.iterrows():
        size = max(abs(limits.iloc[0]), abs(limits.iloc[1]))
        np.testing.assert_allclose(profile.interval(parameter, 0.9), limits, atol=2e-3 * size)
        zeta = profile.spline(parameter)(limits.to_numpy())
        inside = ~np.isnan(zeta)
        np.testing.assert_allclose(zeta[inside], np.array([-1.6448536, 1.6448536])[inside], atol=2e-3)


def test_a_profile_as_density_and_table():
    profile = reference_fit("sleep_slopes").profile("sigma", progress=False)
    density = profile.density("sigma")
    area = np.trapezoid(density["density"], density["value"]) if hasattr(np, "trapezoid") else 1.0
    assert area == pytest.approx(1.0, abs=0.02)
    assert "sigma" in repr(profile)
    assert set(profile.to_frame()["parameter"]) == {"sigma"}
    with pytest.raises(OptionError, match="did you mean 'sigma'"):
        reference_fit("sleep_slopes").profile("sigm", progress=False)


def emmeans_requests():
    known = {"contrast", "estimate", "SE", "df", "lower.CL", "upper.CL", "t.ratio", "z.ratio", "p.value"}
    known |= {"asymp.LCL", "asymp.UCL"}
    for name in filter(is_readable, having("emmeans")):
        for i, case in enumerate(load_case(name)["emmeans"]):
            tables = {key: value for key, value in case.items() if key.startswith("contrast")}
            extra = [c for table in tables.values() for c in table["columns"] if c not in known]
            by = list(dict.fromkeys(extra)) if "|" not in case["specs"] else None
            yield pytest.param(name, case, by or None, tables, id=f"{name}-{i}")


def assert_means(found, columns):
    renamed = {"asymp.LCL": "lower.CL", "asymp.UCL": "upper.CL", "z.ratio": "t.ratio"}
    for column, values in columns.items():
        mine = found[renamed.get(column, column)]
        if isinstance(values[0], str) and values[0] != "Inf":
            assert [str(value) for value in mine] == values
            continue
        expected = np.array([float(value) for value in values])
        if np.isinf(expected).all():
            assert np.isinf(mine).all()
            continue
        limit = tol.RTOL_DF if column == "df" else tol.RTOL_EMMEANS * 5
        assert np.abs(mine.to_numpy(dtype=float) - expected).max() < limit * max(np.abs(expected).max(), 1e-3)


@pytest.mark.parametrize(("name", "case", "by", "tables"), list(emmeans_requests()))
def test_emmeans(name, case, by, tables):
    fit = reference_fit(name)
    ddf = {"asymptotic": "z"}.get(case["df_method"], case["df_method"])
    asked = {"specs": case["specs"], "by": by, "at": case["at"], "ddf": ddf}
    assert_means(fit.emmeans(**asked), case["emmeans"]["columns"])
    for table in tables.values():
        adjust = None if table["adjust"] == "default" else table["adjust"]
        assert_means(fit.emmeans(**asked, contrasts=table["method"], adjust=adjust), table["columns"])


def test_trends_are_slopes():
    fit = mw.lmer("angle ~ recipe * temp + (1 | recipe:replicate)", mw.load_dataset("cake"))
    slopes = fit.trends("temp", "recipe")
    expected = fit.fixef["temp"] + np.array([0.0, fit.fixef["recipeB:temp"], fit.fixef["recipeC:temp"]])
    np.testing.assert_allclose(slopes["temp.trend"], expected, rtol=1e-8)
    pairs = fit.trends("temp", "recipe", contrasts="pairwise", adjust="none")
    assert pairs["p.value"].iloc[0] == pytest.approx(fit.coef_table().loc["recipeB:temp", "p"], rel=1e-6)


def test_means_refuse_what_is_not_there():
    fit = mw.lmer("angle ~ recipe + temp + (1 | recipe:replicate)", mw.load_dataset("cake"))
    with pytest.raises(OptionError, match="did you mean 'recipe'"):
        fit.emmeans("recip")
    with pytest.raises(OptionError, match="contrasts='pairs' is not known"):
        fit.emmeans("recipe", contrasts="pairs")
    with pytest.raises(OptionError, match="adjust='duncan' is not known"):
        fit.emmeans("recipe", contrasts="pairwise", adjust="duncan")


@pytest.mark.parametrize("name", having("predict"))
def test_predictions(name):
    fit = reference_fit(name)
    for case in load_case(name)["predict"]:
        rows = {key: [row[key] for row in case["newdata"]] for key in case["newdata"][0]}
        re_form = {"NULL": None, "NA": "~0"}.get(case["re_form"], case["re_form"])
        if case["error"]:
            with pytest.raises(DataError, match="did not see"):
                fit.predict(rows, re_form=re_form, allow_new_levels=case["allow_new_levels"])
            continue
        found = fit.predict(rows, re_form=re_form, allow_new_levels=case["allow_new_levels"])
        np.testing.assert_allclose(found, case["value"], rtol=1e-6)


@pytest.mark.parametrize("name", [n for n in IDENTIFIED if n not in R2_INCOMPLETE])
def test_r2_and_icc(name):
    fit, case = reference_fit(name), load_case(name)
    found = {**fit.r2(), **fit.icc()}
    given_up = bool(case["r2_nakagawa"].get("warnings"))  # a singular fit: what is stored leaves the random part out
    for field in ("marginal", "conditional"):
        value = case["r2_nakagawa"].get(field)
        if isinstance(value, float) and not given_up:
            assert found[field] == pytest.approx(value, abs=tol.ATOL_SHARE)
    for field in ("adjusted", "unadjusted"):
        value = case["icc"].get(field)
        if isinstance(value, float) and not given_up:
            assert found[field] == pytest.approx(value, abs=tol.ATOL_SHARE)


@pytest.mark.parametrize("shift", [2000.0, 1e6])
def test_shares_of_variance_do_not_depend_on_the_origin_of_a_predictor(shift):
    """z'Gz as a sum of products loses six digits at 1e6; as a sum of squares it keeps them."""
    sleep = mw.load_dataset("sleepstudy")
    plain = mw.lmer("Reaction ~ Days + (Days | Subject)", sleep)
    moved = mw.lmer("Reaction ~ Days + (Days | Subject)", sleep.assign(Days=sleep["Days"] + shift))
    np.testing.assert_allclose(moved.r2(), plain.r2(), atol=1e-9)
    np.testing.assert_allclose(moved.variance_partition(), plain.variance_partition(), rtol=1e-8)


def test_r2_counts_every_term():
    fit = reference_fit("sleep_zcp")
    days = fit.rows.X[:, 1]
    random = fit.varcorr.terms[0].cov[0, 0] + fit.varcorr.terms[1].cov[0, 0] * np.mean(days**2)
    fixed = np.var(fit.fixef["Days"] * days, ddof=1)
    assert fit.r2()["marginal"] == pytest.approx(fixed / (fixed + random + fit.sigma**2))
    assert fit.variance_partition()["share"].sum() == pytest.approx(1.0)


@pytest.mark.parametrize("name", having("tidy"))
def test_tidy(name):
    case, found = load_case(name)["tidy"]["columns"], reference_fit(name).tidy(ddf="z")
    for column in ("effect", "group", "term"):
        assert [None if value != value else value for value in found[column]] == case[column]
    for column in ("estimate", "std.error", "statistic"):
        expected = np.array(case[column], dtype=float)
        mine = found[column].to_numpy(dtype=float)
        assert (np.isnan(mine) == np.isnan(expected)).all() or column == "estimate"
        limit = np.where(np.array(case["effect"]) == "fixed", tol.RTOL_FIXEF, 10 * tol.RTOL_SD)
        floor = np.maximum(np.abs(expected), 0.1)
        assert np.nanmax(np.abs(mine - expected) / floor / limit) < 10


def test_tidy_of_modes_and_coefficients():
    fit = reference_fit("sleep_slopes")
    modes, coefs = fit.tidy("ran_vals"), fit.tidy("ran_coefs")
    assert len(modes) == len(coefs) == 36
    assert modes["estimate"].iloc[0] == pytest.approx(fit.ranef()["Subject"].iloc[0, 0])
    assert coefs["estimate"].iloc[0] == pytest.approx(fit.coef()["Subject"].iloc[0, 0])
    with pytest.raises(OptionError, match="effects='random' is not known"):
        fit.tidy("random")


def test_glance_and_augment():
    fit = reference_fit("sleep_slopes")
    row = fit.glance().iloc[0]
    assert [row["AIC"], row["REMLcrit"], row["df.residual"]] == pytest.approx([fit.aic, fit.criterion, fit.df_resid])
    rows = fit.augment()
    np.testing.assert_allclose(rows[".fitted"] + rows[".resid"], rows["Reaction"])
    assert rows[".hat"].sum() == pytest.approx(fit.hatvalues.sum())
    assert (rows[".cooksd"] >= 0).all()


def test_information_criteria_beyond_aic():
    fit = reference_fit("sleep_slopes")
    assert fit.aicc == pytest.approx(fit.aic + 2 * 6 * 7 / (180 - 7))
    residual = fit.resid()
    conditional = 180 * np.log(2 * np.pi * fit.sigma**2) + (residual**2).sum() / fit.sigma**2
    assert fit.caic()["loglik"] == pytest.approx(-conditional / 2)
    assert fit.caic()["caic_held"] == pytest.approx(conditional + 2 * (fit.hatvalues.sum() + 1))
    assert fit.conditional_aic == pytest.approx(conditional + 2 * fit.caic()["df"])


def degrees_of_freedom(fit):
    """Return tr(d yhat / d y) by central differences: every observation is moved, and the model fitted again."""
    y, step = fit.rows.y, 1e-2 * fit.sigma
    total = 0.0
    for i in range(len(y)):
        up, down = (fit.refit(y + sign * step * (np.arange(len(y)) == i)).fitted.iloc[i] for sign in (1.0, -1.0))
        total += (up - down) / (2.0 * step)
    return total


@pytest.mark.parametrize("name", ["dyestuff", "sleep_slopes_ml", "sleep_weights", "pastes_nested"])
def test_conditional_degrees_of_freedom_are_those_of_their_definition(name):
    fit = reference_fit(name)
    assert fit.caic()["df"] == pytest.approx(degrees_of_freedom(fit) + 1.0, abs=2e-4)


# cAIC4 1.0 on R 4.2.2: conditional log-likelihood and df; its df are a little larger than those of the definition
CAIC4 = {
    "sleep_slopes": (-824.506891, 31.301980),
    "sleep_slopes_ml": (-824.929877, 30.969518),
    "sleep_int": (-864.529500, 19.029630),
    "dyestuff": (-157.177140, 6.392887),
    "penicillin": (-104.482295, 28.623749),
    "sleep_zcp": (-824.153050, 31.059915),
}


@pytest.mark.parametrize("name", list(CAIC4))
def test_conditional_aic_beside_caic4(name):
    loglik, df = CAIC4[name]
    found = reference_fit(name).caic()
    assert found["loglik"] == pytest.approx(loglik, abs=5e-4)
    assert found["df"] == pytest.approx(df, abs=0.06)
    assert found["df"] > found["df_held"]


def test_conditional_aic_on_the_boundary_and_under_priors():
    assert reference_fit("dyestuff2").caic()["df"] == pytest.approx(2.0)
    with pytest.raises(OptionError, match="this one has priors"):
        mw.lmer("Yield ~ 1 + (1 | Batch)", mw.load_dataset("dyestuff"), cov_prior="wishart").caic()
