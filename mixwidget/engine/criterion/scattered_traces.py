"""The sums of `traces` where the remaining factors have no dense Schur complement."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from mixwidget.engine.criterion.scattered_blocks import cross_of
from mixwidget.linalg import levelwise
from mixwidget.linalg.by_factor import ByFactor
from mixwidget.linalg.elimination import EliminatedLevel, Elimination, eliminate
from mixwidget.linalg.iterative_rest import IterativeRest
from mixwidget.linalg.scattered import level_matrices
from mixwidget.linalg.sparse_rest import SparseRest
from mixwidget.linalg.triangle import lower_triangle

NEARBY_SD = 1e-5  # relative SD in place of a vanishing one: D changes by its square, and keeps 1e-11 of its digits


def scattered_traces(
    by_factor: ByFactor, templates: tuple[np.ndarray, ...], state: Elimination, rest: SparseRest | IterativeRest
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return ``sum_j Q_jj`` and ``sum_j Q_jj T`` of each factor; see `factor_traces`."""
    QT = dict(zip(by_factor.rest, rest.own_sums(), strict=True))
    (finest,) = by_factor.chain
    level = state.levels[0]
    k = len(level.template)
    whitened = level.whitened[:, :k]
    Q = level.panel[:, :k].sum(axis=2) - levelwise.gram(whitened) - rest.chain_sum(_weighted(level))
    found = {finest: (Q, Q @ templates[finest])}
    regular = tuple(_regular(template) for template in templates)
    changed = any(regular[f] is not templates[f] for f in by_factor.rest)
    near = _rest_sums(by_factor, regular, state) if changed else QT
    for f in by_factor.rest:
        found[f] = np.linalg.solve(regular[f].T, near[f].T).T, QT[f]
    return [found[f] for f in range(len(templates))]


def slopes_beyond(
    by_factor: ByFactor, templates: tuple[np.ndarray, ...], state: Elimination, rest: IterativeRest
) -> tuple[np.ndarray, ...]:
    """Return what each probe adds to ``sum_j Q_jj T`` of each factor, before it is weighted: shapes (K, K, probes)."""
    found = dict(zip(by_factor.rest, rest.own_draws(), strict=True))
    (finest,) = by_factor.chain
    found[finest] = -levelwise.right_multiply(rest.chain_draws(_weighted(state.levels[0])), templates[finest])
    return tuple([found[f] for f in range(len(templates))])


def _regular(template: np.ndarray) -> np.ndarray:
    """Return a template; the nearest one whose inverse is harmless, where its own is not."""
    left, sds, right = np.linalg.svd(template)
    least = NEARBY_SD * max(1.0, float(sds[0]))
    return template if sds[-1] >= least else lower_triangle((left * np.maximum(sds, least)) @ right)


def _rest_sums(by_factor: ByFactor, templates: tuple[np.ndarray, ...], state: Elimination) -> dict[int, np.ndarray]:
    """Return ``sum_j Q_jj T`` of each remaining factor at other templates."""
    rest = eliminate(state.blocks, *by_factor.split(templates)).rest
    if not isinstance(rest, SparseRest | IterativeRest):
        raise TypeError("the remaining factors have a dense factor")
    return dict(zip(by_factor.rest, rest.own_sums(), strict=True))


def _weighted(level: EliminatedLevel) -> list[sparse.csr_matrix]:
    """Return the block with the rest times ``I - E W``, for the factor's own block E, each column's rows (J, m)."""
    k = len(level.template)
    weights = -levelwise.multiply_transposed(level.whitened[:, :k], level.root)
    each = np.arange(k)
    weights[each, each] += 1.0
    return level_matrices(cross_of(level).whiten(weights))
