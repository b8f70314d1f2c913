"""Tests of fixed and random effects beside lmerTest, pbkrtest and lme4, for every model of the reference."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.errors import FitCancelled, OptionError
from mixwidget.inference.kenward_roger import kenward_roger
from tests import tolerances as tol
from tests.inference.dense_kenward_roger import dense_kenward_roger
from tests.oracles import cases, cases_with, is_readable, load_case
from tests.reference_fits import LME4_DOUBLE_BAR, reference_fit

IDENTIFIED = tuple(name for name in cases(fun="lmer") if name not in LME4_DOUBLE_BAR)
# its variance ratio of 19,000 makes pbkrtest take the information matrix for singular: df of 132,205 with 12 rows;
# here it agrees with a dense computation (test_kenward_roger_with_a_huge_variance_ratio)
KENWARD_ROGER = tuple(name for name in IDENTIFIED if name != "painkiller_int")
# lmerTest turns (0 + days | subject) into (1 | subject), which is no smaller model; here the term goes
RANOVA = tuple(name for name in IDENTIFIED if name != "tm_slope_only")


def stored(name, field) -> Any:
    return load_case(name)["lmerTest"].get(field) if load_case(name).get("lmerTest") else None


def having(names, field):
    return [name for name in names if not is_readable(name) or stored(name, field)]


def assert_table(table, reference, rtol, rtol_p=tol.RTOL_P):
    assert list(table.index) == reference["row_names"]
    for column, values in reference["columns"].items():
        expected = np.array([np.nan if value is None else float(value) for value in values])
        found = table[column].to_numpy(dtype=float)
        is_missing = np.isnan(expected) | ((expected == 0) & np.isnan(found))
        assert (np.isnan(found) == np.isnan(expected))[~is_missing].all()
        limit = {"DenDF": tol.RTOL_DF}.get(column, rtol_p if column.startswith("Pr") else rtol)
        floor = 1e-3 if column.startswith("Pr") else 1e-2
        distance = np.abs(found - expected) / np.maximum(np.abs(expected), floor)
        assert np.nanmax(np.where(is_missing, 0.0, distance)) < limit, column


@pytest.mark.parametrize("name", having(KENWARD_ROGER, "kenward_roger"))
def test_kenward_roger(name):
    case, table = stored(name, "kenward_roger"), reference_fit(name).coef_table(ddf="kenward-roger")
    np.testing.assert_allclose(table["se"], case["se"], rtol=tol.RTOL_KENWARD_ROGER)
    np.testing.assert_allclose(table["df"], case["df"], rtol=tol.RTOL_KENWARD_ROGER)
    np.testing.assert_allclose(table["p"], case["p"], rtol=tol.RTOL_P, atol=1e-12)
    adjusted = kenward_roger(reference_fit(name).fit).vcov
    scale = np.outer(case["se"], case["se"])
    np.testing.assert_allclose(adjusted / scale, np.array(case["vcov"]) / scale, atol=tol.RTOL_KENWARD_ROGER)


def test_kenward_roger_with_a_huge_variance_ratio():
    fit = reference_fit("painkiller_int")
    X, codes = fit.rows.X, fit.rows.codes[0]
    grouped = (codes[:, None] == codes).astype(float)
    variances = [fit.varcorr.terms[0].cov[0, 0], fit.sigma**2]
    parts = [grouped, np.eye(len(X))]
    expected = dense_kenward_roger(X, parts, variances)
    np.testing.assert_allclose(kenward_roger(fit.fit).vcov, expected, rtol=1e-6)


ANOVA = [
    (name, kind, ddf)
    for name in KENWARD_ROGER
    for kind in ("I", "II", "III")
    for ddf in ("satterthwaite", "kenward_roger")
    if is_readable(name) and stored(name, f"anova_{kind}_{ddf}")
]


@pytest.mark.parametrize(("name", "kind", "ddf"), ANOVA)
def test_anova(name, kind, ddf):
    case = stored(name, f"anova_{kind}_{ddf}")
    assert_table(reference_fit(name).anova(type=kind, ddf=ddf.replace("_", "-")), case, tol.RTOL_F)


@pytest.mark.parametrize("name", having(IDENTIFIED, "contest"))
def test_contest(name):
    fit = reference_fit(name)
    for case in stored(name, "contest"):
        L = np.array(case["L"], dtype=float).reshape(-1, len(fit.fixef)) if len(case["L"][0]) == 1 else case["L"]
        assert_table(fit.contest(L), case["table"], tol.RTOL_F)


@pytest.mark.parametrize("name", having(RANOVA, "ranova"))
def test_ranova(name):
    assert_table(with_plain_p(reference_fit(name).ranova()), stored(name, "ranova"), tol.RTOL_F)


def with_plain_p(table):
    """Return a table of ranova with the p values that lmerTest prints, of the plain chi-square."""
    return table.assign(**{"Pr(>Chisq)": pd.Series(table.attrs["plain_p"])})


@pytest.mark.parametrize("name", [name for name in cases_with("drop1_chisq") if name in IDENTIFIED])
def test_drop1(name):
    case = load_case(name)["drop1_chisq"]
    table = reference_fit(name).drop1()
    if case["row_names"] == ["1"]:  # R forgets the name where nothing can be dropped
        assert list(table.index) == ["<none>"]
        return
    assert_table(table, case, tol.RTOL_F)


def test_ranova_says_what_the_boundary_does():
    slopes = reference_fit("sleep_slopes").ranova()
    assert slopes["Pr(>Chisq)"].iloc[1] < slopes.attrs["plain_p"]["Days in (Days | Subject)"]
    assert "The plain chi-square, which lmerTest prints, gives 4.99e-10." in str(slopes)
    one = reference_fit("dyestuff").ranova()
    assert one["Pr(>Chisq)"].iloc[1] == pytest.approx(one.attrs["plain_p"]["(1 | Batch)"] / 2)


def test_type_three_does_not_depend_on_the_contrasts():
    data = mw.load_dataset("cake")
    formula = "angle ~ recipe * temp + (1 | recipe:replicate)"
    tables = [
        mw.lmer(formula, data, contrasts={"recipe": coding}).anova() for coding in ("treatment", "sum", "helmert")
    ]
    for other in tables[1:]:
        np.testing.assert_allclose(tables[0]["F value"], other["F value"], rtol=1e-6)


def test_contest_takes_names_and_tests_rows_one_by_one():
    fit = reference_fit("sleep_slopes")
    row = fit.contest({"Days": 1}, joint=False).iloc[0]
    assert row[["estimate", "df", "p"]].tolist() == pytest.approx(
        fit.coef_table().loc["Days", ["estimate", "df", "p"]].tolist()
    )
    assert fit.contest({"Days": 1}, joint=False, rhs=row["estimate"])["p"].iloc[0] == pytest.approx(1.0)
    with pytest.raises(OptionError, match="'Dayz' is not a coefficient"):
        fit.contest({"Dayz": 1})


def test_p_values_stand_side_by_side():
    table = reference_fit("sleep_slopes").p_values(n=50, seed=1)
    assert list(table.columns) == ["estimate", "z", "satterthwaite", "kenward-roger", "lrt", "bootstrap"]
    assert table.loc["Days", "lrt"] == pytest.approx(1.2256e-06, rel=1e-3)
    assert table.loc["Days", "bootstrap"] == pytest.approx(1 / 51)


def test_methods_that_do_not_apply_say_so():
    with pytest.raises(OptionError, match="made for REML fits"):
        reference_fit("sleep_slopes_ml").coef_table(ddf="kenward-roger")
    with pytest.raises(OptionError, match="'satterthwaite', 'kenward-roger', 'residual', 'z'"):
        reference_fit("sleep_slopes").anova(ddf="kr")
    with pytest.raises(OptionError, match="type=4 is not known"):
        reference_fit("sleep_slopes").anova(type=4)


@pytest.fixture(scope="module")
def nested_and_crossed():
    """Pupils' classes in schools, crossed with items: no structure of Z'V^-1Z to use."""
    random = np.random.default_rng(3)
    classes, items = random.integers(0, 60, 300), random.integers(0, 25, 300)
    data = pd.DataFrame({"c": classes, "s": classes % 12, "i": items, "x": random.normal(size=300)})
    data["y"] = random.normal(size=60)[classes] + random.normal(size=12)[classes % 12] + random.normal(size=25)[items]
    data["y"] += 0.3 * data["x"] + random.normal(size=300)
    for name in "csi":
        data[name] = name + data[name].astype(str)
    return mw.lmer("y ~ x + (x | c) + (1 | s) + (x | i)", data, control=mw.Control(warn=False))


def test_kenward_roger_in_pieces_is_that_of_the_whole(nested_and_crossed, monkeypatch):
    whole = nested_and_crossed.coef_table("kenward-roger")
    monkeypatch.setattr("mixwidget.engine.criterion.second_order.DENSE_COLUMNS", 10)
    monkeypatch.setattr("mixwidget.engine.criterion.second_order_pieces.PIECE_FLOATS", 5_000)
    told = []
    again = type(nested_and_crossed)(replace(nested_and_crossed.fit))  # it knows nothing of the first one's answers
    pieces = again.coef_table("kenward-roger", progress=lambda done, total: told.append((done, total)))
    np.testing.assert_allclose(pieces, whole, rtol=1e-9)
    np.testing.assert_allclose(np.square(pieces["se"]), np.diagonal(_dense_vcov(nested_and_crossed)), rtol=1e-7)
    assert len(told) > 5
    n_random = 2 * (59 + 25) + 12
    assert told[-1] == (n_random, n_random)
    assert told == sorted(told)


def _dense_vcov(fit):
    rows, parts, variances = fit.rows, [np.eye(fit.nobs)], [fit.sigma**2]
    for term, z, covariance in zip(fit.design.terms, rows.z, fit.fit.estimates.covariances, strict=True):
        codes = rows.codes[term.factor]
        same = codes[:, None] == codes
        for a in range(len(covariance)):
            for b in range(a + 1):
                part = np.outer(z[:, a], z[:, b]) * same
                parts.append(part if a == b else part + part.T)
                variances.append(covariance[a, b])
    return dense_kenward_roger(rows.X, parts, variances)


def test_kenward_roger_can_be_stopped(nested_and_crossed, monkeypatch):
    monkeypatch.setattr("mixwidget.engine.criterion.second_order.DENSE_COLUMNS", 10)
    solution = nested_and_crossed.fit
    stopping = replace(solution, control=replace(solution.control, should_stop=lambda: True))
    with pytest.raises(FitCancelled, match="Kenward-Roger's method was cancelled"):
        kenward_roger(stopping)
