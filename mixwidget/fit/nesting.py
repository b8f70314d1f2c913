"""Whether one model is a special case of another, and what a test of the difference then tests."""

from __future__ import annotations

import numpy as np

from mixwidget.design.design import Design, RandomBlock

SPAN_RTOL = 1e-7  # as the rank decision for X: what is left of a column outside the span of others, relative to it


def is_special_case(small: Design, large: Design) -> bool:
    """Whether every distribution of the smaller model is one of the larger model's.

    The fixed columns must lie in the span of the larger model's; every random term in one of the same grouping.
    """
    return _spans(large.X, small.X) and all(
        any(_same_groups(small, term, large, other) and _spans(other.z, term.z) for other in large.terms)
        for term in small.terms
    )


def adds_one_effect(small: Design, large: Design) -> int:
    """Return how many (co)variances the larger model's one further random effect has; 0 unless there is just one.

    The variance of that effect is zero in the smaller model, on the boundary of its range.
    """
    if not (small.X.shape[1] == large.X.shape[1] and _spans(large.X, small.X)):
        return 0
    left = list(small.terms)
    grown: list[tuple[int, int]] = []
    for term in large.terms:
        same = next((o for o in left if o.z.shape[1] == term.z.shape[1] and _matches(small, o, large, term)), None)
        if same is not None:
            left.remove(same)
            continue
        part = next((o for o in left if _matches(small, o, large, term)), None)
        if part is not None:
            left.remove(part)
        grown.append((term.z.shape[1], 0 if part is None else part.z.shape[1]))
    if left or len(grown) != 1 or grown[0][0] - grown[0][1] != 1:
        return 0
    return grown[0][0]


def _matches(small: Design, part: RandomBlock, large: Design, whole: RandomBlock) -> bool:
    return _same_groups(small, part, large, whole) and _spans(whole.z, part.z)


def _same_groups(small: Design, term: RandomBlock, large: Design, other: RandomBlock) -> bool:
    one, two = small.factors[term.factor], large.factors[other.factor]
    if len(one.levels) != len(two.levels):
        return False
    renamed = np.zeros(len(one.levels), dtype=two.codes.dtype)
    renamed[one.codes] = two.codes
    return bool(np.array_equal(renamed[one.codes], two.codes))


def _spans(columns: np.ndarray, others: np.ndarray) -> bool:
    """Whether the columns of `others` are linear combinations of `columns`."""
    if not others.shape[1] or np.array_equal(columns, others):
        return True
    if not columns.shape[1]:
        return False
    basis, root = np.linalg.qr(columns / np.maximum(np.linalg.norm(columns, axis=0), 1e-300))
    basis = basis[:, np.abs(np.diagonal(root)) > SPAN_RTOL]
    sizes = np.linalg.norm(others, axis=0)
    remainder = others - basis @ (basis.T @ others)
    return bool(np.all(np.linalg.norm(remainder, axis=0) <= SPAN_RTOL * sizes))
