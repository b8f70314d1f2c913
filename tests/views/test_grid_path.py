"""Paths in units of the printed decimals are read back as what Python would print, at every stop."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

import mixwidget as mw
from mixwidget.inference.pooling_plane import ShrinkageRequest, pooling_plane
from mixwidget.views.grid_path import FITTED_FROM, LARGEST, STOPS_BEFORE, grid_path

MODELS = {
    "two effects, a level with one row": ("sleepstudy_incomplete", "Reaction ~ Days + (Days | Subject)"),
    "one effect": ("sleepstudy", "Reaction ~ Days + (0 + Days | Subject)"),
    "singular": ("dyestuff2", "Yield ~ 1 + (1 | Batch)"),
    "many levels": ("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)"),
}


def whole(grid, n_levels):
    """Return whole numbers row after row, and whatever follows where there is none, as the format is defined."""
    low, middle, high = np.frombuffer(grid.uint8, "u1").astype(int).reshape(3, -1, n_levels)
    bits = low + 256 * middle + 65536 * high
    weights = np.frombuffer(grid.weights.float32, "<f4").astype(float).reshape(len(bits), -1)
    d = len(grid.decimals)
    beside = whole(grid.beside, n_levels).reshape(len(bits) // d, -1, n_levels) if grid.beside else [[]] * len(bits)
    rows = []
    for i, left in enumerate(np.where(bits % 2, -(bits + 1) // 2, bits // 2)):
        constant, *factors = weights[i]
        told = np.full(n_levels, constant)
        for factor, row in zip(factors, [*beside[i // d], *rows[: -STOPS_BEFORE * d - 1 : -1]], strict=False):
            told = told + factor * row
        rows.append(np.floor(told + 0.5) + left)
    return np.stack(rows)


def read(grid, shape):
    """Return the numbers of a path, its estimates without pooling first, then the stops from the last to the first."""
    found = whole(grid, shape[2])
    found.flat[np.frombuffer(grid.none.int32, "<i4")] = np.nan
    return found.reshape(shape) / 10.0 ** np.array(grid.decimals)[:, None]


def printed(coef, own, decimals):
    tens = 10.0 ** np.array(decimals)[:, None]
    return np.floor(np.concatenate([own[None], coef[::-1]]) * tens + 0.5) / tens


@pytest.mark.parametrize("case", MODELS)
def test_every_number_of_a_fit_is_what_is_printed_of_it(case):
    data, formula = MODELS[case]
    fit = mw.lmer(formula, mw.load_dataset(data), control=mw.Control(warn=False)).fit
    plane = pooling_plane(fit, ShrinkageRequest())
    decimals = (2, 3)[: plane.coef.shape[1]]
    expected = printed(plane.coef, plane.own, decimals)
    grid = grid_path(plane.coef, plane.own, decimals)
    np.testing.assert_array_equal(read(grid, expected.shape), expected)


@pytest.mark.parametrize("n_levels", [FITTED_FROM - 1, FITTED_FROM, 1500])
@pytest.mark.parametrize("d", [1, 2])
def test_missing_and_distant_numbers_of_many_levels_are_kept(n_levels, d):
    random = np.random.default_rng(n_levels + d)
    own = np.clip(20.0 * random.standard_cauchy((d, n_levels)), -20_000.0, 20_000.0)
    share = np.linspace(0.0, 1.0, 9)[:, None, None]
    coef = share**2 * own * random.uniform(0.5, 1.0, n_levels) ** (1.0 - share)
    own[:, ::7] = np.nan
    coef[-1, :, ::14] = np.nan
    coef[0, 0] = np.nan
    decimals = (1, 2)[:d]
    expected = printed(coef, own, decimals)
    np.testing.assert_array_equal(read(grid_path(coef, own, decimals), expected.shape), expected)


@pytest.mark.parametrize(
    ("value", "decimals"),
    [(LARGEST / 10.0, 1), (1.0, 9)],
    ids=["more than three bytes", "more decimals than are written"],
)
def test_what_is_no_whole_number_of_three_bytes_has_no_such_path(value, decimals):
    coef = np.array([[[0.0, 0.0]], [[value, 1.0]]])
    assert grid_path(coef, coef[-1], (decimals,)) is None


@pytest.mark.parametrize("d", [1, 2])
def test_a_path_is_told_from_that_of_another_model_and_takes_less(d):
    random = np.random.default_rng(d)
    share = np.linspace(0.0, 1.0, 9)[:, None, None]
    first = 20.0 * random.normal(size=(2, 400)) * share ** random.uniform(1.0, 2.0, 400)
    second = 0.9 * first[:, :d] + share
    beside = grid_path(first, first[-1], (2, 2))
    grid, alone = grid_path(second, second[-1], (1, 2)[:d], beside), grid_path(second, second[-1], (1, 2)[:d])
    expected = printed(second, second[-1], (1, 2)[:d])
    np.testing.assert_array_equal(read(grid, expected.shape), expected)
    assert len(zlib.compress(grid.uint8)) < 0.7 * len(zlib.compress(alone.uint8))
