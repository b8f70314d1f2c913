"""Models that say the same thing twice: what is determined is right, what is free is named, and the verdict is calm."""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.design.build import build_design
from mixwidget.engine.criterion.evaluation import evaluate
from mixwidget.engine.model.free_directions import free_directions
from mixwidget.fit.sums import model_arrays
from mixwidget.inference.free_variances import free_names
from tests.oracles import cases
from tests.reference_fits import LME4_DOUBLE_BAR, reference_fit

STORED = json.loads((Path(__file__).parent / "ridges.json").read_text(encoding="utf-8"))
QUIET = mw.Control(warn=False)
N_SUBJECTS, N_ITEMS = 40, 6


def make_data(seed=1):
    """40 subjects of two sexes answer 6 items; subjects come from 8 places, items from 3 kinds."""
    random = np.random.default_rng(seed)
    S, item = np.repeat(np.arange(N_SUBJECTS), N_ITEMS), np.tile(np.arange(N_ITEMS), N_SUBJECTS)
    x = random.normal(size=len(S))
    male = (np.arange(N_SUBJECTS) % 9) % 2 == 0
    noise = random.normal(size=len(S))
    b, slope, i = random.normal(size=N_SUBJECTS), 0.5 * random.normal(size=N_SUBJECTS), random.normal(size=N_ITEMS)
    data = pd.DataFrame(
        {
            "S": [f"s{k:02d}" for k in S],
            "item": [f"i{k}" for k in item],
            "a": [f"a{k % 8}" for k in S],
            "b": [f"b{k % 3}" for k in item],
            "x": x,
            "x2": -3.0 * x,
            "year": np.round(x, 3) + 2008.0,
            "sex": np.where(male, "M", "F")[S],
            "y": np.where(male, 2.0, 1.0)[S] * b[S] + slope[S] * x + i[item] + 0.4 * x + noise,
        }
    )
    data["S2"] = data["S"].str.upper()
    return data


DATA = make_data()


def fit(formula, data=DATA, **options):
    return mw.lmer(f"y ~ {formula}", data, control=QUIET, **options)


# A model with a ridge, and one without that says the same; the second names no parameter that is free in the first.
TWINS = {
    "(1|a) + (1|a/b)": ("x + (1 | a) + (1 | a / b)", "x + (1 | a / b)"),
    "(1|item) twice": ("x + (1 | item) + (1 | item)", "x + (1 | item)"),
    "a column twice": ("x + (x | S) + (0 + x | S)", "x + (x | S)"),
    "an intercept twice": ("x + (1 | S) + (x | S)", "x + (x | S)"),
    "a term twice": ("x + (x | S) + (x | S)", "x + (x | S)"),
    "a multiple": ("x + (x | S) + (0 + x2 | S)", "x + (x | S)"),
    "years": ("year + (year | S) + (0 + year | S)", "year + (year | S)"),
    "other labels": ("x + (1 | S) + (1 | S2)", "x + (1 | S)"),
    "sex between subjects": ("sex + (0 + sex | S)", "sex + (0 + sex || S)"),
    "sex and an intercept": ("sex + (1 | S) + (0 + sex | S)", "sex + (0 + sex || S)"),
    "slopes and sex": ("x + (x | S) + (0 + sex | S)", None),
    "treatment between subjects": ("sex + (sex | S)", "sex + (0 + sex || S)"),
}


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("name", [name for name, (_, twin) in TWINS.items() if twin])
def test_what_is_determined_is_that_of_the_model_without_the_repetition(name, reml):
    model, twin = (fit(formula, reml=reml) for formula in TWINS[name])
    assert model.criterion == pytest.approx(twin.criterion, abs=1e-7)
    assert model.verdict.code == twin.verdict.code
    np.testing.assert_allclose(model.fixef, twin.fixef, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(model.stderr, twin.stderr, rtol=1e-5)
    np.testing.assert_allclose(model.fitted, twin.fitted, atol=2e-4)
    assert model.sigma == pytest.approx(twin.sigma, rel=1e-5)


@pytest.mark.parametrize("name", ["(1|a) + (1|a/b)", "an intercept twice", "sex between subjects"])
@pytest.mark.parametrize("ddf", ["satterthwaite", "kenward-roger"])
def test_degrees_of_freedom_do_not_see_what_is_free(name, ddf):
    model, twin = (fit(formula).coef_table(ddf) for formula in TWINS[name])
    np.testing.assert_allclose(model, twin, rtol=1e-4)


@pytest.mark.parametrize("name", ["(1|a) + (1|a/b)", "sex between subjects", "slopes and sex"])
def test_rows_and_starts_do_not_choose_the_point_of_the_ridge(name):
    formula = TWINS[name][0]
    expected = fit(formula)
    shuffled = fit(formula, DATA.sample(frac=1.0, random_state=3))
    started = fit(formula, start=1.7 * expected.theta + 0.3)
    for other in (shuffled, started):
        assert other.criterion == pytest.approx(expected.criterion, abs=1e-7)
        np.testing.assert_allclose(
            other.varcorr.to_frame()["vcov"], expected.varcorr.to_frame()["vcov"], rtol=1e-3, atol=1e-3
        )


@pytest.mark.parametrize("name", TWINS)
def test_the_criterion_is_flat_along_every_free_direction(name):
    """Move G along each direction from the fit's point: the criterion does not change."""
    model = fit(TWINS[name][0])
    optimum = model.fit.optimum
    arrangement, at, ridge = optimum.arrangement, optimum.evaluation, optimum.criterion.ridge
    assert ridge is not None
    G = arrangement.layout.gather(tuple(T @ T.T for T in at.templates)) + 0.3 * arrangement.layout.is_diagonal
    values = [_criterion_at(arrangement, G, 0.0 * ridge.standard[0])]
    values += [_criterion_at(arrangement, G, 0.05 * direction) for direction in ridge.standard]
    assert values == pytest.approx(values[:1] * len(values), abs=1e-8)


def _criterion_at(arrangement, G, step):
    layout = arrangement.layout
    moved = (G + step[1:]) / (1.0 + step[0])
    templates, start = [], 0
    for term, k in enumerate(layout.term_sizes):
        matrix, place = np.zeros((k, k)), layout.term_triangles[term]
        matrix[place] = moved[start : start + len(place[0])]
        templates.append(np.linalg.cholesky(np.tril(matrix) + np.tril(matrix, -1).T))
        start += len(place[0])
    return evaluate(arrangement, layout.from_terms(templates), reml=True).value


# --- random effects that repeat the fixed effects: least squares is the whole answer


@pytest.mark.parametrize(
    ("formula", "columns"),
    [
        ("item + (1 | item)", ["item"]),
        ("a * x + (x | a)", ["a", "x"]),
        ("a:b + (1 | a:b)", ["a", "b"]),
        ("a * b + (1 | a / b)", ["a", "b"]),
    ],
)
def test_fixed_effects_that_say_it_all_leave_least_squares(formula, columns):
    model = fit(formula)
    X = model.fit.rows.X
    beta, (rss,), *_ = np.linalg.lstsq(X, DATA["y"].to_numpy(), rcond=None)
    sigma = np.sqrt(rss / (len(X) - X.shape[1]))
    np.testing.assert_allclose(model.fixef, beta, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(model.stderr, sigma * np.sqrt(np.diagonal(np.linalg.inv(X.T @ X))), rtol=1e-8)
    assert model.sigma == pytest.approx(sigma, rel=1e-10)
    assert str(model.verdict) == "Converged."
    assert not model.is_singular
    for ddf in ("satterthwaite", "kenward-roger"):
        np.testing.assert_allclose(model.coef_table(ddf)["df"], len(X) - X.shape[1], rtol=1e-6)
    group = ":".join(columns) if formula.startswith("a:b") else columns[0]
    sentence = f"of '{group}' repeat the fixed effects of '{group}'"
    assert any(sentence in found.message for found in model.diagnostics)
    assert any(sentence in found.message for found in mw.check_design(f"y ~ {formula}", DATA).notes)


def test_the_sentence_names_what_repeats_and_what_is_free():
    (finding,) = fit("item + (1 | item)").alerts
    expected = "the random intercepts of 'item' repeat the fixed effects of 'item': sd_(Intercept)|item is free"
    assert finding.message == expected
    assert (
        fit("item + (x | item)").alerts[0].message.endswith("sd_(Intercept)|item and cor_x.(Intercept)|item are free")
    )


# --- values of R (ridges.R)


@pytest.mark.parametrize("formula", sorted(STORED["fits"]))
def test_r_ends_at_the_same_criterion_and_fixed_effects(formula):
    stored = STORED["fits"][formula]
    model = fit(formula, pd.DataFrame(STORED["data"]), reml=True)
    assert model.criterion <= stored["criterion"] + 1e-6
    assert model.criterion == pytest.approx(stored["criterion"], abs=1e-4)
    np.testing.assert_allclose(model.fixef, stored["fixef"], rtol=1e-3, atol=1e-4)
    assert not str(model.verdict).startswith("Not converged")


def test_linear_models_are_those_of_r():
    stored = STORED["linear"]
    model = fit("S + (1 | S)", pd.DataFrame(STORED["data"]))
    np.testing.assert_allclose(model.fixef, stored["coef"], rtol=1e-8)
    np.testing.assert_allclose(model.stderr, stored["se"], rtol=1e-8)
    assert model.criterion == pytest.approx(stored["reml"], abs=1e-8)


def test_a_free_correlation_is_never_a_failure_to_converge():
    """Unequal variances of two groups of subjects, lme4's FAQ: (0 + sex | S) ended "not converged" in 3 of 20 sets."""
    S = np.repeat(np.arange(40), 6)
    sex = np.where(S < 20, "F", "M")
    for seed in range(700, 720):
        random = np.random.default_rng(seed)
        y = random.normal(size=40)[S] * np.where(sex == "M", 3.0, 1.0) + random.normal(size=240)
        data = pd.DataFrame({"S": S.astype(str), "sex": sex, "y": y})
        correlated, separate = fit("sex + (0 + sex | S)", data), fit("sex + (0 + sex || S)", data)
        assert correlated.verdict.code == "converged"
        assert correlated.criterion == pytest.approx(separate.criterion, abs=1e-9)
        assert [found.code for found in correlated.alerts] == ["free_correlation"]
        assert separate.diagnostics == []
        assert free_names(correlated.fit) == ("cor_sexM.sexF|S",)


# --- what is not a ridge


@pytest.mark.parametrize(
    "formula",
    [
        "x + (x | S)",
        "x + (x || S)",
        "sex + (0 + sex || S)",
        "x + (0 + b | S)",
        "b + (b | S) + (1 | a)",
        "x + (1 | a / b)",
        "x + (1 | S) + (0 + b || S)",
        "x + (x | S) + (x | item)",
        "item + (1 | S)",
        "sex + (x | S) + (0 + sex || item)",
    ],
)
def test_identified_models_have_no_free_direction(formula):
    filled = build_design(f"y ~ {formula}", DATA)
    arrays = model_arrays(filled.design, filled.rows)
    for reml in (True, False):
        assert not len(free_directions(arrays, reml=reml).rows)


@pytest.mark.parametrize("name", [name for name in cases("lmer") if name not in LME4_DOUBLE_BAR])
def test_no_reference_model_has_free_variances(name):
    model = reference_fit(name)
    assert not len(free_directions(model_arrays(model.fit.design, model.fit.rows), reml=model.fit.reml).rows)
    assert not {found.code for found in model.alerts} & {"undetermined_variances", "free_correlation"}


# --- what follows from a fit on a ridge


def test_free_parameters_have_no_interval_and_say_why():
    model = mw.lmer("y ~ sex + (0 + sex | S)", DATA, control=QUIET)
    twin = fit("sex + (0 + sex || S)")
    for method in ("profile", "boot"):
        limits = model.confint(method, n=30, seed=1, progress=False)
        assert limits.loc["cor_sexM.sexF|S"].isna().all()
        assert limits.drop("cor_sexM.sexF|S").notna().all(axis=None)
        if method == "profile":
            expected = twin.confint(method, progress=False)
            np.testing.assert_allclose(limits.loc[expected.index], expected, rtol=1e-4, atol=1e-6)
    loud = mw.Control(warn=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warned = mw.lmer("y ~ sex + (0 + sex | S)", DATA, control=loud)
    with pytest.warns(mw.errors.MixwidgetWarning, match=r"profile: 'cor_sexM.sexF\|S' can take other values"):
        warned.confint("profile", parm="cor_sexM.sexF|S", progress=False)


def test_influence_and_bootstrap_of_a_model_that_repeats_its_fixed_effects():
    model = fit("item + (1 | item)")
    replicates = model.bootstrap(20, seed=1, progress=False)
    assert replicates.n_failed == 0
    assert replicates.replicates["sd_(Intercept)|item"].isna().all()
    assert replicates.replicates.drop(columns="sd_(Intercept)|item").notna().all(axis=None)
    crossed = fit("item + (1 | item) + (1 | S)").influence("S", progress=False)
    twin = fit("item + (1 | S)").influence("S", progress=False)
    np.testing.assert_allclose(crossed.to_frame()["cooks_distance"], twin.to_frame()["cooks_distance"], rtol=1e-4)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_units_do_not_matter(factor):
    for formula in ("a * x + (x | a)", "x + (x | S) + (0 + x | S)", "x + (x | S) + (0 + sex | S)"):
        plain, scaled = fit(formula), fit(formula, DATA.assign(y=DATA["y"] * factor, x=DATA["x"] * factor + 0.0))
        assert free_names(scaled.fit) == free_names(plain.fit)
        sd = scaled.varcorr.to_frame()
        has_unit = sd["var2"].isna() & (sd["var1"] != "x")
        sizes = np.where(has_unit, factor, 1.0)
        np.testing.assert_allclose(sd["sdcor"] / sizes, plain.varcorr.to_frame()["sdcor"], rtol=2e-2, atol=2e-3)
