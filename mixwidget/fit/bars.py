"""The random terms of a fit in the words of a formula, for terms that no bar of the user's formula stands for.

``(f || g)`` with a factor makes single columns of it; written out they are ``(0 + dummy(f, "b") | g)``, which R and
this package read alike.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from mixwidget.design.design import Design
from mixwidget.design.layout import Column
from mixwidget.design.recipe import Recipe
from mixwidget.fit.recipe_layout import layout_of, matrices_of
from mixwidget.formula.algebra import expand_terms
from mixwidget.formula.deparse import number_text
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.terms import RandomTerm


def bars_of(design: Design) -> list[tuple[int, RandomTerm]]:
    """Return for each random term its position in the design and its bar, in the order of the formula.

    A bar with ``||`` has one term for each of its columns.
    """
    left, found = list(range(len(design.terms))), list[tuple[int, RandomTerm]]()
    for bar in design.formula.random:
        labels = _labels(bar.columns)
        mine = [i for i in left if design.factors[design.terms[i].factor].label == bar.grouping.label]
        if bar.correlated:
            mine = [i for i in mine if set(_variables(design.recipe.random[i])) == labels][:1] or mine[:1]
        else:
            mine = _single_columns(design, mine, labels)
        left = [i for i in left if i not in mine]
        found += [(i, bar) for i in mine]
    return found


def bar_columns(recipe: Recipe, columns: Sequence[Column]) -> str:
    """Return the left side of a bar that has just these columns.

    Parameters
    ----------
    recipe : Recipe
    columns : sequence of Column

    Returns
    -------
    str
        ``"1 + f"`` where these are the columns that R makes of it, else ``'1 + dummy(f, "b")'``.
    """
    intercept = "1" if any(not column.parts for column in columns) else "0"
    labels = dict.fromkeys(":".join(part.label for part in column.parts) for column in columns if column.parts)
    text = " + ".join([intercept, *labels])
    if layout_of(recipe, text).names == tuple(column.name for column in columns):
        return "1" if text == "1" else text
    return " + ".join([intercept, *(column_text(recipe, column) for column in columns if column.parts)])


def column_text(recipe: Recipe, column: Column) -> str:
    """Return one column of a random term: ``"x"``, ``'dummy(f, "b")'``, ``"column(poly(x, 2), 1)"``."""
    matrices = matrices_of(recipe)
    pieces: list[str] = []
    for part in column.parts:
        if part.label not in recipe.factors:
            pieces.append(f"column({part.label}, {part.position + 1})" if part.label in matrices else part.label)
            continue
        levels = [json.dumps(level, ensure_ascii=False) for level in recipe.factors[part.label].levels]
        if part.weights is None:
            pieces.append(f"dummy({part.label}, {levels[part.position]})")
        else:
            pieces.append(f"I({_weighted(part.label, levels, part.weights)})")
    return ":".join(pieces)


def _weighted(label: str, levels: list[str], weights: np.ndarray) -> str:
    """Return contrasts as a sum of comparisons, ``1 * (f == "a") - 1 * (f == "c")``."""
    text = ""
    for level, weight in zip(levels, weights.tolist(), strict=True):
        if weight:
            sign = (" - " if text else "-") if weight < 0 else (" + " if text else "")
            text += f"{sign}{number_text(abs(weight))} * ({label} == {level})"
    return text


def _labels(text: str) -> set[frozenset[str]]:
    terms = expand_terms(parse_expression(text), text)
    return {frozenset(term) for term in terms.terms} | ({frozenset[str]()} if terms.intercept else set())


def _variables(columns: Sequence[Column]) -> list[frozenset[str]]:
    return [frozenset(part.label for part in column.parts) for column in columns]


def _single_columns(design: Design, positions: list[int], labels: set[frozenset[str]]) -> list[int]:
    """Return the terms of one ``||``: single columns of its variables, each column once, in the order of writing."""
    seen: set[tuple[object, ...]] = set()
    found: list[int] = []
    for i in positions:
        columns = design.recipe.random[i]
        if len(columns) == 1 and _variables(columns)[0] in labels and columns[0].key not in seen:
            seen.add(columns[0].key)
            found.append(i)
    order = [frozenset(part.label for part in design.recipe.random[i][0].parts) for i in found]
    is_reversed = bool(found) and frozenset[str]() in labels and order[-1] == frozenset() and len(found) > 1
    return found[::-1] if is_reversed else found
