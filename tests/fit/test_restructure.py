"""Other structures from kept cross products, and other responses: the same answers as fresh fits."""

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.errors import DataError
from tests import tolerances as tol
from tests.oracles.twins_worlds import world

QUIET = mw.Control(warn=False)
ONE, X, Z = ["(Intercept)"], ["x"], ["z"]
FULL = "y ~ x + z + (1 + x + z | fine) + (1 + x | mid) + (1 + z | cr) + (1 | cr2)"
STRUCTURES = {  # terms of a restructured fit, and the bars of the fresh one
    "intercepts": ([("fine", ONE)], "(1 | fine)"),
    "slope dropped": ([("fine", [*ONE, *X])], "(1 + x | fine)"),
    "no correlations": ([("fine", ONE), ("fine", X), ("fine", Z)], "(1 | fine) + (0 + x | fine) + (0 + z | fine)"),
    "slope only": ([("fine", X)], "(0 + x | fine)"),
    "block and a term": ([("fine", [*ONE, *X]), ("fine", Z)], "(1 + x | fine) + (0 + z | fine)"),
    "another order of columns": ([("fine", [*Z, *ONE])], "(1 + z | fine)"),
    "coarse factor alone": ([("mid", [*ONE, *X])], "(1 + x | mid)"),
    "nested": ([("fine", ONE), ("mid", [*ONE, *X])], "(1 | fine) + (1 + x | mid)"),
    "crossed": ([("cr", [*ONE, *Z]), ("cr2", ONE)], "(1 + z | cr) + (1 | cr2)"),
    "another order of factors": ([("cr2", ONE), ("cr", Z), ("fine", ONE)], "(1 | fine) + (0 + z | cr) + (1 | cr2)"),
    "everything": (
        [("fine", [*ONE, *X, *Z]), ("mid", [*ONE, *X]), ("cr", [*ONE, *Z]), ("cr2", ONE)],
        "(1 + x + z | fine) + (1 + x | mid) + (1 + z | cr) + (1 | cr2)",
    ),
}


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "weights-offset"])
def full(request):
    drawn = world("chain and crossed", seed=51, n=200, weighted=request.param)
    options = {"weights": "w", "offset": "off"} if request.param else {}
    return mw.lmer(FULL, drawn.frame, control=QUIET, **options), drawn.frame, options


@pytest.mark.parametrize("name", STRUCTURES)
@pytest.mark.parametrize("reml", [True, False], ids=["reml", "ml"])
def test_restructured_fit_is_the_fresh_one(full, name, reml):
    fit, frame, options = full
    terms, bars = STRUCTURES[name]
    found = fit.restructure(terms, reml=reml)
    fresh = mw.lmer(f"y ~ x + z + {bars}", frame, reml=reml, control=QUIET, **options)
    assert found.criterion == pytest.approx(fresh.criterion, abs=1e-5)
    assert (found.npar, found.ngroups, found.reml) == (fresh.npar, fresh.ngroups, reml)
    assert found.is_singular == fresh.is_singular
    np.testing.assert_allclose(found.fixef, fresh.fixef, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(found.stderr, fresh.stderr, rtol=1e-3)
    np.testing.assert_allclose(found.fitted, fresh.fitted, atol=1e-3)
    for group, modes in fresh.ranef().items():
        columns = list(modes.columns)
        np.testing.assert_allclose(found.ranef()[group][columns], modes, atol=1e-3)
    sds = {(t.group, c): sd for t in fresh.varcorr.terms for c, sd in zip(t.columns, t.sd, strict=True)}
    for term in found.varcorr.terms:
        for column, sd in zip(term.columns, term.sd, strict=True):
            assert sd == pytest.approx(sds[term.group, column], abs=1e-3)


@pytest.mark.parametrize("full", [False], ids=["plain"], indirect=True)
@pytest.mark.parametrize("name", STRUCTURES)
def test_restructured_fit_predicts_like_the_fresh_one(full, name):
    fit, frame, _ = full
    terms, bars = STRUCTURES[name]
    found, fresh = fit.restructure(terms), mw.lmer(f"y ~ x + z + {bars}", frame, control=QUIET)
    new = frame.head(5).assign(x=[0.0, 1.0, 2.0, 3.0, 4.0])
    np.testing.assert_allclose(found.predict(new), fresh.predict(new), atol=2e-3)
    found_interval, fresh_interval = (f.predict(new, interval="prediction") for f in (found, fresh))
    np.testing.assert_allclose(found_interval, fresh_interval, atol=2e-3)
    assert mw.lmer(found.formula, frame, control=QUIET).criterion == pytest.approx(found.criterion, abs=1e-5)


def test_restructuring_leaves_the_first_fit_alone(full):
    fit, _, _ = full
    before = (fit.criterion, fit.theta.copy(), fit.ranef()["fine"].copy())
    fit.restructure([("fine", ONE)])
    assert fit.criterion == before[0]
    np.testing.assert_array_equal(fit.theta, before[1])
    pd.testing.assert_frame_equal(fit.ranef()["fine"], before[2])


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ([("fin", ["(Intercept)"])], r"'fin' is not a grouping factor of this fit; did you mean 'fine'\?"),
        ([("fine", ["(Intercept)", "xx"])], r"'xx' is not a random-effects column of 'fine' in this fit; did you mean"),
        ([("cr2", ["x"])], r"'x' is not a random-effects column of 'cr2' in this fit; it has '\(Intercept\)'"),
        ([], "at least one"),
        ("(1 | fine)", r"at least one \(group, columns\) pair"),
        ({"fine": "||"}, r"at least one \(group, columns\) pair"),
        ([("fine", "x")], r"at least one \(group, columns\) pair"),
        ([("fine", [])], "at least one"),
        ([("fine", ["x", "x"])], "'x' of 'fine' is a combination of 'x'"),
    ],
)
def test_structures_that_cannot_be(full, terms, message):
    fit, _, _ = full
    with pytest.raises(DataError, match=message):
        fit.restructure(terms)


@pytest.mark.parametrize("structure", ["one factor", "chain of three", "crossed", "chain and crossed"])
def test_refit_is_a_fresh_fit_to_the_new_response(structure):
    drawn = world(structure, seed=52)
    fit = mw.lmer(drawn.formula, drawn.frame, control=QUIET)
    for y in (drawn.frame["y"], fit.simulate(1, seed=1)["sim_1"], 1e4 - 3.0 * drawn.frame["y"]):
        again = fit.refit(y.to_numpy())
        fresh = mw.lmer(drawn.formula, drawn.frame.assign(y=y), control=QUIET)
        assert again.criterion == pytest.approx(fresh.criterion, abs=tol.ATOL_INVARIANCE)
        np.testing.assert_allclose(again.fixef, fresh.fixef, rtol=1e-3, atol=1e-3 * fresh.sigma)
        np.testing.assert_allclose(again.resid(), fresh.resid(), atol=1e-2 * fresh.sigma)
        assert again.verdict.code == fresh.verdict.code


def test_refit_on_rows_with_missing_values():
    drawn = world("one factor", seed=53)
    frame = drawn.frame.copy()
    frame.loc[[3, 8], "x"] = np.nan
    fit = mw.lmer("y ~ x + (x | fine)", frame, control=QUIET)
    by_row, by_fitted_row = fit.refit(frame["y"]), fit.refit(frame["y"].drop([3, 8]))
    assert by_row.criterion == by_fitted_row.criterion == pytest.approx(fit.criterion, abs=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda y: y[:-1], "149"),
        (lambda y: np.where(np.arange(len(y)) == 4, np.nan, y), "missing or infinite"),
        (lambda y: np.where(np.arange(len(y)) == 4, np.inf, y), "missing or infinite"),
        (lambda y: np.full(len(y), 2.0), "constant"),
        (lambda y: [str(v) + "a" for v in y], "must be numbers"),
        (lambda y: np.column_stack([y, y]), "150 x 2 values"),
    ],
)
def test_responses_that_cannot_be_refitted(change, message):
    drawn = world("one factor", seed=54)
    fit = mw.lmer("y ~ x + (x | fine)", drawn.frame, control=QUIET)
    with pytest.raises(DataError, match=message):
        fit.refit(change(drawn.frame["y"].to_numpy()))


def test_refit_by_maximum_likelihood():
    drawn = world("nested", seed=55)
    fit = mw.lmer(drawn.formula, drawn.frame, control=QUIET)
    fresh = mw.lmer(drawn.formula, drawn.frame, reml=False, control=QUIET)
    assert fit.refit_ml().criterion == pytest.approx(fresh.criterion, abs=1e-6)
    assert fresh.refit_ml() is fresh
