"""Whether one model is a special case of another, where rows are not held: from names, recipes and moments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mixwidget.design.layout import Column
from mixwidget.fit.fit import Fit
from mixwidget.fit.recoding import combinations
from mixwidget.fit.row_summaries import fixed_sizes, response_moments

SAME_RTOL = 1e-12  # moments of the same numbers, summed in another order


def is_special_case_by_name(small: Fit, large: Fit) -> bool:
    """Whether the columns of the smaller model are combinations of the larger one's, whatever the rows."""
    few, many = small.design.recipe, large.design.recipe
    if any(label in many.factors and many.factors[label].levels != f.levels for label, f in few.factors.items()):
        return False
    if not _makes(large, (*many.fixed, *many.dropped), few.fixed):
        return False
    groups = [factor.label for factor in large.design.factors]
    terms = [(groups[term.factor], columns) for term, columns in zip(large.design.terms, many.random, strict=True)]
    own = [factor.label for factor in small.design.factors]
    return all(
        any(label == own[term.factor] and _makes(large, others, columns) for label, others in terms)
        for term, columns in zip(small.design.terms, few.random, strict=True)
    )


def _makes(large: Fit, columns: Sequence[Column], others: Sequence[Column]) -> bool:
    known = {part.label for column in columns for part in column.parts}
    needed = {part.label for column in others for part in column.parts}
    return needed <= known and combinations(columns, others, large.design.recipe) is not None


def has_same_response_by_moments(one: Fit, other: Fit) -> bool:
    """Whether two models have responses of the same name, number, mean and standard deviation."""
    first, second = response_moments(one), response_moments(other)
    is_named_alike = one.design.formula.response == other.design.formula.response
    return is_named_alike and one.n == other.n and bool(np.allclose(first, second, rtol=SAME_RTOL, atol=0.0))


def has_same_fixed_part_by_moments(one: Fit, other: Fit) -> bool:
    """Whether two models have fixed-effects columns of the same names and sizes."""
    if one.design.x_names != other.design.x_names or one.n != other.n:
        return False
    return bool(np.allclose(fixed_sizes(one), fixed_sizes(other), rtol=SAME_RTOL, atol=0.0))


def has_same_given(one: Fit, other: Fit, name: str) -> bool:
    """Whether weights or an offset were given by the same expression."""
    return one.call.options.get(name) == other.call.options.get(name)
