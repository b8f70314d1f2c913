"""A term in a basis in which its first columns, in another order, have a covariance matrix of the first rows of T.

With raw columns = standardised columns @ L and L lower triangular, ``L^-1 T`` is lower triangular too: the standard
deviation of the first raw column is ``T[0, 0] / L[0, 0]``, and its correlation with the second turns two elements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mixwidget.engine.model.generalized import Generalized, columns_by_factor
from mixwidget.engine.model.standard_columns import StandardColumns
from mixwidget.engine.model.weighted import frame
from mixwidget.linalg.triangle import upper_triangle


def with_leading_columns(model: Generalized, term: int, order: Sequence[int], max_dense_columns: int) -> Generalized:
    """Return a model with the columns of one term in another order and in such a basis.

    Parameters
    ----------
    model : Generalized
    term : int
    order : sequence of int
        The term's raw columns, those that lead first.
    max_dense_columns : int
        As in `choose_order`.
    """
    found = model.terms[term]
    root = _lower(found.root[:, list(order)])
    rotation = np.linalg.solve(root.T, found.root[:, list(order)].T)  # standardised columns before @ rotation' = after
    rows = np.ascontiguousarray(rotation @ found.rows)
    terms = (*model.terms[:term], StandardColumns(rows, root, ()), *model.terms[term + 1 :])
    columns = columns_by_factor(terms, model.layout.term_factor, len(model.layout.factor_sizes))
    return replace(model, terms=terms, frame=frame(model.frame.pattern, columns, max_dense_columns))


def _lower(matrix: np.ndarray) -> np.ndarray:
    """Return the lower triangular L with ``L'L = matrix' matrix`` and a positive diagonal."""
    root = upper_triangle(matrix[:, ::-1])[::-1, ::-1]
    return root * np.where(np.diagonal(root) < 0, -1.0, 1.0)[:, None]
