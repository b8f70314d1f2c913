"""The free directions of a model whose rows are not held, from its sums of products.

`mixwidget.engine.model.free_directions` asks what random contrasts u see of the covariance matrix. They enter by their
sums with the columns, by level, and by their products among themselves, which are drawn here from their joint
distribution: with ``u = W v`` and v of variances 1 / weight, ``Z'u = Z'Wv`` and ``u'W^-1u* = v'Wv*``.
"""

from __future__ import annotations

import numpy as np

from mixwidget.engine.model.basis import standard_basis
from mixwidget.engine.model.free_directions import FreeDirections, directions_of, elements, n_contrasts, products_of
from mixwidget.engine.model.sum_draws import SumDraws
from mixwidget.engine.sums.cross_products import CrossProducts
from mixwidget.linalg import levelwise


def free_directions_of_sums(cross: CrossProducts, *, reml: bool, max_dense_columns: int) -> FreeDirections:
    """Find the directions that change no likelihood; see `free_directions`.

    Parameters
    ----------
    cross : CrossProducts
    reml : bool
        Whether only contrasts without fixed effects count.
    max_dense_columns : int

    Raises
    ------
    ProblemTooLargeError
        If more than `max_dense_columns` columns of crossed factors remain.
    """
    units = _units(cross)
    if not cross.terms:
        return FreeDirections(np.zeros((0, 1)), np.zeros(0, dtype=int), units)
    basis = standard_basis(cross)
    panels, products = _contrasts(cross, basis.X[:-1], n_contrasts(len(units)), max_dense_columns, reml=reml)
    first, second = np.triu_indices(len(products))
    found, sizes = [products[first, second]], [float(np.sqrt(cross.n))]
    for term, f in zip(basis.terms, cross.term_factor, strict=True):
        sums = cross.factors[f]
        columns = term[sums.own]
        found += products_of([some.T for some in levelwise.left_multiply(columns.T, panels[f])], first, second)
        squares = np.einsum("hk,hgJ,gk->kJ", columns, sums.panel[:, sums.own], columns, optimize=True)
        sizes += [float(np.sqrt(squares[a] @ squares[b])) or 1.0 for a, b in elements(term.shape[1])]
    natural = np.array(sizes)
    return directions_of(np.column_stack(found) / natural, natural, basis.term_roots, units)


def _contrasts(
    cross: CrossProducts, X: np.ndarray, count: int, max_dense_columns: int, *, reml: bool
) -> tuple[list[np.ndarray], np.ndarray]:
    """Return sums of random contrasts with the own columns of each factor, (h, count, J), and their products.

    Under REML they are without what the standardised fixed-effects columns span, whose pool coordinates are given.
    """
    draws = SumDraws(cross, max_dense_columns)
    panels, total, products = draws.contrasts(count, np.random.default_rng(0))
    if not reml or not X.shape[1]:
        return panels, products
    for _ in range(2):  # the second pass takes out the rounding of the first
        share = X.T @ total / cross.n
        taken = X @ share
        total = total - cross.total[:-1, :-1] @ taken
        products = products - cross.n * share.T @ share
        panels = [
            panel - levelwise.right_multiply(sums.panel[:, :-1], taken)
            for panel, sums in zip(panels, cross.factors, strict=True)
        ]
    return panels, products


def _units(cross: CrossProducts) -> np.ndarray:
    """Return what an element is multiplied with to be free of the columns' units."""
    units = [1.0]
    for term in cross.terms:
        norms = np.sqrt(np.maximum(np.einsum("ck,cd,dk->k", term, cross.total, term) / cross.n, 0.0))
        norms[norms == 0.0] = 1.0
        units += [float(norms[a] * norms[b]) for a, b in elements(len(norms))]
    return np.array(units)
