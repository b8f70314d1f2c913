"""The conditional distributions that are drawn as ridges: exact where they can be, against brute force."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, norm

import mixwidget as mw
from mixwidget.views.caterpillar import modes_views
from mixwidget.views.ridges import APPROXIMATE, EXACT, NORMAL, POINTS, REACH, ridge_heights, ridge_note

HERDS = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
STEPS = np.linspace(-REACH, REACH, POINTS)


def _heights(fit):
    return np.frombuffer(ridge_heights(fit), np.uint8).reshape(-1, POINTS)


def _cbpp(formula=HERDS, **options):
    return mw.glmer(formula, mw.load_dataset("cbpp"), control=mw.Control(warn=False), **options)


def test_a_ridge_is_likelihood_times_prior():
    """``prod dbinom(incidence, size, plogis(X beta + b)) dnorm(b, 0, sd)``, written out herd by herd."""
    model, data = _cbpp(), mw.load_dataset("cbpp")
    found = _heights(model.fit)
    modes = model.ranef(cond_sd=True)
    fixed = model.fixef.to_numpy() @ model.rows.X.T
    sd = float(np.sqrt(model.fit.estimates.covariances[0][0, 0]))
    for row, (herd, mode, spread) in enumerate(zip(modes["grp"], modes["condval"], modes["condsd"], strict=True)):
        mine = (data["herd"].astype(str) == str(herd)).to_numpy()
        b = mode + spread * STEPS
        chance = 1.0 / (1.0 + np.exp(-(fixed[mine][:, None] + b)))
        y, n = (data.loc[mine, name].to_numpy()[:, None] for name in ("incidence", "size"))
        log = binom.logpmf(y, n, chance).sum(axis=0) + norm.logpdf(b, 0.0, sd)
        assert found[row] == pytest.approx(255 * np.exp(log - log.max()), abs=0.501)


def test_the_ridges_of_all_normal_distributions_are_one():
    linear = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
    (heights,) = _heights(linear.fit)
    assert heights == pytest.approx(255 * np.exp(-0.5 * STEPS**2), abs=0.501)


@pytest.mark.parametrize(
    ("fit", "note", "rows"),
    [
        (lambda: _cbpp().fit, EXACT, 15),
        (lambda: _cbpp(HERDS.replace("(1 |", "(1 + size |")).fit, APPROXIMATE, 1),
        (lambda: mw.lmer("Yield ~ 1 + (1 | Batch)", mw.load_dataset("dyestuff")).fit, NORMAL, 1),
    ],
)
def test_what_they_are_is_said(fit, note, rows):
    made = fit()
    assert ridge_note(made) == note
    assert len(_heights(made)) == rows
    assert note in modes_views(made)[0].words.ridges
