"""The ladder from the maximal structure down: order of the steps, tests, rules, and that the whole path is kept."""

import numpy as np
import pytest
from scipy.stats import chi2

import mixwidget as mw
from mixwidget.inference.boundary import boundary_test
from tests.reference_fits import reference_fit

RULES = {
    ("hsb_m1", "not singular"): ("math ~ ses * sector + (1 | sch.id)", 3),
    ("hsb_m1", "converged"): ("math ~ ses * sector + (ses | sch.id)", 1),
    ("sleep_slopes", "lrt"): ("Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)", 3),
    ("sleep_slopes", "aic"): ("Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)", 3),
    ("sleep_slopes", "not singular"): ("Reaction ~ Days + (Days | Subject)", 1),
    ("dyestuff2", "not singular"): ("Yield ~ 1 + (1 | Batch)", 1),
}


@pytest.mark.parametrize(("name", "rule"), RULES)
def test_each_rule_stops_where_it_should(name, rule):
    formula, n_models = RULES[name, rule]
    path = mw.simplify(reference_fit(name), rule)
    assert path.chosen.formula == formula
    assert len(path.models) == len(path.to_frame()) == n_models
    assert path.to_frame()["chosen"].sum() == 1


def test_correlations_go_before_interactions_before_slopes_before_intercepts():
    data = mw.load_dataset("sleepstudy")
    generator = np.random.default_rng(5)
    data["dose"] = generator.normal(size=len(data))
    data["Reaction"] = 250 + generator.normal(size=len(data))  # nothing random at all
    fit = mw.lmer("Reaction ~ Days * dose + (Days * dose | Subject)", data, control=mw.Control(warn=False))
    assert mw.simplify(fit, "not singular").to_frame().index.tolist() == [
        "start",
        "without the correlations of Subject",
        "without the 'Days:dose' slopes of Subject",
        "without the 'dose' slopes of Subject",
    ]


def test_the_steps_are_tested_against_each_other():
    frame = mw.simplify(reference_fit("sleep_slopes"), "lrt").to_frame()
    last = frame.iloc[-1]
    assert last["chisq"] == pytest.approx(1786.46508539 - 1743.66929358, abs=1e-4)
    assert last["p"] == pytest.approx(0.5 * chi2.sf(last["chisq"], 1))
    assert frame["criterion"].is_monotonic_increasing


def test_p_of_variances_on_the_boundary_is_a_mixture():
    assert boundary_test(4.0, 2, 1).p == pytest.approx(0.5 * chi2.sf(4, 2) + 0.5 * chi2.sf(4, 1))
    assert boundary_test(4.0, 2, 0).p == pytest.approx(chi2.sf(4, 2))
    assert boundary_test(0.0, 1, 1).p == boundary_test(1e-9, 1, 1).p == 1.0
    assert boundary_test(3.0, 2, 2).p == pytest.approx(0.5 * chi2.sf(3, 1) + 0.25 * chi2.sf(3, 2))


def test_one_step_simpler_structures_and_what_they_change():
    answer = mw.simpler(reference_fit("hsb_m1"))
    frame = answer.to_frame()
    assert frame.index.tolist() == [
        "this fit",
        "without the correlations of sch.id",
        "without the 'ses' slopes of sch.id",
    ]
    assert frame["df"].tolist()[1:] == [1, 2]
    assert frame["fixef_move"].max() < 0.3
    without_slopes = reference_fit("hsb_m1").restructure([("sch.id", ["(Intercept)"])])
    change = without_slopes.fixef["ses"] - reference_fit("hsb_m1").fixef["ses"]
    assert frame["change ses"].iloc[2] == pytest.approx(change, rel=1e-4)
    assert answer.sentence.startswith("The cheapest step: without the")


def test_no_rows_are_looked_at_again():
    fit = reference_fit("hsb_m1")
    for model in mw.simplify(fit).models:
        assert model.optimum.arrangement.cross.total is fit.optimum.arrangement.cross.total


def test_an_unknown_rule_is_refused():
    with pytest.raises(mw.errors.OptionError, match="rule='bic' is not known; choose one of 'converged'"):
        mw.simplify(reference_fit("sleep_slopes"), "bic")


def test_under_a_prior_there_is_no_likelihood_ratio():
    sleep = mw.load_dataset("sleepstudy")
    fit = mw.lmer("Reaction ~ Days + (Days | Subject)", sleep, cov_prior="wishart")
    with pytest.raises(mw.errors.OptionError, match="rule='lrt' compares maxima of the likelihood"):
        mw.simplify(fit, "lrt")
    frame = mw.simplify(fit, "aic").to_frame()
    assert frame[["chisq", "p"]].isna().all(axis=None)
    assert frame["aic"].iloc[0] == pytest.approx(fit.aic)
    simpler = mw.simpler(fit)
    assert "without a test as there is a prior" in simpler.sentence
    assert simpler.to_frame()["p"].isna().all()


def test_progress_ends_where_all_is_done():
    seen = []
    mw.simplify(reference_fit("sleep_slopes"), "lrt", progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (1, 1)]
