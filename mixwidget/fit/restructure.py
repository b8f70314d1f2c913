"""The same rows under another covariance structure, from cross products that are there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mixwidget.control import Control
from mixwidget.design.design import Design, RandomBlock
from mixwidget.design.layout import Column
from mixwidget.errors import DataError, nearest
from mixwidget.fit.bars import bar_columns
from mixwidget.fit.fit import Fit
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.solve_like import solve_like
from mixwidget.fit.sums import Sums
from mixwidget.formula.parse import parse_formula

Terms = Sequence[tuple[str, Sequence[str]]]


def restructure(
    fit: Fit,
    terms: Terms,
    *,
    reml: bool | None = None,
    formula: str | None = None,
    control: Control | None = None,
) -> Fit:
    """Fit other random-effects terms made of columns that a fit has.

    Parameters
    ----------
    fit : Fit
    terms : sequence of (group, columns)
        Each gets one unrestricted covariance matrix; ``||`` is one term per column.
    reml : bool, optional
        As in `fit` unless given.
    formula : str, optional
        The text of the new model; written from the terms unless given.
    control : Control, optional
        As in `fit` unless given.

    Raises
    ------
    DataError
        If a grouping factor or one of its columns is not in the fit, or if there are no terms.
    """
    if not _are_pairs(terms):
        example = '[("Subject", ["(Intercept)", "Days"])]'
        raise DataError(
            f"restructure needs at least one (group, columns) pair, each with at least one column: {example}"
        )
    design, rows = fit.design, fit.rows
    sources = [_sources(design, group, columns) for group, columns in terms]
    labels = [factor.label for factor in design.factors]
    kept = [position for position, label in enumerate(labels) if any(label == group for group, _ in terms)]
    blocks = tuple(RandomBlock(kept.index(labels.index(group)), tuple(columns)) for group, columns in terms)
    columns = tuple(tuple(design.recipe.random[term][column] for term, column in source) for source in sources)
    text = formula if formula is not None else _formula_text(design, terms, columns)
    smaller = replace(
        design,
        formula=parse_formula(text),
        terms=blocks,
        factors=tuple(design.factors[position] for position in kept),
        diagnostics=tuple(found for found in design.diagnostics if found.code != "repeated_random_effect"),
        recipe=replace(
            design.recipe,
            random=columns,
            groupings=tuple(design.recipe.groupings[position] for position in kept),
        ),
    )
    fewer = rows.with_terms(sources, kept)
    is_linear = isinstance(fit, LinearFit)
    return solve_like(
        fit,
        smaller,
        fewer,
        reml=fit.reml if reml is None else reml,
        control=control,
        sums=_sums(fit, sources, kept, blocks) if is_linear else None,
        basis=fit.optimum.arrangement.basis if is_linear else None,
        priors=fit.priors,
    )


def _sums(
    fit: LinearFit, sources: list[list[tuple[int, int]]], kept: list[int], blocks: tuple[RandomBlock, ...]
) -> Sums:
    """Return the sums of products of the terms that are made, from those that are there."""
    coordinates = [np.column_stack([fit.cross.terms[term][:, column] for term, column in source]) for source in sources]
    return fit.sums.select(tuple(kept), coordinates, tuple(block.factor for block in blocks))


def _are_pairs(terms: Terms) -> bool:
    """Return whether these are pairs of a group and its columns; a formula or a dict is not."""
    try:
        return bool(terms) and all(
            isinstance(group, str) and not isinstance(columns, str) and len(columns) > 0 for group, columns in terms
        )
    except (TypeError, ValueError):  # what unpacking and len() say of anything else
        return False


def _sources(design: Design, group: str, columns: Sequence[str]) -> list[tuple[int, int]]:
    """Find each column of a group among the terms of a design: (term, column)."""
    labels = [factor.label for factor in design.factors]
    if group not in labels:
        hint = nearest(group, labels, "it has")
        raise DataError(f"'{group}' is not a grouping factor of this fit; {hint}")
    places = {
        name: (i, j)
        for i, term in enumerate(design.terms)
        if labels[term.factor] == group
        for j, name in enumerate(term.columns)
    }
    for name in columns:
        if name not in places:
            hint = nearest(name, places, "it has")
            raise DataError(f"'{name}' is not a random-effects column of '{group}' in this fit; {hint}")
    return [places[name] for name in columns]


def _formula_text(design: Design, terms: Terms, columns: Sequence[Sequence[Column]]) -> str:
    bars = [f"({bar_columns(design.recipe, made)} | {group})" for (group, _), made in zip(terms, columns, strict=True)]
    return f"{design.formula.response} ~ {' + '.join([design.formula.fixed, *bars])}"
