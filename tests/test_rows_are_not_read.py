"""What follows from labels and sums of products is answered by a fit whose rows cannot be read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.views.caterpillar import level_names
from mixwidget.views.varcorr import varcorr_view
from tests.oracles import load_data

NEW = pd.DataFrame({"Days": [0.5, 11.0], "Subject": ["308", "372"]})
ANSWERS = {
    "fixed effects": lambda fit: fit.coef_table(),
    "Kenward-Roger": lambda fit: fit.coef_table(ddf="kenward-roger"),
    "covariance of the fixed effects": lambda fit: fit.vcov,
    "variances": lambda fit: varcorr_view(fit.fit).to_dict(),
    "random effects": lambda fit: fit.ranef(cond_sd=True),
    "coefficients by level": lambda fit: fit.coef()["Subject"],
    "levels": lambda fit: level_names(fit.fit),
    "sizes": lambda fit: (fit.nobs, fit.npar, fit.df_resid, fit.ngroups),
    "criteria": lambda fit: (fit.criterion, fit.loglik, fit.aic, fit.aicc, fit.bic),
    "tidy": lambda fit: fit.tidy(),
    "glance": lambda fit: fit.glance(),
    "contrast": lambda fit: fit.contest([[0, 1]]),
    "Wald intervals": lambda fit: fit.confint(method="wald"),
    "maximum likelihood": lambda fit: fit.refit_ml().criterion,
    "ranova": lambda fit: fit.ranova(progress=False),
    "simplify": lambda fit: mw.simplify(fit).sentence,
    "verdict": lambda fit: fit.verdict.message,
    "prediction": lambda fit: fit.predict(NEW, interval="prediction"),
    "R code": lambda fit: fit.to_r(),
    "LaTeX": lambda fit: fit.to_latex(),
}


class Unreadable:
    """Rows that are not there."""

    def __getattr__(self, name):
        raise AssertionError(f"{name} of the rows was read")


@pytest.fixture(scope="module")
def fit():
    return mw.lmer("Reaction ~ Days + (Days | Subject)", load_data("sleepstudy"))


@pytest.mark.parametrize("question", ANSWERS)
def test_labels_and_sums_answer(question, fit):
    answer = ANSWERS[question]
    without = replace(fit, fit=replace(fit.fit, rows=Unreadable()))
    assert _plain(answer(without)) == _plain(answer(fit))


def test_a_fit_that_reads_its_rows_is_told_apart(fit):
    without = replace(fit, fit=replace(fit.fit, rows=Unreadable()))
    with pytest.raises(AssertionError, match="of the rows was read"):
        without.resid()


def _plain(value):
    if isinstance(value, pd.DataFrame | pd.Series | dict):
        return str(value)
    return value.tolist() if isinstance(value, np.ndarray) else value
