"""Whether one model is a special case of another, and what a test of the difference then tests."""

from __future__ import annotations

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.nesting_by_name import (
    has_same_fixed_part_by_moments,
    has_same_given,
    has_same_response_by_moments,
    is_special_case_by_name,
)
from mixwidget.fit.row_summaries import facts_of
from mixwidget.linalg.pairs import parents

SPAN_RTOL = 1e-7  # as the rank decision for X: what is left of a column outside the span of others, relative to it


def is_special_case(small: Fit, large: Fit) -> bool:
    """Whether every distribution of the smaller model is one of the larger model's.

    The fixed columns must lie in the span of the larger model's; every random term in one of the same grouping. Weights
    and offsets are looked at by `has_same_weights` and `has_same_offset`.
    """
    if _is_distant(small, large):
        return is_special_case_by_name(small, large)
    return _spans(large.rows.X, small.rows.X) and all(
        any(_same_groups(codes, others) and _spans(other, z) for other, others in _terms(large))
        for z, codes in _terms(small)
    )


def has_same_response(one: Fit, other: Fit) -> bool:
    """Whether two models were fitted to the same numbers."""
    if _is_distant(one, other):
        return has_same_response_by_moments(one, other)
    return np.array_equal(one.rows.y, other.rows.y)


def has_same_fixed_part(one: Fit, other: Fit) -> bool:
    """Whether two models have the same fixed-effects columns, by name and number."""
    if _is_distant(one, other):
        return has_same_fixed_part_by_moments(one, other)
    return one.design.x_names == other.design.x_names and np.array_equal(one.rows.X, other.rows.X)


def has_same_weights(one: Fit, other: Fit) -> bool:
    """Whether the weights have the same pattern over rows; a common factor goes into sigma, where there is one."""
    if _is_distant(one, other):
        return has_same_given(one, other, "weights")
    ratio = one.rows.weights_or_ones / other.rows.weights_or_ones
    if not (one.has_sigma and other.has_sigma):
        return bool((np.abs(ratio - 1.0) <= SPAN_RTOL).all())
    return bool(np.ptp(ratio) <= SPAN_RTOL * ratio.max())


def has_same_offset(small: Fit, large: Fit) -> bool:
    """Whether the offsets differ by no more than the larger model's fixed effects make up for."""
    if _is_distant(small, large):
        return small.design.recipe.offsets == large.design.recipe.offsets
    first, second = (np.zeros(fit.n) if fit.rows.offset is None else fit.rows.offset for fit in (small, large))
    return _spans(large.rows.X, (first - second)[:, None])


def _is_distant(one: Fit, other: Fit) -> bool:
    """Whether the rows of one of two fits are not held."""
    return facts_of(one) is not None or facts_of(other) is not None


def _terms(fit: Fit) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the columns of each random term, and the codes of its grouping factor."""
    return [(z, fit.rows.codes[term.factor]) for term, z in zip(fit.design.terms, fit.rows.z, strict=True)]


def _same_groups(codes: np.ndarray, others: np.ndarray) -> bool:
    """Whether two factors, of which every level occurs, divide the rows in the same way."""
    n_levels = int(codes.max()) + 1
    return n_levels == int(others.max()) + 1 and parents(codes, others, n_levels) is not None


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
