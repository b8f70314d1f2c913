"""Another response for a generalized fit: the fit of the same formula to it, with its own labels and findings."""

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.errors import DataError

QUIET = mw.Control(warn=False)
TRIALS = "cbind(incidence, size - incidence) ~ period + (1 | herd)"


def cbpp_with_new_cases():
    data = mw.load_dataset("cbpp")
    return data.assign(new=np.random.default_rng(1).binomial(data["size"], 0.3))


@pytest.mark.parametrize(
    "response", [lambda d: np.column_stack([d["new"], d["size"] - d["new"]]), lambda d: d["new"] / d["size"]]
)
def test_trials_are_refitted(response):
    data = cbpp_with_new_cases()
    fit = mw.glmer(TRIALS, data, control=QUIET)
    again = fit.refit(response(data))
    expected = mw.glmer(TRIALS.replace("incidence", "new"), data, control=QUIET)
    np.testing.assert_allclose(again.fixef, expected.fixef, rtol=1e-6)
    assert again.criterion == pytest.approx(expected.criterion, abs=1e-6)
    assert again.design.response.n_success == data["new"].sum()
    assert again.design.response.n_failure == (data["size"] - data["new"]).sum()
    assert again.design.response.success == "incidence"
    assert type(again) is type(fit)
    assert fit.design.response.n_success == data["incidence"].sum()


def test_other_numbers_of_trials_are_weights():
    data = cbpp_with_new_cases()
    double = np.column_stack([2 * data["new"], 2 * (data["size"] - data["new"])])
    again = mw.glmer(TRIALS, data, control=QUIET).refit(double)
    assert again.rows.weights.sum() == 2 * data["size"].sum()


def test_labels_of_levels_follow():
    data = mw.load_dataset("verbagg")
    fit = mw.glmer("r2 ~ Anger + (1 | id)", data, control=QUIET)
    flipped = np.where(data["r2"] == "Y", "N", "Y")
    again = fit.refit(flipped)
    assert again.design.response.n_success == fit.design.response.n_failure
    np.testing.assert_allclose(again.fixef, -fit.fixef, rtol=1e-4)


def test_a_shape_is_estimated_anew():
    data = mw.load_dataset("grouseticks")
    fit = mw.glmer_nb("TICKS ~ YEAR + (1 | BROOD)", data, control=QUIET)
    new = np.random.default_rng(1).negative_binomial(0.5, 0.5 / (0.5 + 4), len(data))
    again, expected = fit.refit(new), mw.glmer_nb("new ~ YEAR + (1 | BROOD)", data.assign(new=new), control=QUIET)
    assert again.shape == pytest.approx(expected.shape, rel=1e-4)
    assert again.criterion == pytest.approx(expected.criterion, abs=1e-5)


def test_findings_of_the_values_are_those_of_the_new_response():
    data = mw.load_dataset("grouseticks")
    fit = mw.glmer("TICKS ~ YEAR + (1 | BROOD)", data, "poisson", control=QUIET)
    broken = fit.refit(data["TICKS"] + 0.5 * (np.arange(len(data)) == 3))
    found = [finding for finding in broken.alerts if finding.code == "noninteger_counts"]
    assert [finding.message for finding in found] == [
        "refit: the new response has 1 value that is not whole (first 0.5 at fitted row 4)"
    ]
    assert "noninteger_counts" not in {finding.code for finding in broken.refit(data["TICKS"]).alerts}


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (lambda d: np.zeros(len(d)), "needs both outcomes"),
        (lambda d: d["new"], "outside"),
        (lambda d: np.column_stack([d["new"] * 0, d["size"]]), "has no successes"),
    ],
)
def test_what_could_not_be_fitted_is_refused(response, reason):
    data = cbpp_with_new_cases()
    with pytest.raises(DataError, match=reason):
        mw.glmer(TRIALS, data, control=QUIET).refit(response(data))
