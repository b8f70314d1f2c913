"""Every public name of a generalized model answers, on a model of each kind: nothing fails when it is asked later."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.errors import OptionError
from mixwidget.glmer import GlmerModel

QUIET = mw.Control(warn=False)
SILENT = {"progress": False}


@cache
def model(name):
    return MODELS[name]()


def _trials():
    data = mw.load_dataset("cbpp")
    return mw.glmer("cbind(incidence, size - incidence) ~ period + (1 | herd)", data, control=QUIET)


def _crossed_outcomes():
    data = mw.load_dataset("verbagg").iloc[::4]
    return mw.glmer("r2 ~ btype + Anger + (1 | id) + (1 | item)", data, control=QUIET)


def _counts():
    data = mw.load_dataset("grouseticks")
    return mw.glmer("TICKS ~ YEAR + cHEIGHT + (1 | BROOD)", data, family="poisson", control=QUIET)


def _free_shape():
    data = mw.load_dataset("grouseticks")
    return mw.glmer_nb("TICKS ~ YEAR + cHEIGHT + (1 | BROOD)", data, control=QUIET)


def _dispersion():
    data = mw.load_dataset("sleepstudy")
    return mw.glmer("Reaction ~ Days + (1 | Subject)", data, family="Gamma", link="log", control=QUIET)


def _quadrature():
    data = mw.load_dataset("cbpp")
    formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    return mw.glmer(formula, data, link="probit", n_agq=7, control=QUIET)


def _slopes():
    rng = np.random.default_rng(5)
    g, x = np.repeat(np.arange(20), 15), rng.normal(size=300)
    b = rng.normal(size=(20, 2)) * [0.8, 0.5]
    eta = 0.3 + x + b[g, 0] + b[g, 1] * x
    data = pd.DataFrame({"y": rng.uniform(size=300) < 1 / (1 + np.exp(-eta)), "x": x, "g": g.astype(str)})
    return mw.glmer("y ~ x + (x | g)", data, control=QUIET)


MODELS = {
    "counts of trials": _trials,
    "crossed outcomes": _crossed_outcomes,
    "counts": _counts,
    "free shape": _free_shape,
    "dispersion": _dispersion,
    "quadrature": _quadrature,
    "slopes": _slopes,
}
CALLS = {
    "coef_table": {},
    "anova": {},
    "drop1": SILENT,
    "ranova": SILENT,
    "confint": {"method": "wald"},
    "profile": {"parm": "beta_", **SILENT},
    "bootstrap": {"n": 3, "seed": 1, **SILENT},
    "landscape": SILENT,
    "influence": SILENT,
    "simulate": {"n": 2, "seed": 1},
    "plot": {},
    "resid": {},
}
WITH_FIRST_TERM = {"emmeans", "trends"}  # they are asked of a term of the model
LINEAR_ONLY = {"caic", "conditional_aic"}  # names of `LmerModel`
WITHOUT_ANSWER = {  # what the data have no answer to, said in a sentence
    ("overdispersion", "dispersion"): "estimates its dispersion",
    ("overdispersion", "crossed outcomes"): "cannot be seen in single trials",
    ("overdispersion", "slopes"): "cannot be seen in single trials",
}


def _ask(fit, name):
    attribute = getattr(type(fit), name)
    if isinstance(attribute, property) or not callable(attribute):
        return getattr(fit, name)
    method = getattr(fit, name)
    numeric = [label for label, _ in fit.design.x_assign if label in ("Anger", "cHEIGHT", "Days", "x")]
    if name == "emmeans":
        factors = [label for label, _ in fit.design.x_assign if label in ("period", "btype", "YEAR")]
        return method(factors[0]) if factors else method("1")
    if name == "trends":
        return method(numeric[0]) if numeric else None
    special = {
        "contest": lambda: method(np.eye(len(fit.fixef))[:1]),
        "cond_var": lambda: method(fit.design.factors[0].label),
        "refit": lambda: method(fit.simulate(1, seed=3).iloc[:, 0]),
        "to_html": lambda: method(Path(mkdtemp()) / "handout.html", structures=[]),
        "compare": lambda: method(fit.restructure([(fit.design.factors[0].label, ["(Intercept)"])])),
        "restructure": lambda: method([(fit.design.factors[0].label, ["(Intercept)"])]),
        "threshold": lambda: method(p=0.5 if fit.family == "binomial" else 2.0, of=numeric[0]) if numeric else None,
        "curves": lambda: method(of=numeric[0]) if numeric else None,
    }
    return special[name]() if name in special else method(**CALLS.get(name, {}))


def _names():
    return sorted(name for name in dir(GlmerModel) if not name.startswith("_") and name != "fit")


@pytest.mark.parametrize("name", _names())
@pytest.mark.parametrize("kind", MODELS)
def test_every_public_name_answers(kind, name):
    fit = model(kind)
    if (name, kind) in WITHOUT_ANSWER:
        with pytest.raises(OptionError, match=WITHOUT_ANSWER[name, kind]):
            _ask(fit, name)
        return
    found = _ask(fit, name)
    assert found is not None or name in {*WITH_FIRST_TERM, "threshold", "curves", "shape"}
    assert isinstance(repr(found), str)
    assert len(str(found)) > 0


def test_what_is_of_linear_models_alone_is_no_name_of_a_generalized_one():
    assert LINEAR_ONLY.isdisjoint(_names())
    assert set(dir(mw.LmerModel)) >= LINEAR_ONLY
