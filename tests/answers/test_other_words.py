"""What a fit says when it is asked by the words of another package."""

from __future__ import annotations

import copy
import pickle
import re

import pytest

import mixwidget as mw
from mixwidget.answers.other_words import ELSEWHERE, FUNCTIONS, OF_ONE_KIND

KINDS = {"mw.lmer": mw.LmerModel, "mw.glmer": mw.GlmerModel}
FORMULA = "Reaction ~ Days + (Days | Subject)"


@pytest.fixture(scope="module")
def fit():
    return mw.lmer(FORMULA, mw.load_dataset("sleepstudy"))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("residuals", "a fit has no 'residuals'; it is here: fit.resid()"),
        ("random_effects", "a fit has no 'random_effects'; it is here: fit.ranef()"),
        ("simplify", "a fit has no 'simplify'; it is a function: mw.simplify(fit)"),
        ("simplfy", "a fit has no 'simplfy'; did you mean mw.simplify(fit)?"),
        ("VarCorr", "a fit has no 'VarCorr'; did you mean fit.varcorr?"),
        ("ranefs", "a fit has no 'ranefs'; did you mean fit.ranef?"),
        ("threshold", "a fit has no 'threshold'; only fits of mw.glmer have one"),
        ("xyzzy", "a fit has no 'xyzzy'; print(fit) shows what was fitted, dir(fit) what it can be asked"),
        ("_repr_png_", "a fit has no '_repr_png_'"),
    ],
)
def test_a_name_that_is_not_there_says_where_to_look(fit, name, says):
    with pytest.raises(AttributeError, match=f"^{re.escape(says)}$"):
        getattr(fit, name)
    assert not hasattr(fit, name)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_functions_take_a_fit_first_and_are_no_methods(name):
    assert callable(getattr(mw, name))
    assert not any(hasattr(kind, name) for kind in KINDS.values())


@pytest.mark.parametrize(("word", "where"), ELSEWHERE.items())
def test_what_is_named_instead_is_there(word, where):
    for name in re.findall(r"fit\.(\w+)", where):
        assert all(hasattr(kind, name) for kind in KINDS.values()), name
    for name in re.findall(r"mw\.(\w+)", where):
        assert callable(getattr(mw, name))
    assert "fit" in where
    assert not any(hasattr(kind, word) for kind in KINDS.values())


@pytest.mark.parametrize(("maker", "names"), OF_ONE_KIND.items())
def test_what_one_kind_has_the_other_has_not(maker, names):
    (other,) = (kind for made, kind in KINDS.items() if made != maker)
    assert set(names) == {name for name in dir(KINDS[maker]) if name[0] != "_" and not hasattr(other, name)}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("emmeans", "; a fit has it: fit.emmeans"),
        ("lmre", "; did you mean mw.lmer?"),
        ("load_datasets", "; did you mean mw.load_dataset?"),
        ("xyzzy", ""),
    ],
)
def test_the_package_says_so_too(fit, name, says):
    with pytest.raises(AttributeError, match=f"^module 'mixwidget' has no attribute '{name}'{re.escape(says)}$"):
        getattr(mw, name)


def test_an_answer_that_fails_keeps_its_own_error(fit, monkeypatch):
    def broken(_self):
        return object().nothing

    monkeypatch.setattr(mw.LmerModel, "aic", property(broken))
    with pytest.raises(AttributeError, match="'object' object has no attribute 'nothing'"):
        _ = fit.aic


def test_a_fit_is_copied_and_stored_as_before(fit):
    assert copy.copy(fit).criterion == fit.criterion
    assert pickle.loads(pickle.dumps(fit)).criterion == fit.criterion
