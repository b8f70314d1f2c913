"""Whether one model is a special case of another, and what a test of the difference then tests."""

from __future__ import annotations

import numpy as np

from mixwidget.design.design import Design, RandomBlock
from mixwidget.linalg.pairs import parents

SPAN_RTOL = 1e-7  # as the rank decision for X: what is left of a column outside the span of others, relative to it


def is_special_case(small: Design, large: Design) -> bool:
    """Whether every distribution of the smaller model is one of the larger model's.

    The fixed columns must lie in the span of the larger model's; every random term in one of the same grouping. Weights
    and offsets are looked at by `has_same_weights` and `has_same_offset`.
    """
    return _spans(large.X, small.X) and all(
        any(_same_groups(small, term, large, other) and _spans(other.z, term.z) for other in large.terms)
        for term in small.terms
    )


def has_same_weights(one: Design, other: Design) -> bool:
    """Whether the residual variances have the same pattern over rows; a common factor goes into sigma."""
    first, second = (np.ones(len(one.y)) if design.weights is None else design.weights for design in (one, other))
    ratio = first / second
    return bool(np.ptp(ratio) <= SPAN_RTOL * ratio.max())


def has_same_offset(small: Design, large: Design) -> bool:
    """Whether the offsets differ by no more than the larger model's fixed effects make up for."""
    first, second = (np.zeros(len(small.y)) if design.offset is None else design.offset for design in (small, large))
    return _spans(large.X, (first - second)[:, None])


def _same_groups(small: Design, term: RandomBlock, large: Design, other: RandomBlock) -> bool:
    one, two = small.factors[term.factor], large.factors[other.factor]
    return len(one.levels) == len(two.levels) and parents(one.codes, two.codes, len(one.levels)) is not None


def _spans(columns: np.ndarray, others: np.ndarray) -> bool:
    """Whether the columns of `others` are linear combinations of `columns`."""
    if not others.any() or np.array_equal(columns, others):
        return True
    if not columns.shape[1]:
        return False
    basis, root = np.linalg.qr(columns / np.maximum(np.linalg.norm(columns, axis=0), 1e-300))
    basis = basis[:, np.abs(np.diagonal(root)) > SPAN_RTOL]
    sizes = np.linalg.norm(others, axis=0)
    remainder = others - basis @ (basis.T @ others)
    return bool(np.all(np.linalg.norm(remainder, axis=0) <= SPAN_RTOL * sizes))
