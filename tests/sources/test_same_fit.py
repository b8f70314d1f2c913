"""A fit of batches is the fit of the same rows in memory, whatever the formula and wherever the rows come from."""

from __future__ import annotations

import pytest

import mixwidget as mw
from tests.sources.same import assert_same
from tests.sources.shapes import SHAPES

PLAIN = {
    "intercepts": ("y ~ 1 + (1 | g)", {}),
    "year": ("y ~ year + (1 | g)", {}),
    "slopes at 2008": ("y ~ year + far + (year | g)", {}),
    "slopes at 1e5": ("y ~ far + (far | g)", {}),
    "double bar": ("y ~ year + (year || g)", {}),
    "text factor": ("y ~ kind + (1 | g)", {}),
    "level order": ("y ~ size + year + (1 | g)", {}),
    "ordered": ("y ~ grade + (1 | g)", {}),
    "logical": ("y ~ flag * year + (1 | g)", {}),
    "interaction": ("y ~ year * kind + far:size + (1 | g)", {}),
    "crossed": ("y ~ year + (1 | g) + (1 | k)", {}),
    "crossed slopes": ("y ~ year + (year | g) + (1 | k) + (1 | rest)", {}),
    "nested": ("y ~ year + (1 | g / part)", {}),
    "joint": ("y ~ year + (1 | k:part) + (1 | g)", {}),
    "factor slopes": ("y ~ kind + (0 + kind | g)", {}),
    "no intercept": ("y ~ 0 + kind + year + (1 | g)", {}),
    "number groups and slope": ("y ~ count + (1 | count) + (1 | g)", {}),
    "squares": ("y ~ year + I((year - 2012)^2) + (1 | g)", {}),
    "near squares": ("y ~ year + I(year^2) + (1 | g)", {}),
    "logarithm": ("y ~ log(positive) + (1 | g)", {}),
    "log response": ("log(positive) ~ year + (1 | g)", {}),
    "aliased": ("y ~ year + I(2 * year) + kind + (1 | g)", {}),
    "maximum likelihood": ("y ~ year + kind + (1 | g)", {"reml": False}),
}
OPTIONS = {
    "scale": ("y ~ scale(year) + scale(far) + (scale(year) | g)", {}),
    "center": ("y ~ center(year) * kind + (1 | g)", {}),
    "poly": ("y ~ poly(far, 3) + (1 | g)", {}),
    "poly of years": ("y ~ poly(year, 2) * kind + (1 | g)", {}),
    "natural spline": ("y ~ ns(positive, df = 3) + (1 | g)", {}),
    "spline with knots": ("y ~ bs(far, knots = 100000) + (1 | g)", {}),
    "scaled square": ("y ~ I(scale(year)^2) + (1 | g)", {}),
    "mean": ("y ~ I(year - mean(year)) + (1 | g)", {}),
    "median": ("y ~ I(far - median(far)) + (1 | g)", {}),
    "factor of numbers": ("y ~ factor(count) + (1 | g)", {}),
    "factor of texts": ("y ~ factor(size) + relevel(factor(kind), ref = 'c') + (1 | g)", {}),
    "cut": ("y ~ cut(positive, c(0, 1, 2, 100)) + (1 | g)", {}),
    "interaction()": ("y ~ interaction(kind, size) + (1 | g)", {}),
    "group means": ("y ~ year + ave(year, g) + (1 | g)", {}),
    "sum contrasts": ("y ~ kind * year + (1 | g)", {"contrasts": {"kind": "sum"}}),
    "own contrasts": ("y ~ C(kind, contr.sum) + C(size, contr.helmert) + (1 | g)", {}),
    "dummy": ("y ~ year + (dummy(kind, 'a') || g)", {}),
    "weights": ("y ~ year + (year | g)", {"weights": "weight"}),
    "weights expression": ("y ~ year + (1 | g) + (1 | k)", {"weights": "1 / weight"}),
    "offset": ("y ~ year + (1 | g)", {"offset": "shift"}),
    "offset in formula": ("y ~ year + offset(2 * shift) + (1 | g)", {}),
    "subset": ("y ~ year * size + (1 | g)", {"subset": "year > 2010 & size != 'mid'"}),
    "subset of text": ("y ~ year + kind + (1 | g) + (1 | rest)", {"subset": "kind != 'c'"}),
    "subset and scale": ("y ~ scale(year) + (1 | g)", {"subset": "far > 100000"}),
    "everything": (
        "y ~ poly(year, 2) * size + scale(far) + (scale(far) | g) + (1 | k)",
        {"weights": "weight", "offset": "shift", "subset": "kind != 'c'", "contrasts": {"size": "sum"}},
    ),
}
CASES = {**PLAIN, **OPTIONS}
EVERYWHERE = (
    "slopes at 2008",
    "level order",
    "ordered",
    "logical",
    "crossed slopes",
    "nested",
    "poly of years",
    "everything",
)


@pytest.fixture(scope="module")
def in_memory(table):
    fits: dict[str, mw.LmerModel] = {}

    def fit(name: str) -> mw.LmerModel:
        if name not in fits:
            formula, options = CASES[name]
            fits[name] = mw.lmer(formula, table, control=QUIET, **options)
        return fits[name]

    return fit


QUIET = mw.Control(warn=False)


@pytest.mark.parametrize("name", CASES)
def test_batches_give_the_fit_of_the_frame(name, table, in_memory):
    formula, options = CASES[name]
    streamed = mw.lmer(formula, mw.in_batches(table, rows=211), control=QUIET, **options)
    assert_same(streamed, in_memory(name))


def test_more_crossed_levels_than_a_dense_block_holds_are_fitted_as_in_memory(table):
    control = mw.Control(max_dense_columns=3, warn=False)
    formula = "y ~ year + (1 | g) + (1 | rest)"
    assert_same(*(mw.lmer(formula, data, control=control) for data in (mw.in_batches(table, rows=211), table)))


@pytest.mark.parametrize("name", EVERYWHERE)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_source_gives_the_fit_of_the_frame(shape, name, table, tmp_path):
    formula, options = CASES[name]
    source, frame = SHAPES[shape](table, tmp_path)
    streamed = mw.lmer(formula, source, control=QUIET, **options)
    assert_same(streamed, mw.lmer(formula, frame, control=QUIET, **options))
