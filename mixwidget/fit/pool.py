"""The columns of a fit that holds no single rows, in coordinates whose sums of products are known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mixwidget.design.distant_rows import RowFacts
from mixwidget.design.gathered_rows import MergedRows, merged_of
from mixwidget.fit.fit import Fit, once
from mixwidget.fit.linear_fit import as_linear


class Pool(NamedTuple):
    """Columns as combinations of others, of which the first is constant and the rest have mean zero.

    Attributes
    ----------
    products : ndarray, shape (c, c)
        Sums of products of these over the rows of the data, without weights.
    X : ndarray, shape (c, p)
    terms : tuple of ndarray, shape (c, k)
    """

    products: np.ndarray
    X: np.ndarray
    terms: tuple[np.ndarray, ...]


@once
def pool_of(fit: Fit) -> Pool:
    """Return the columns of a fit without single rows."""
    merged = merged_of(fit.rows)
    return _of_sums(fit) if merged is None else _of_merged(merged)


def _of_sums(fit: Fit) -> Pool:
    facts: RowFacts = fit.rows.facts  # type: ignore[attr-defined]
    if facts.products is None:
        raise ValueError("the rows of a linear model are summed")
    cross = as_linear(fit).cross
    return Pool(facts.products, cross.X, tuple(cross.terms))


def _of_merged(merged: MergedRows) -> Pool:
    blocks = [merged.X, *merged.z]
    columns = np.column_stack(blocks)
    means = merged.counts @ columns / merged.counts.sum()
    centred = columns - means
    means = means + merged.counts @ centred / merged.counts.sum()  # of a column far from zero the first is rounded
    centred = np.column_stack([np.ones(merged.n), columns - means])
    coordinates = np.vstack([means, np.eye(columns.shape[1])])
    ends = np.cumsum([block.shape[1] for block in blocks])[:-1]
    X, *terms = np.split(coordinates, ends, axis=1)
    return Pool((centred * merged.counts[:, None]).T @ centred, X, tuple(terms))
