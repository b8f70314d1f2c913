"""Variances that no data of a design determine are found in sums as in rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.engine.model.free_directions import FreeDirections

QUIET = mw.Control(warn=False)
# name: formula, options
FREE = {
    "a term twice": ("y ~ x + (1 | g) + (1 | g)", {}),
    "slopes in two terms": ("y ~ x + (x | g) + (0 + x | g)", {}),
    "levels that fixed effects tell apart": ("y ~ kind + x + (1 | kind)", {}),
    "fixed and crossed": ("y ~ kind + x + (1 | kind) + (1 | g)", {}),
    "twice with weights": ("y ~ x + (1 | g) + (1 | g)", {"weights": "w"}),
}
DETERMINED = {
    "slopes in two terms": ("y ~ x + (1 | g) + (0 + x | g)", {}),
    "few levels": ("y ~ poly(x, 3) + (1 | kind) + (1 | g)", {}),
}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    n = 240
    g = rng.integers(0, 20, n)
    frame = pd.DataFrame({"g": g, "kind": rng.choice(["a", "b", "c"], n), "x": rng.normal(size=n)})
    return frame.assign(y=frame["x"] + rng.normal(size=20)[g] + rng.normal(size=n), w=0.5 + rng.random(n))


def _pair(case, rows):
    formula, options = case
    return [mw.lmer(formula, data, control=QUIET, **options) for data in (rows, mw.in_batches(rows, rows=60))]


def _directions(free: FreeDirections) -> np.ndarray:
    """Return directions in the users' units, each by how it changes its pivot."""
    made = free.rows / free.units
    return made / made[np.arange(len(made)), free.pivots][:, None]


@pytest.mark.parametrize("name", FREE)
def test_free_variances_are_those_of_the_rows(name, rows):
    held, summed = _pair(FREE[name], rows)
    free, found = (fit.optimum.criterion.ridge.free for fit in (held, summed))
    np.testing.assert_array_equal(found.pivots, free.pivots)
    np.testing.assert_allclose(_directions(found), _directions(free), atol=1e-6)
    assert [f.code for f in summed.alerts] == [f.code for f in held.alerts]
    assert summed.criterion == pytest.approx(held.criterion, rel=1e-9)
    np.testing.assert_allclose(summed.fixef, held.fixef, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", DETERMINED)
def test_variances_that_are_determined_are_not_called_free(name, rows):
    held, summed = _pair(DETERMINED[name], rows)
    assert held.optimum.criterion.ridge is None
    assert summed.optimum.criterion.ridge is None
    assert summed.criterion == pytest.approx(held.criterion, rel=1e-9)
