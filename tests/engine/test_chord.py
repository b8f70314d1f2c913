"""Modes next to those of a point, by steps with the matrix of that point."""

import numpy as np
import pytest

from mixwidget.engine.criterion import chord
from mixwidget.engine.criterion.chord import modes_beside
from mixwidget.engine.criterion.follow import followed
from mixwidget.engine.criterion.generalized_criterion import Laplace
from mixwidget.engine.criterion.laplace import Approximation
from mixwidget.engine.criterion.mode import find_mode
from tests.engine.test_thinned import model_of

AT = np.array([0.7, 0.4, 0.2, 0.5])  # two standard deviations, two fixed effects


def beside(theta, monkeypatch, *, least=10):
    monkeypatch.setattr(chord, "MANY_COLUMNS", least)
    model = model_of(2_000)
    point = Laplace(model, Approximation()).evaluate(AT)
    templates = model.layout.templates(theta[:2])
    found = modes_beside(model, templates, theta[2:], followed(point, theta), point)
    return found, find_mode(model, templates, theta[2:], None)


@pytest.mark.parametrize("size", [1e-8, 1e-5, 1e-4])
def test_steps_with_the_matrix_of_a_point_lead_to_the_modes_next_to_it(monkeypatch, size):
    found, exact = beside(AT + size * np.array([1.0, -1.0, 0.5, 1.0]), monkeypatch)
    assert found is not None
    assert exact is not None
    assert found.penalised == pytest.approx(exact.penalised, rel=1e-13)
    for one, other in zip(found.u, exact.u, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-9)


def test_far_from_a_point_the_matrix_is_formed_anew(monkeypatch):
    assert beside(AT + 0.1, monkeypatch)[0] is None


def test_where_elimination_is_cheap_or_a_variance_is_zero_no_such_step_is_made(monkeypatch):
    assert beside(AT + 1e-8, monkeypatch, least=chord.MANY_COLUMNS)[0] is None
    assert beside(AT * np.array([1.0, 0.0, 1.0, 1.0]), monkeypatch)[0] is None
