"""The Fit value: what is found out about it is found once, and stays with it alone."""

import pickle
from dataclasses import FrozenInstanceError, replace

import pytest

from mixwidget.fit.fit import is_known, once
from mixwidget.fit.ranef import ranef
from mixwidget.inference.coefficients import coefficient_table
from tests.reference_fits import reference_fit


@pytest.fixture
def fit():
    """Return a fit of which nothing was asked yet."""
    return replace(reference_fit("sleep_slopes").fit)


@pytest.fixture
def counted():
    calls = []

    @once
    def asked(fit, of="all", *, twice=False):
        calls.append((of, twice))
        return len(calls)

    return asked, calls


def test_a_question_is_answered_once(fit, counted):
    asked, calls = counted
    assert [asked(fit), asked(fit)] == [1, 1]
    assert calls == [("all", False)]


def test_other_arguments_are_another_question(fit, counted):
    asked, _ = counted
    assert len({asked(fit), asked(fit, "some"), asked(fit, twice=True)}) == 3
    assert [asked(fit, "some"), asked(fit, twice=True)] == [2, 3]


def test_another_fit_is_asked_anew(fit, counted):
    asked, _ = counted
    assert asked(fit) != asked(replace(fit, reml=False))
    assert not replace(fit).memo


def test_what_fails_is_asked_again(fit):
    answers = iter([ValueError("not yet"), 5])

    @once
    def late(_):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(ValueError, match="not yet"):
        late(fit)
    assert late(fit) == 5


def test_whether_an_answer_is_at_hand(fit):
    assert not is_known(fit, coefficient_table, "satterthwaite")
    coefficient_table(fit, "satterthwaite")
    assert is_known(fit, coefficient_table, "satterthwaite")
    assert not is_known(fit, coefficient_table, "kenward-roger")


def test_a_pickled_fit_leaves_its_answers_behind(fit):
    modes = ranef(fit)["Subject"]
    copied = pickle.loads(pickle.dumps(fit))
    assert not copied.memo
    assert ranef(copied)["Subject"].equals(modes)


def test_a_fit_is_a_value(fit):
    with pytest.raises(FrozenInstanceError):
        fit.reml = False
