"""Formula and data to the labels and the rows of a mixed model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mixwidget.control import Control
from mixwidget.design.blocks import BlockPlan, ordered_blocks
from mixwidget.design.checks import check_levels
from mixwidget.design.design import Design, GroupingFactor, RandomBlock
from mixwidget.design.evaluate import Evaluator
from mixwidget.design.filled import FilledDesign
from mixwidget.design.frame import ModelFrame, model_frame
from mixwidget.design.grouping import crossed_levels
from mixwidget.design.layout import CodingChoice, Column, Layout, lay_out
from mixwidget.design.matrix import free_sizes, model_matrix
from mixwidget.design.number_response import NUMBERS
from mixwidget.design.plan import Plan, make_plan
from mixwidget.design.rank import determined_by, independent_columns
from mixwidget.design.recipe import Recipe
from mixwidget.design.response import ResponseReading
from mixwidget.design.rows import Rows
from mixwidget.design.table import read_table
from mixwidget.dialect.contrasts import coding_of, own_coding
from mixwidget.dialect.values import Coding, Factor, Value, levels_only
from mixwidget.errors import DataError, Diagnostic, OptionError, nearest_name
from mixwidget.formula.parse import parse_formula
from mixwidget.formula.terms import MixedFormula


def build_design(
    formula: str | MixedFormula,
    data: Any,
    *,
    weights: Any = None,
    offset: Any = None,
    subset: Any = None,
    contrasts: Mapping[str, Any] | None = None,
    control: Control | None = None,
    reading: ResponseReading = NUMBERS,
    has_residual: bool = True,
) -> FilledDesign:
    """Build labels and arrays of a mixed model, as ``lme4::lFormula``.

    Parameters
    ----------
    formula : str or MixedFormula
    data : data frame
        pandas, polars, pyarrow, or a dict of columns.
    weights, offset : str or array, optional
        A column, an expression, or one number for each row of `data`.
    subset : str or array of bool, optional
        Which rows to use.
    contrasts : mapping, optional
        ``{"f": "sum"}``, for factors of the fixed terms only, as in lme4; contrasts that hold in the random
        terms too are set on the data, ``data.attrs["contrasts"] = {"f": "sum"}``, or written ``C(f, contr.sum)``.
    control : Control, optional
    reading : ResponseReading
        How the response becomes numbers on the scale of the mean; those of families are in `fit.reading`.
    has_residual : bool
        Whether the model has a residual variance (False for most GLMMs): then as many levels as rows are refused.

    Returns
    -------
    FilledDesign

    Raises
    ------
    FormulaError, DataError, OptionError
        In one sentence, where no fit is possible.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"y": [1.0, 2, 4, 3, 5, 7], "x": [0, 1, 2] * 2, "g": list("aaabbb")})
    >>> filled = build_design("y ~ x + (1 | g)", data)
    >>> filled.design.x_names, filled.design.factors[0].levels, filled.rows.codes[0].tolist()
    (('(Intercept)', 'x'), ('a', 'b'), [0, 0, 0, 1, 1, 1])
    """
    control = Control() if control is None else control
    parsed = formula if isinstance(formula, MixedFormula) else parse_formula(formula, double_bar=control.double_bar)
    table = read_table(data)
    plan = make_plan(parsed, table.names)
    evaluator = Evaluator(table, parsed.text, {})
    given = {"weights": weights, "offset": offset, "subset": subset}
    frame = model_frame(parsed, plan, evaluator, data, **given, control=control, reading=reading)
    y, prior_weights = frame.response.y, frame.response.weights
    n_rows = len(y)

    fixed = lay_out(plan.fixed, frame.values, _fixed_codings(contrasts or {}, plan, frame))
    kept, X, aliases = _fixed_matrix(fixed, plan, frame)
    for array in (X, y, prior_weights, frame.offset):
        if array is not None:
            array.flags.writeable = False  # a fit is immutable, and its random columns may be views of X
    columns = tuple(column for column, is_kept in zip(fixed.columns, kept, strict=True) if is_kept)
    dropped = tuple(column for column, is_kept in zip(fixed.columns, kept, strict=True) if not is_kept)
    x_dropped = tuple(column.name for column in dropped)

    factors, codes = _grouping_factors(plan, frame)
    layouts = [lay_out(bar.terms, frame.values, own_coding) for bar in plan.random]
    blocks = ordered_blocks(plan.random, layouts, factors)
    ordered_labels = tuple(dict.fromkeys(block.label for block in blocks))
    ordered_factors = tuple(factors[label] for label in ordered_labels)
    check_levels(ordered_factors, blocks, n_rows, has_residual=has_residual)

    design = Design(
        formula=parsed,
        x_names=tuple(column.name for column in columns),
        x_dropped=x_dropped,
        x_assign=_assignment(fixed, plan, kept),
        terms=tuple(
            RandomBlock(ordered_labels.index(block.label), tuple(column.name for column in block.columns))
            for block in blocks
        ),
        factors=ordered_factors,
        diagnostics=(*frame.diagnostics, *_rank_finding(x_dropped), *_repeated_columns(blocks)),
        response=frame.response.labels,
        recipe=_recipe(columns, dropped, aliases, blocks, plan, frame, evaluator, offset, weights, reading),
    )
    rows = Rows(
        y=y,
        X=X,
        z=_random_columns(blocks, columns, X, frame.values),
        codes=tuple(codes[label] for label in ordered_labels),
        weights=prior_weights,
        offset=frame.offset,
        index=frame.data_index if frame.kept.all() else frame.data_index[frame.kept],
        kept=frame.kept,
        data_index=frame.data_index,
    )
    return FilledDesign(design, rows)


def _fixed_codings(contrasts: Any, plan: Plan, frame: ModelFrame) -> CodingChoice:
    if not isinstance(contrasts, Mapping):
        raise OptionError(f"contrasts must be a dict such as {{'f': 'sum'}}, not {contrasts!r}")
    variables = {label for term in plan.fixed.terms for label in term}
    factors = [label for label in variables if isinstance(frame.values[label], Factor)]
    for label in contrasts:
        if label not in factors:
            near = nearest_name(label, factors) or next(iter(factors), None)
            hint = "there is none" if near is None else f"did you mean '{near}'?"
            raise OptionError(f"contrasts: '{label}' is not a factor of the fixed terms; {hint}")

    def choose(label: str, factor: Factor) -> Coding:
        return coding_of(contrasts[label], factor.levels, label) if label in contrasts else own_coding(label, factor)

    return choose


def _fixed_matrix(fixed: Layout, plan: Plan, frame: ModelFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which columns are kept, their numbers, and how they make up the others."""
    n_rows = len(frame.response.y)
    X = model_matrix(fixed.columns, frame.values, n_rows)
    kept = independent_columns(X, has_intercept=plan.fixed.intercept)
    n_kept = int(kept.sum())
    if n_rows <= n_kept:
        raise DataError(f"{n_rows} rows are too few for {n_kept} fixed effects and a variance; take terms out")
    if n_kept == len(kept):
        return kept, X, np.zeros((n_kept, 0))
    independent = np.asfortranarray(X[:, kept])
    return kept, independent, determined_by(independent, X[:, ~kept])


def _grouping_factors(plan: Plan, frame: ModelFrame) -> tuple[dict[str, GroupingFactor], dict[str, np.ndarray]]:
    """Return the grouping factors and the codes of the rows, by label."""
    factors: dict[str, GroupingFactor] = {}
    all_codes: dict[str, np.ndarray] = {}
    for bar in plan.random:
        for grouping in bar.groupings:
            if grouping.label not in factors:
                joint = crossed_levels([frame.groupings[part] for part in grouping.parts])
                codes = joint.codes if joint.codes.flags.owndata else joint.codes.copy()  # not the caller's memory
                codes.flags.writeable = False
                factors[grouping.label] = GroupingFactor(grouping.label, joint.levels)
                all_codes[grouping.label] = codes
    return factors, all_codes


def _random_columns(
    blocks: Sequence[BlockPlan], fixed: Sequence[Column], X: np.ndarray, values: dict[str, Value]
) -> tuple[np.ndarray, ...]:
    """Fill the random columns of each term; columns that stand side by side in X are views of it."""
    place = {column.key: j for j, column in enumerate(fixed)}
    made: dict[tuple[object, ...], np.ndarray] = {}
    keys = [tuple(column.key for column in block.columns) for block in blocks]
    for block, key in zip(blocks, keys, strict=True):
        if key not in made:
            first = place.get(key[0], -1)
            shared = first >= 0 and [place.get(k) for k in key] == list(range(first, first + len(key)))
            made[key] = X[:, first : first + len(key)] if shared else model_matrix(block.columns, values, len(X))
    return tuple(made[key] for key in keys)


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
    columns: tuple[Column, ...],
    dropped: tuple[Column, ...],
    aliases: np.ndarray,
    blocks: Sequence[BlockPlan],
    plan: Plan,
    frame: ModelFrame,
    evaluator: Evaluator,
    offset: Any,
    weights: Any,
    reading: ResponseReading,
) -> Recipe:
    parts = {grouping.label: grouping.parts for bar in plan.random for grouping in bar.groupings}
    labels = tuple(dict.fromkeys(block.label for block in blocks))
    named = (offset,) if isinstance(offset, str) else ()
    return Recipe(
        fixed=columns,
        dropped=dropped,
        aliases=aliases,
        sizes=free_sizes(dropped, frame.values),
        random=tuple(block.columns for block in blocks),
        groupings=tuple(parts[label] for label in labels),
        offsets=(*plan.fixed.offsets, *named),
        has_offset_array=offset is not None and not named,
        weights=weights if isinstance(weights, str) else None,
        has_weights_array=weights is not None and not isinstance(weights, str),
        factors={label: levels_only(value) for label, value in frame.values.items() if isinstance(value, Factor)},
        columns={name: levels_only(factor) for name, factor in evaluator.factor_columns().items()},
        memory=evaluator.memory,
        reading=reading,
    )
