"""Forty-four further models on the reference's data: never above lme4, and equal where lme4 reached the optimum."""

import json

import numpy as np
import pytest

import mixwidget as mw
from tests.oracles import HERE, load_data
from tests.tolerances import ATOL_OPTIMUM

MODELS = json.loads((HERE / "more" / "models.json").read_text(encoding="utf-8"))["models"]
LME4_STOPS_SHORT = 1e-5  # criterion units: more than this below lme4 and its estimates are no oracle
SHARE_OF_SE = 1e-3  # what lme4's default tolerance leaves of a standard error in the estimates


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model['data']}: {model['formula']}")
def test_criterion_is_never_above_lme4(model):
    data = mw.load_dataset("machines") if model["data"] == "machines" else load_data(model["data"])
    fit = mw.lmer(model["formula"], data, control=mw.Control(warn=False))
    assert list(fit.fixef.index) == model["names"]
    assert fit.criterion <= model["criterion"] + ATOL_OPTIMUM
    if fit.criterion > model["criterion"] - LME4_STOPS_SHORT:
        np.testing.assert_allclose((fit.fixef - model["fixef"]) / model["se"], 0.0, atol=SHARE_OF_SE)
