"""A recipe evaluated on pieces of the data gives the rows of the whole."""

import numpy as np
import pytest

from mixwidget.design.build import build_design
from mixwidget.design.newdata import new_rows, new_weights
from tests.tolerances import RTOL_DESIGN

CASES = {
    "numbers and a factor": ("y ~ x*f + (x | g)", {}),
    "scale": ("y ~ scale(x) + (scale(x) | g)", {}),
    "poly": ("y ~ poly(z, 2)*f + (poly(z, 2) || g/h)", {}),
    "splines": ("y ~ ns(z, 3) + bs(far, df=4) + (ns(z, 3) | g)", {}),
    "means": ("y ~ I(x - mean(x)) + cut(z, 3) + (1 | g)", {}),
    "an ordered factor": ("y ~ 0 + o + (f || h)", {}),
    "logical and text": ("y ~ b + text + (1 | interaction(g, h)) + (1 | n)", {}),
    "contrasts": ("y ~ f*h + (f | g)", {"contrasts": {"f": "sum", "h": "helmert"}}),
    "contrasts in the formula": ("y ~ C(f, contr.sum) + (0 + dummy(f) | g)", {}),
    "determined columns": ("y ~ x + I(2 * x) + f:h + (1 | g)", {}),
    "weights and offsets": ("y ~ scale(x) + offset(log(z)) + (x | g)", {"weights": "1 / far^2", "offset": "far"}),
}


@pytest.mark.parametrize("name", CASES)
def test_two_halves_give_the_rows_of_the_whole(name, toy):
    formula, options = CASES[name]
    design, rows = _filled(toy, formula, options)
    halves = [toy[:19], toy[19:]]
    parts = [new_rows(design, half) for half in halves]
    np.testing.assert_allclose(_joined(part.X for part in parts), rows.X, rtol=RTOL_DESIGN, atol=RTOL_DESIGN)
    for term, z in enumerate(rows.z):
        np.testing.assert_allclose(_joined(part.z[term] for part in parts), z, rtol=RTOL_DESIGN, atol=RTOL_DESIGN)
    for factor, codes in enumerate(rows.codes):
        np.testing.assert_array_equal(_joined(part.codes[factor] for part in parts), codes)
    assert _joined(part.index for part in parts).tolist() == list(rows.index)
    if rows.offset is not None:
        np.testing.assert_allclose(_joined(part.offset for part in parts), rows.offset, rtol=RTOL_DESIGN)
    if rows.weights is not None:
        found = _joined(new_weights(design, half, None) for half in halves)
        np.testing.assert_allclose(found, rows.weights, rtol=RTOL_DESIGN)


def test_what_is_left_out_is_left_out_of_the_halves(toy):
    data = toy.assign(x=toy["x"].where(toy.index % 7 != 2))
    design, rows = _filled(data, "y ~ scale(x) + poly(z, 2) + f + (x | g)", {"subset": "z < 10"})
    taken = data[(data["z"] < 10).to_numpy()]
    parts = [new_rows(design, half) for half in (taken[:15], taken[15:])]
    X, codes = _joined(part.X for part in parts), _joined(part.codes[0] for part in parts)
    np.testing.assert_array_equal(np.isnan(X).any(axis=1), ~rows.kept)
    np.testing.assert_allclose(X[rows.kept], rows.X, rtol=RTOL_DESIGN, atol=RTOL_DESIGN)
    np.testing.assert_array_equal(codes[rows.kept], rows.codes[0])


@pytest.mark.parametrize("name", CASES)
def test_weights_and_offsets_are_known_without_rows(name, toy):
    formula, options = CASES[name]
    design, rows = _filled(toy, formula, options)
    assert design.recipe.has_weights == (rows.weights is not None)
    assert design.recipe.has_offset == (rows.offset is not None)


def test_arrays_of_weights_and_offsets_are_known_without_rows(toy):
    recipe = _filled(toy, "y ~ x + (1 | g)", {"weights": np.ones(48), "offset": np.ones(48)})[0].recipe
    assert (recipe.has_weights, recipe.has_offset) == (True, True)


def _filled(data, formula, options):
    filled = build_design(formula, data, has_residual=False, **options)
    return filled.design, filled.rows


def _joined(parts):
    return np.concatenate([np.asarray(part) for part in parts])
