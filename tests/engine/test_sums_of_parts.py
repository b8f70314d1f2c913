"""Sums over parts of the rows, in the pool of the whole, add up to those of the whole."""

from dataclasses import replace

import numpy as np
import pytest

from mixwidget.engine.sums.arrays import FactorArrays, ModelArrays, TermArrays
from mixwidget.engine.sums.cross_products import sum_rows
from mixwidget.engine.sums.pooled_rows import pool_rows

N, RTOL = 300, 1e-12
TERMS = {"one factor": (0,), "nested": (0, 2), "crossed": (0, 1), "three": (0, 1, 2)}


@pytest.mark.parametrize("name", TERMS)
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize("centre", [0.0, 1e6])
def test_sums_of_two_parts_add_up(name, weighted, centre):
    factors = TERMS[name]
    rows = pool_rows(_arrays(factors, weighted=weighted, centre=centre))
    term_factor = tuple(range(len(factors)))
    whole = sum_rows(rows, term_factor)
    one, other = (sum_rows(_part(rows, places), term_factor) for places in (slice(0, 113), slice(113, N)))
    assert one.n + other.n == whole.n
    assert one.log_weights + other.log_weights == pytest.approx(whole.log_weights, rel=RTOL, abs=RTOL * N)
    _assert_same(one.total + other.total, whole.total)
    for f, sums in enumerate(whole.factors):
        _assert_same(one.factors[f].panel + other.factors[f].panel, sums.panel)
    for pair, sums in whole.pairs.items():
        _assert_same(one.pairs[pair].values + other.pairs[pair].values, sums.values)


def _assert_same(found, expected):
    np.testing.assert_allclose(found, expected, rtol=RTOL, atol=RTOL * np.abs(expected).max())


def _part(rows, places):
    """Return some of the rows, in the columns and among the levels of all."""
    pool, pattern = rows.pool, rows.pattern
    return replace(
        rows,
        pool=replace(pool, predictors=pool.predictors[:, places], response=pool.response[places]),
        pattern=replace(
            pattern,
            codes=tuple(codes[places] for codes in pattern.codes),
            pairs={key: replace(pair, of_row=pair.of_row[places]) for key, pair in pattern.pairs.items()},
        ),
        weights=None if rows.weights is None else rows.weights[places],
    )


def _arrays(factors, *, weighted, centre):
    rng = np.random.default_rng(5)
    x = centre + rng.normal(size=N)
    fine, other = rng.permutation(np.arange(N) % 24), rng.permutation(np.arange(N) % 7)
    codes = (fine, other, fine % 4)
    return ModelArrays(
        y=x + rng.normal(size=24)[fine] + rng.normal(size=N),
        X=np.column_stack([np.ones(N), x, rng.normal(size=N)]),
        terms=tuple(TermArrays(i, np.column_stack([np.ones(N), x])) for i in range(len(factors))),
        factors=tuple(FactorArrays(codes[f], int(codes[f].max()) + 1) for f in factors),
        weights=rng.uniform(0.5, 3.0, N) if weighted else None,
    )
