"""The labels of a design and its recipe, from the variables by name: what needs no rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mixwidget.design.blocks import BlockPlan, ordered_blocks
from mixwidget.design.design import Design, GroupingFactor, RandomBlock
from mixwidget.design.layout import CodingChoice, Column, Layout, lay_out
from mixwidget.design.matrix import free_sizes
from mixwidget.design.plan import Plan
from mixwidget.design.recipe import Recipe
from mixwidget.design.response import ResponseLabels, ResponseReading
from mixwidget.dialect.contrasts import coding_of, own_coding
from mixwidget.dialect.values import Coding, Factor, Value, levels_only
from mixwidget.errors import Diagnostic, OptionError, nearest_name
from mixwidget.formula.terms import MixedFormula


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of the variables of a model before its columns are.

    Attributes
    ----------
    formula : MixedFormula
    plan : Plan
    values : mapping of Value
        The variables of fixed and random terms; of factors only the levels count, which are those that occur.
    factors : mapping of GroupingFactor
        By label.
    columns : dict of Factor
        The columns of the data that are factors.
    memory : dict
        What stateful functions found.
    response : ResponseLabels
    reading : ResponseReading
    weights, offset, contrasts : object
        As they were given.
    diagnostics : tuple of Diagnostic
    """

    formula: MixedFormula
    plan: Plan
    values: Mapping[str, Value]
    factors: Mapping[str, GroupingFactor]
    columns: dict[str, Factor]
    memory: dict[str, Any]
    response: ResponseLabels
    reading: ResponseReading
    weights: Any
    offset: Any
    contrasts: Any
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The columns of a design, before it is known which of them the others determine.

    Attributes
    ----------
    fixed : Layout
    blocks : tuple of BlockPlan
    factors : tuple of GroupingFactor
        In lme4's order.
    """

    fixed: Layout
    blocks: tuple[BlockPlan, ...]
    factors: tuple[GroupingFactor, ...]


def draw_columns(known: Known) -> Drawn:
    """Lay out the columns of fixed and random terms.

    Raises
    ------
    OptionError
        If contrasts were given for what is no factor.
    """
    values = dict(known.values)
    fixed = lay_out(known.plan.fixed, values, _fixed_codings(known.contrasts or {}, known.plan, values))
    layouts = [lay_out(bar.terms, values, own_coding) for bar in known.plan.random]
    blocks = ordered_blocks(known.plan.random, layouts, dict(known.factors))
    factors = tuple(known.factors[label] for label in dict.fromkeys(block.label for block in blocks))
    return Drawn(fixed, blocks, factors)


def label_design(known: Known, drawn: Drawn, kept: np.ndarray, aliases: np.ndarray) -> Design:
    """Name what a model is made of.

    Parameters
    ----------
    known : Known
    drawn : Drawn
    kept : ndarray of bool, shape (n_columns,)
        Which columns of the fixed terms are kept.
    aliases : ndarray, shape (p, n_dropped)
        How dropped columns are made of the kept ones.
    """
    columns = tuple(column for column, is_kept in zip(drawn.fixed.columns, kept, strict=True) if is_kept)
    dropped = tuple(column for column, is_kept in zip(drawn.fixed.columns, kept, strict=True) if not is_kept)
    x_dropped = tuple(column.name for column in dropped)
    labels = [factor.label for factor in drawn.factors]
    return Design(
        formula=known.formula,
        x_names=tuple(column.name for column in columns),
        x_dropped=x_dropped,
        x_assign=_assignment(drawn.fixed, known.plan, kept),
        terms=tuple(
            RandomBlock(labels.index(block.label), tuple(column.name for column in block.columns))
            for block in drawn.blocks
        ),
        factors=drawn.factors,
        diagnostics=(*known.diagnostics, *_rank_finding(x_dropped), *_repeated_columns(drawn.blocks)),
        response=known.response,
        recipe=_recipe(known, drawn, columns, dropped, aliases),
    )


def _fixed_codings(contrasts: Any, plan: Plan, values: Mapping[str, Value]) -> CodingChoice:
    if not isinstance(contrasts, Mapping):
        raise OptionError(f"contrasts must be a dict such as {{'f': 'sum'}}, not {contrasts!r}")
    variables = {label for term in plan.fixed.terms for label in term}
    factors = [label for label in variables if isinstance(values[label], Factor)]
    for label in contrasts:
        if label not in factors:
            near = nearest_name(label, factors) or next(iter(factors), None)
            hint = "there is none" if near is None else f"did you mean '{near}'?"
            raise OptionError(f"contrasts: '{label}' is not a factor of the fixed terms; {hint}")

    def choose(label: str, factor: Factor) -> Coding:
        return coding_of(contrasts[label], factor.levels, label) if label in contrasts else own_coding(label, factor)

    return choose


def _assignment(fixed: Layout, plan: Plan, kept: np.ndarray) -> tuple[tuple[str, tuple[int, ...]], ...]:
    labels = (["(Intercept)"] if plan.fixed.intercept else []) + list(plan.fixed.labels)
    columns: dict[str, list[int]] = {label: [] for label in labels}
    for label, position, is_kept in zip(fixed.labels, np.cumsum(kept) - 1, kept, strict=True):
        if is_kept:
            columns[label].append(int(position))
    return tuple((label, tuple(positions)) for label, positions in columns.items())


def _rank_finding(x_dropped: tuple[str, ...]) -> list[Diagnostic]:
    if not x_dropped:
        return []
    named = ", ".join(f"'{name}'" for name in x_dropped[:12]) + (" ..." if len(x_dropped) > 12 else "")
    columns = "column" if len(x_dropped) == 1 else f"{len(x_dropped)} columns"
    message = f"dropped {columns} of the fixed effects that the others determine: {named}"
    return [Diagnostic("rank_deficient", "info", message, "the fit is the same; their effects cannot be told apart")]


def _repeated_columns(blocks: Sequence[BlockPlan]) -> list[Diagnostic]:
    seen: dict[tuple[str, object], BlockPlan] = {}
    findings: list[Diagnostic] = []
    for block in blocks:
        for column in block.columns:
            first = seen.setdefault((block.label, column.key), block)
            if first is not block:
                message = f"the random effect '{column.name}' of '{block.label}' occurs in two terms"
                hint = f"only the sum of their variances is determined; {_once(column.name, first, block)}"
                findings.append(Diagnostic("repeated_random_effect", "warning", message, hint))
    return findings


def _once(name: str, one: BlockPlan, other: BlockPlan) -> str:
    """Say how a column that two terms of a factor hold comes to stand in one of them."""
    if len(one.columns) == len(other.columns) == 1:
        return "leave one of the terms out"
    if name == "(Intercept)":
        return "write 0 + in a term that has other columns"
    return f"leave '{name}' out of one of the terms"


def _recipe(
    known: Known, drawn: Drawn, columns: tuple[Column, ...], dropped: tuple[Column, ...], aliases: np.ndarray
) -> Recipe:
    parts = {grouping.label: grouping.parts for bar in known.plan.random for grouping in bar.groupings}
    offset, weights, values = known.offset, known.weights, dict(known.values)
    named = (offset,) if isinstance(offset, str) else ()
    return Recipe(
        fixed=columns,
        dropped=dropped,
        aliases=aliases,
        sizes=free_sizes(dropped, values),
        random=tuple(block.columns for block in drawn.blocks),
        groupings=tuple(parts[factor.label] for factor in drawn.factors),
        offsets=(*known.plan.fixed.offsets, *named),
        has_offset_array=offset is not None and not named,
        weights=weights if isinstance(weights, str) else None,
        has_weights_array=weights is not None and not isinstance(weights, str),
        factors={label: levels_only(value) for label, value in values.items() if isinstance(value, Factor)},
        columns=known.columns,
        memory=known.memory,
        reading=known.reading,
    )
