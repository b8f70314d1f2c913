"""A sparse Cholesky factor against numpy's dense one."""

import numpy as np
import pytest
from scipy import sparse

from mixwidget.linalg.fronts import envelope, plan_fronts
from mixwidget.linalg.multifrontal import factor_fronts


def ring(rng, m):
    """A chain of levels, each with a few others at hand."""
    blocks = sparse.random(3 * m, m, density=0.0, format="lil")
    for i in range(3 * m):
        blocks[i, [i % m, (i + int(rng.integers(1, 5))) % m]] = rng.normal(size=2)
    return blocks.tocsr()


def scattered(rng, m):
    return sparse.random(2 * m, m, density=4.0 / m, random_state=rng, format="csr")


def unconnected(rng, m):
    del rng
    return sparse.csr_matrix((m, m))


PATTERNS = {"ring": ring, "scattered": scattered, "unconnected": unconnected}


@pytest.fixture(params=[(name, m) for name in PATTERNS for m in (1, 7, 300) if m > 5 or name == "unconnected"])
def matrix(request):
    """B'B + I, its lower triangle, and B."""
    name, m = request.param
    blocks = PATTERNS[name](np.random.default_rng(m), m)
    whole = (blocks.T @ blocks + sparse.identity(m)).tocsr()
    lower = sparse.tril(whole).tocoo()
    return whole.toarray(), (lower.row.astype(np.intp), lower.col.astype(np.intp), lower.data), blocks


def test_factor_is_that_of_the_matrix(matrix):
    dense, (rows, columns, values), _ = matrix
    m = len(dense)
    plan = plan_fronts(rows, columns, m, m * m)
    factor = factor_fronts(plan, values)
    assert factor.logdet == pytest.approx(np.linalg.slogdet(dense)[1], rel=1e-12, abs=1e-12)
    right = np.random.default_rng(0).normal(size=(m, 3))
    half = factor.forward(right)
    np.testing.assert_allclose(half.T @ half, right.T @ np.linalg.solve(dense, right), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(dense @ factor.backward(half), right, rtol=1e-9, atol=1e-10)
    inverse = np.linalg.inv(dense)
    np.testing.assert_allclose(factor.inverse_on_pattern(len(rows)), inverse[rows, columns], rtol=1e-9, atol=1e-12)


def test_front_columns_are_each_eliminated_once(matrix):
    dense, (rows, columns, _), _ = matrix
    plan = plan_fronts(rows, columns, len(dense), dense.size)
    assert sorted(plan.order) == list(range(len(dense)))
    np.testing.assert_array_equal(np.concatenate([front.columns for front in plan.fronts]), np.arange(len(dense)))
    assert all(f < front.parent or front.parent == -1 for f, front in enumerate(plan.fronts))


def test_envelope_holds_the_matrix_without_forming_it(matrix):
    dense, _, blocks = matrix
    bound = envelope(blocks, sparse.identity(len(dense), format="csr"))
    assert np.count_nonzero(np.tril(dense)) <= bound <= dense.size


def test_fill_above_the_allowance_is_not_planned(matrix):
    dense, (rows, columns, _), _ = matrix
    assert plan_fronts(rows, columns, len(dense), len(rows) - 1) is None


def test_matrix_that_is_not_positive_has_no_determinant():
    plan = plan_fronts(np.array([0, 1, 1]), np.array([0, 1, 0]), 2, 9)
    assert np.isnan(factor_fronts(plan, np.array([1.0, 1.0, 2.0])).logdet)
