"""Fits survive being stored: pickled, copied, and read by another process, with the same numbers and answers."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.family.distribution import DISTRIBUTIONS, distribution_named, negative_binomial
from mixwidget.family.link import LINKS

QUIET = mw.Control(warn=False)
HERDS = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
TICKS = "TICKS ~ YEAR + (1 | BROOD)"
SLEEP = "Reaction ~ Days + (Days | Subject)"


def _herds(**options):
    return mw.glmer(HERDS, mw.load_dataset("cbpp"), family="binomial", **{"control": QUIET, **options})


FITS = {
    "lmer": lambda: mw.lmer(SLEEP, mw.load_dataset("sleepstudy"), control=QUIET),
    "lmer with priors": lambda: mw.lmer(SLEEP, mw.load_dataset("sleepstudy"), cov_prior="wishart", control=QUIET),
    "lmer from batches": lambda: mw.lmer(SLEEP, mw.in_batches(mw.load_dataset("sleepstudy"), 50), control=QUIET),
    "binomial": _herds,
    "probit": lambda: _herds(link="probit"),
    "quadrature": lambda: _herds(n_agq=9),
    "joint modes": lambda: _herds(n_agq=0),
    "observed weights": lambda: _herds(link="cloglog", control=mw.Control(warn=False, laplace="observed")),
    "priors": lambda: _herds(cov_prior="wishart", fixef_prior="normal"),
    "binary": lambda: mw.glmer("r2 ~ Anger + btype + (1 | id)", _answers(), family="binomial", control=QUIET),
    "Gamma": lambda: mw.glmer(SLEEP, mw.load_dataset("sleepstudy"), family="Gamma", link="log", control=QUIET),
    "negative binomial": lambda: mw.glmer_nb(TICKS, mw.load_dataset("grouseticks"), control=QUIET),
    "from batches": lambda: mw.glmer_nb(TICKS, mw.in_batches(mw.load_dataset("grouseticks"), 100), control=QUIET),
}


def _answers():
    answers = mw.load_dataset("verbagg")
    return answers[answers["id"].isin(answers["id"].unique()[:40])]


@cache
def _fit(name):
    return FITS[name]()


def _pickled(thing):
    return pickle.loads(pickle.dumps(thing))


def _assert_same(other, fit):
    assert other.criterion == fit.criterion
    for answer in ("fixef", "theta", "stderr"):
        np.testing.assert_array_equal(getattr(other, answer), getattr(fit, answer), err_msg=answer)
    for factor, effects in fit.ranef().items():
        np.testing.assert_array_equal(other.ranef()[factor], effects)
    assert str(other.summary()) == str(fit.summary())


@pytest.mark.parametrize("copied", [_pickled, copy.copy, copy.deepcopy], ids=["pickle", "copy", "deepcopy"])
@pytest.mark.parametrize("name", FITS)
def test_a_copy_has_the_same_numbers(name, copied):
    _assert_same(copied(_fit(name)), _fit(name))


@pytest.mark.parametrize("name", FITS)
def test_a_copy_of_the_value_is_the_same_fit(name):
    fit = _fit(name).fit
    other = copy.deepcopy(fit)
    assert other is not fit
    _assert_same(type(_fit(name))(other), _fit(name))


@pytest.mark.parametrize("name", [name for name in FITS if not name.startswith("lmer")])
def test_a_copy_can_be_searched_again(name):
    optimum, other = (fit.fit.optimum for fit in (_fit(name), _pickled(_fit(name))))
    at = optimum.evaluation.theta * 0.9
    here, there = optimum.criterion.evaluate(at), other.criterion.evaluate(at)
    assert there.value == here.value
    slopes = optimum.criterion.differentiate(here), other.criterion.differentiate(there)
    np.testing.assert_array_equal(slopes[1].gradient, slopes[0].gradient)
    np.testing.assert_array_equal(slopes[1].hessian, slopes[0].hessian)
    np.testing.assert_array_equal(other.derivatives.hessian, optimum.derivatives.hessian)


def test_a_stored_fit_is_read_by_another_process(tmp_path):
    """Where nothing has been imported yet."""
    path = tmp_path / "fit.pkl"
    path.write_bytes(pickle.dumps(_fit("negative binomial")))
    code = (
        "import pickle, sys; fit = pickle.load(open(sys.argv[1], 'rb')); print(repr(float(fit.criterion)), fit.shape)"
    )
    told = {**os.environ, "PYTHONPATH": str(Path(mw.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, env=told)
    criterion, shape = map(float, done.stdout.split())
    assert (criterion, shape) == (_fit("negative binomial").criterion, _fit("negative binomial").shape)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_pickled_distribution_is_looked_up(name):
    assert _pickled(DISTRIBUTIONS[name]) is copy.deepcopy(DISTRIBUTIONS[name]) is DISTRIBUTIONS[name]


@pytest.mark.parametrize("name", LINKS)
def test_a_pickled_link_is_looked_up(name):
    assert _pickled(LINKS[name]) is copy.deepcopy(LINKS[name]) is LINKS[name]


def test_a_pickled_negative_binomial_keeps_its_shape():
    other = _pickled(negative_binomial(2.5).with_shape(0.75))
    mu = np.array([0.5, 3.0])
    assert other.shape == 0.75
    np.testing.assert_array_equal(other.variance(mu), distribution_named("negative.binomial", 0.75).variance(mu))
