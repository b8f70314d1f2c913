"""What depends on rows, levels and sparsity is found once; other responses, fewer rows, other structures reuse it."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.engine.model import assembly
from mixwidget.engine.sums import cross_products, pooled_rows

FORMED = [
    (pooled_rows, "find_pattern"),  # levels and their pairs
    (pooled_rows, "pool_columns"),  # standardised columns
    (cross_products, "_panel"),  # sums by level
    (cross_products, "_pair_values"),  # sums by pair of levels
    (assembly, "sparse_pattern"),  # where entries of crossed factors meet
]


@pytest.fixture
def formed(monkeypatch):
    """Return a counter of what is formed from now on."""
    counter = Counter()

    def counted(module, name):
        original = getattr(module, name)

        def count(*args, **options):
            counter[name] += 1
            return original(*args, **options)

        return count

    for module, name in FORMED:
        monkeypatch.setattr(module, name, counted(module, name))
    return counter


@pytest.fixture(scope="module")
def crossed():
    """Return a fit whose crossed factors are stored sparsely."""
    rng = np.random.default_rng(3)
    s, i = np.repeat(np.arange(240), 2), rng.integers(0, 200, 480)
    x = rng.normal(size=480)
    y = 1.0 + x + rng.normal(size=240)[s] + rng.normal(size=200)[i] + rng.normal(size=480)
    data = pd.DataFrame({"y": y, "x": x, "s": s.astype(str), "i": i.astype(str)})
    return mw.lmer("y ~ x + (x || s) + (1 | i)", data, control=mw.Control(warn=False))


def test_the_counter_counts(formed, crossed):
    mw.lmer(crossed.formula, crossed.call.frame, control=mw.Control(warn=False))
    assert formed == {"find_pattern": 1, "pool_columns": 1, "_panel": 2, "_pair_values": 1, "sparse_pattern": 1}


def test_another_response_forms_only_its_own_sums(formed, crossed):
    refit = crossed.refit(crossed.simulate(1, seed=1)["sim_1"])
    assert not formed
    assert not np.allclose(refit.fixef, crossed.fixef)


def test_a_refit_of_a_refit_forms_nothing_either(formed, crossed):
    there = crossed.refit(2.0 * crossed.rows.y)
    back = there.refit(crossed.rows.y)
    assert not formed
    assert back.criterion == pytest.approx(crossed.criterion, abs=1e-8)
    np.testing.assert_allclose(back.fixef, crossed.fixef, atol=1e-7)


def test_a_refit_is_the_fit_of_the_other_response(crossed):
    y = crossed.simulate(1, seed=2)["sim_1"]
    whole = mw.lmer(crossed.formula, crossed.call.frame.assign(y=y), control=mw.Control(warn=False))
    refit = crossed.refit(y)
    assert refit.criterion == pytest.approx(whole.criterion, abs=1e-7)
    np.testing.assert_allclose(refit.fixef, whole.fixef, atol=1e-5)
    cross, other = refit.fit.cross, whole.fit.cross
    sums = [(model.y @ model.total @ model.y, model.X.T @ model.total @ model.y) for model in (cross, other)]
    for one, two in zip(*sums, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-12)


def test_leaving_out_levels_forms_nothing(formed, crossed):
    crossed.influence("s", progress=False)
    assert not formed


def test_a_bootstrap_forms_nothing(formed, crossed):
    crossed.bootstrap(3, seed=1, progress=False)
    crossed.bootstrap(3, seed=1, stat=lambda fit: fit.sigma, progress=False)
    assert not formed


def test_other_structures_form_no_sum(formed, crossed):
    crossed.restructure([("s", ["(Intercept)"]), ("i", ["(Intercept)"])])
    crossed.refit_ml()
    assert set(formed) <= {"sparse_pattern"}


def test_rows_above_the_limit_are_read_again_when_they_are_needed(monkeypatch, crossed):
    from mixwidget.fit import sums as fit_sums

    monkeypatch.setattr(fit_sums, "KEPT_BYTES", 100)
    lean = mw.lmer(crossed.formula, crossed.call.frame, control=mw.Control(warn=False))
    assert lean.fit.sums.pooled is None
    refit = lean.refit(2.0 * crossed.rows.y)
    np.testing.assert_allclose(refit.fixef, 2.0 * crossed.fixef, rtol=1e-6)


def test_sums_with_other_weights_reuse_rows_and_pattern(formed, crossed):
    weights = np.random.default_rng(4).uniform(0.2, 3.0, len(crossed.rows.y))
    weighted = mw.lmer(crossed.formula, crossed.call.frame, weights=weights, control=mw.Control(warn=False))
    formed.clear()
    kept = crossed.fit.pooled_rows.with_weights(weights)
    sums = cross_products.sum_rows(kept, crossed.fit.cross.term_factor)
    assert set(formed) == {"_panel", "_pair_values"}
    np.testing.assert_allclose(sums.total, weighted.fit.cross.total, rtol=1e-12, atol=1e-9)
    for one, other in zip(sums.factors, weighted.fit.cross.factors, strict=True):
        np.testing.assert_allclose(one.panel, other.panel, rtol=1e-12, atol=1e-12)
    assert kept.pool is crossed.fit.pooled_rows.pool
