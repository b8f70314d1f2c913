"""Formula and data to the labels and the rows of a mixed model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mixwidget.control import Control
from mixwidget.design.blocks import BlockPlan
from mixwidget.design.checks import check_levels
from mixwidget.design.design import GroupingFactor
from mixwidget.design.evaluate import Evaluator
from mixwidget.design.filled import FilledDesign
from mixwidget.design.frame import ModelFrame, model_frame
from mixwidget.design.grouping import crossed_levels
from mixwidget.design.labels import Known, draw_columns, label_design
from mixwidget.design.layout import Column, Layout
from mixwidget.design.matrix import model_matrix
from mixwidget.design.number_response import NUMBERS
from mixwidget.design.plan import Plan, make_plan
from mixwidget.design.rank import determined_by, independent_columns
from mixwidget.design.response import ResponseReading
from mixwidget.design.rows import Rows
from mixwidget.design.table import read_table
from mixwidget.dialect.values import Value, levels_only
from mixwidget.errors import DataError
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

    factors, codes = _grouping_factors(plan, frame)
    known = Known(
        formula=parsed,
        plan=plan,
        values=frame.values,
        factors=factors,
        columns={name: levels_only(factor) for name, factor in evaluator.factor_columns().items()},
        memory=evaluator.memory,
        response=frame.response.labels,
        reading=reading,
        weights=weights,
        offset=offset,
        contrasts=contrasts,
        diagnostics=frame.diagnostics,
    )
    drawn = draw_columns(known)
    kept, X, aliases = _fixed_matrix(drawn.fixed, plan, frame)
    check_levels(drawn.factors, drawn.blocks, len(y), has_residual=has_residual)
    for array in (X, y, prior_weights, frame.offset):
        if array is not None:
            array.flags.writeable = False  # a fit is immutable, and its random columns may be views of X
    design = label_design(known, drawn, kept, aliases)
    rows = Rows(
        y=y,
        X=X,
        z=_random_columns(drawn.blocks, design.recipe.fixed, X, frame.values),
        codes=tuple(codes[factor.label] for factor in drawn.factors),
        weights=prior_weights,
        offset=frame.offset,
        index=frame.data_index if frame.kept.all() else frame.data_index[frame.kept],
        kept=frame.kept,
        data_index=frame.data_index,
    )
    return FilledDesign(design, rows)


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
