"""Responses drawn as sums have the distribution of those drawn row by row: exactly, and as the bootstrap shows it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import mixwidget as mw
from mixwidget.engine.model.sum_draws import SumDraws
from mixwidget.fit.drawn_sums import simulate_sums
from mixwidget.fit.linear_fit import LinearFit

QUIET = mw.Control(warn=False)
# name: formula, whether the rows have weights
DESIGNS: dict[str, tuple[str, bool]] = {
    "intercepts": ("y ~ x + (1 | g)", False),
    "slopes": ("y ~ x + (x | g)", False),
    "slopes alone": ("y ~ x + (0 + x | g)", False),
    "columns of a factor": ("y ~ x + kind + (0 + kind | g)", False),
    "weights": ("y ~ x + (x | g)", True),
    "nested": ("y ~ x + (x | g / part)", False),
    "crossed": ("y ~ x + (x | g) + (1 | h)", False),
    "crossed with slopes, weights": ("y ~ x + (x | g) + (x + kind | h)", True),
    "nested and crossed": ("y ~ x + (1 | g / part) + (x | h)", False),
    "far from zero": ("y ~ year + (year | g)", False),
    "no fixed slope": ("y ~ 1 + (x | g) + (1 | h)", False),
}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    n = 300
    g, h = rng.integers(0, 59, n), rng.integers(0, 80, n)  # more than are solved as one dense system
    g[0] = 59  # a level with one row
    x = rng.normal(size=n)
    frame = {"g": g, "h": h, "part": rng.integers(0, 3, n), "x": x, "year": 2008.0 + rng.integers(0, 10, n)}
    kind = rng.choice(["a", "b"], n)
    y = 1 + x + rng.normal(size=60)[g] + rng.normal(size=60)[g] * x + rng.normal(size=80)[h] + rng.normal(size=n)
    return pd.DataFrame({**frame, "kind": kind, "y": y, "w": 0.5 + rng.random(n)})


def _fit(rows: pd.DataFrame, design: str, *, batches: bool) -> mw.LmerModel:
    formula, has_weights = DESIGNS[design]
    data: Any = mw.in_batches(rows, rows=50) if batches else rows
    return mw.lmer(formula, data, weights="w" if has_weights else None, control=QUIET)


class _UnitVectors:
    """In the place of a generator: the numbers of draw i are those of the i-th unit vector."""

    def __init__(self, n: int) -> None:
        self.n, self.taken = n, 0

    def standard_normal(self, shape: tuple[int, ...]) -> np.ndarray:
        drawn = np.zeros(shape)
        flat = np.moveaxis(drawn, 1, -1)
        for place in np.ndindex(flat.shape[:-1]):
            if self.taken < self.n:
                flat[(*place, self.taken)] = 1.0
            self.taken += 1
        return drawn

    def chisquare(self, df: float, size: int) -> np.ndarray:
        return np.full(size, df)


def _columns(fit: LinearFit, held: LinearFit) -> list[np.ndarray]:
    """Return the own columns of each factor in its levels, then all pool columns, of the rows that are held."""
    raw = np.column_stack([np.ones(held.rows.n), held.rows.X, *held.rows.z])
    known = np.column_stack([np.eye(len(fit.cross.total))[:, :1], fit.cross.X, *fit.cross.terms])[:-1]
    pool = raw @ np.linalg.pinv(known)
    by_factor = []
    for sums, codes in zip(fit.cross.factors, held.rows.codes, strict=True):
        indicators = np.eye(sums.n_levels)[codes]
        by_factor.append(np.concatenate([indicators * pool[:, [own]] for own in sums.own], axis=1))
    return [*by_factor, pool]


@pytest.mark.parametrize("design", DESIGNS)
def test_errors_have_the_covariance_of_the_columns(design, rows):
    fit, held = _fit(rows, design, batches=True).fit, _fit(rows, design, batches=False).fit
    columns = np.concatenate(_columns(fit, held), axis=1)
    weights = held.rows.weights_or_ones
    expected = columns.T @ (columns * weights[:, None])
    draws = SumDraws(fit.cross, 1_000)
    n_numbers = 2 * draws.n_numbers
    panels, total, squares = draws.errors(n_numbers, _UnitVectors(n_numbers))
    made = np.concatenate([*(panel.transpose(0, 2, 1).reshape(-1, n_numbers) for panel in panels), total])
    np.testing.assert_allclose(made @ made.T, expected, atol=1e-7 * np.abs(expected).max())
    rank = np.linalg.matrix_rank(columns)
    np.testing.assert_allclose(squares.sum() - n_numbers * (len(rows) - rank), rank)  # one of each number


@pytest.mark.parametrize("design", ["slopes", "crossed with slopes, weights", "nested and crossed", "far from zero"])
def test_draws_have_the_moments_of_the_model(design, rows):
    model, held = _fit(rows, design, batches=True), _fit(rows, design, batches=False).fit
    fit, n = model.fit, 4_000
    columns, weights = _columns(fit, held), held.rows.weights_or_ones
    covariance = np.diag(1.0 / weights)
    for term, z, template in zip(held.design.terms, held.rows.z, held.estimates.templates, strict=True):
        same = held.rows.codes[term.factor][:, None] == held.rows.codes[term.factor]
        covariance += same * (z @ template @ template.T @ z.T)
    covariance *= held.estimates.sigma**2
    drawn = simulate_sums(fit, n, np.random.default_rng(2))
    weighted = np.concatenate(columns, axis=1) * weights[:, None]
    made = np.concatenate([*(panel.transpose(0, 2, 1).reshape(-1, n) for panel in drawn.panels), drawn.total])
    variances = np.einsum("ij,ik,kj->j", weighted, covariance, weighted)
    there = variances > 1e-9 * variances.max()
    ratios = (made[there] ** 2).mean(axis=1) / variances[there]
    assert np.abs(ratios - 1.0).max() < 6 * np.sqrt(2 / n)
    assert np.abs(made[there].mean(axis=1) / np.sqrt(variances[there])).max() < 6 / np.sqrt(n)
    root = np.linalg.cholesky(covariance).T * np.sqrt(weights)
    sizes = np.linalg.eigvalsh(root @ root.T)  # y'Wy is a sum of squares with these weights
    standard_error = np.sqrt(2 * (sizes**2).sum() / n)
    assert abs(drawn.squares.mean() - sizes.sum()) < 6 * standard_error
    assert drawn.squares.var() / (2 * (sizes**2).sum()) == pytest.approx(1.0, abs=0.3)


@pytest.mark.parametrize("design", ["slopes", "crossed", "weights"])
def test_the_bootstrap_of_sums_is_that_of_rows(design, rows):
    of_rows, of_sums = (
        _fit(rows, design, batches=batches).bootstrap(200, seed=3, progress=False) for batches in (False, True)
    )
    pd.testing.assert_series_equal(of_sums.original, of_rows.original, rtol=1e-5)
    for name in of_rows.replicates:
        assert stats.ks_2samp(of_rows.replicates[name], of_sums.replicates[name]).pvalue > 1e-4


def test_the_same_seed_gives_the_same_replicates(rows):
    fit = _fit(rows, "slopes", batches=True)
    one, same, other = (fit.bootstrap(30, seed=seed, progress=False).replicates for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert not np.allclose(one, other)


def test_a_statistic_of_refits_is_what_is_fitted_together(rows):
    fit = _fit(rows, "slopes", batches=True)
    together = fit.bootstrap(12, seed=1, progress=False).replicates
    own = fit.bootstrap(12, stat=lambda refit: refit.fixef, seed=1, progress=False).replicates
    np.testing.assert_allclose(own, together[["(Intercept)", "x"]], rtol=1e-4, atol=1e-5)
    r2 = fit.bootstrap(5, stat=lambda refit: refit.r2(), seed=1, progress=False).replicates
    assert r2.to_numpy().min() > 0.0
    with pytest.raises(mw.errors.DataError, match="leave stat= out"):
        _fit(rows, "weights", batches=True).bootstrap(5, stat=lambda refit: refit.sigma, progress=False)


def test_p_values_by_bootstrap_come_from_sums(rows):
    held, summed = (_fit(rows, "slopes", batches=batches).p_values(300, seed=4, progress=False) for batches in (0, 1))
    pd.testing.assert_frame_equal(held.drop(columns="bootstrap"), summed.drop(columns="bootstrap"), rtol=1e-4)
    np.testing.assert_allclose(summed["bootstrap"], held["bootstrap"], atol=0.1)


def test_intervals_by_bootstrap_come_from_sums(rows):
    limits = _fit(rows, "intercepts", batches=True).confint("boot", n=200, seed=1, progress=False)
    wald = _fit(rows, "intercepts", batches=False).confint()
    np.testing.assert_allclose(limits.loc["x"], wald.loc["x"], atol=0.1)
