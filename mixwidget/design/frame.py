"""The model frame: every variable of a formula on the rows that are fitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.control import Control
from mixwidget.design.checks import check_finite, check_weights
from mixwidget.design.evaluate import Evaluator
from mixwidget.design.plan import Plan
from mixwidget.design.response import GivenResponse, ReadResponse, ResponseReading
from mixwidget.design.selection import complete_rows, missing_in, row_vector, subset_rows
from mixwidget.dialect.values import Factor, Value, as_factor, drop_unused_levels, is_number, missing_rows, take_rows
from mixwidget.errors import DataError, Diagnostic
from mixwidget.formula.deparse import quote_name
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.nodes import Name, variables_of
from mixwidget.formula.terms import MixedFormula


@dataclass(frozen=True, slots=True)
class ModelFrame:
    """Every variable on the n rows that are fitted.

    Attributes
    ----------
    response : ReadResponse
        With the prior weights, which may count trials.
    values : dict of Value
        The variables of fixed and random terms; factors have the levels that occur.
    groupings : dict of Factor
        The expressions of the grouping factors.
    offset : ndarray, shape (n,), or None
    kept : ndarray of bool, shape (n_data,)
        Which rows, after `subset`, are fitted.
    data_index : pandas.Index, length n_data
    diagnostics : tuple of Diagnostic
    """

    response: ReadResponse
    values: dict[str, Value]
    groupings: dict[str, Factor]
    offset: np.ndarray | None
    kept: np.ndarray
    data_index: pd.Index
    diagnostics: tuple[Diagnostic, ...]


def model_frame(
    formula: MixedFormula,
    plan: Plan,
    evaluator: Evaluator,
    data: Any,
    *,
    weights: Any,
    offset: Any,
    subset: Any,
    control: Control,
    reading: ResponseReading,
) -> ModelFrame:
    """Evaluate every variable, then leave out rows, in R's order of doing so.

    ``poly(x, 2)``, ``scale(x)`` and the like are computed on all rows of the data, before `subset` and
    missing values, as R does.
    """
    response = evaluator.vector(formula.response)
    values = {label: as_factor(evaluator.vector(label)) for label in plan.variables}
    groupings = {
        part: evaluator.grouping(part) for bar in plan.random for grouping in bar.groupings for part in grouping.parts
    }
    vectors = {
        "weights": None if weights is None else row_vector(weights, evaluator, "weights"),
        "offset": _offset(plan.fixed.offsets, offset, evaluator),
    }
    everything: dict[str, Value] = {formula.response: response, **values, **groupings}
    everything |= {role: vector for role, vector in vectors.items() if vector is not None}
    missing = missing_in(everything)
    chosen = subset_rows(subset, evaluator, data)
    mask, dropped = complete_rows(missing, chosen, evaluator.table.n_rows, control.na_action)
    mask, idle = _less_idle_rows(mask, reading.idle_rows(response), formula.response)
    rows = None if mask is None else np.flatnonzero(mask)

    weights_taken, offset_taken = (None if v is None else v if rows is None else v[rows] for v in vectors.values())
    weights_label = weights if isinstance(weights, str) else None
    taken = take_rows(response, rows)
    read = reading.read(GivenResponse(taken, formula.response, weights_taken, weights_label, reading.model))
    values, unused = _with_used_levels({label: take_rows(value, rows) for label, value in values.items()})
    check_finite(values)
    if read.weights is not None:
        check_weights(read.weights)
    if offset_taken is not None:
        check_finite({"offset": offset_taken})
    index = evaluator.table.index if chosen is None else evaluator.table.index[chosen]
    return ModelFrame(
        read,
        values,
        {
            part: factor if rows is None else Factor(factor.codes[rows], factor.levels)
            for part, factor in groupings.items()
        },
        offset_taken,
        _kept(mask, chosen, len(index)),
        index,
        (
            *dropped,
            *idle,
            *_undefined(missing, evaluator, chosen),
            *read.diagnostics,
            *unused,
            *numbers_as_text(values, evaluator),
        ),
    )


def _offset(expressions: tuple[str, ...], given: Any, evaluator: Evaluator) -> np.ndarray | None:
    total = None if given is None else row_vector(given, evaluator, "offset")
    for expression in expressions:
        piece = row_vector(expression, evaluator, "offset")
        total = piece if total is None else total + piece
    return total


def _less_idle_rows(
    mask: np.ndarray | None, idle: np.ndarray | None, label: str
) -> tuple[np.ndarray | None, list[Diagnostic]]:
    """Leave out rows that say nothing about the mean: those without trials."""
    if idle is None:
        return mask, []
    fitted = np.ones(len(idle), dtype=bool) if mask is None else mask
    count, kept = int((fitted & idle).sum()), fitted & ~idle
    if not count:
        return mask, []
    if not kept.any():
        raise DataError(no_trials(label))
    return kept, idle_findings(count, label)


def idle_findings(count: int, label: str) -> list[Diagnostic]:
    """Return what to say of rows that were dropped since they have no trials."""
    if not count:
        return []
    rows = "row without trials was" if count == 1 else "rows without trials were"
    message = f"{count} {rows} dropped: '{label}' is zero in both columns"
    return [Diagnostic("rows_without_trials", "info", message, "nothing to do: they say nothing about the mean")]


def no_trials(label: str) -> str:
    """Say that no row has a trial."""
    return f"the response '{label}' has no trials in any row; check its columns"


def _kept(mask: np.ndarray | None, chosen: np.ndarray | None, n_data: int) -> np.ndarray:
    if mask is None or mask is chosen:
        return np.ones(n_data, dtype=bool)
    return mask if chosen is None else mask[chosen]


def _with_used_levels(values: dict[str, Value]) -> tuple[dict[str, Value], list[Diagnostic]]:
    result, findings = dict(values), list[Diagnostic]()
    for label, value in values.items():
        if isinstance(value, Factor):
            result[label], unused = drop_unused_levels(value)
            findings += unused_levels_finding(label, value.levels, unused)
    return result, findings


def unused_levels_finding(label: str, levels: tuple[str, ...], unused: tuple[str, ...]) -> list[Diagnostic]:
    """Return what to say about levels that do not occur in the rows that are fitted, nothing where all do.

    Raises
    ------
    DataError
        If only one level is left.
    """
    if len(levels) - len(unused) < 2:
        only = next(level for level in levels if level not in unused)
        raise DataError(f"the factor '{label}' has one level ('{only}') in the rows that are fitted; drop its terms")
    if not unused:
        return []
    named = ", ".join(f"'{level}'" for level in unused[:8]) + (" ..." if len(unused) > 8 else "")
    message = f"levels of '{label}' that do not occur in the fitted rows were dropped: {named}"
    return [Diagnostic("unused_levels", "info", message, "nothing to do: the fit is that without them")]


def _undefined(missing: dict[str, np.ndarray], evaluator: Evaluator, chosen: np.ndarray | None) -> list[Diagnostic]:
    """Say where an expression, not the data, made values missing, as the logarithm of a negative number."""
    counts = undefined_counts(missing, evaluator, chosen)
    return undefined_findings(counts, evaluator.table.names)


def undefined_counts(missing: dict[str, np.ndarray], evaluator: Evaluator, chosen: np.ndarray | None) -> dict[str, int]:
    """Return for each expression in how many of the chosen rows it is missing though its columns are not."""
    counts: dict[str, int] = {}
    for label, rows in missing.items():
        if label in ("weights", "offset") or label in evaluator.table.names:
            continue
        fresh = rows.copy() if chosen is None else rows & chosen
        for name in _columns_in(label, evaluator.table.names):
            missing_input = missing_rows(evaluator.vector(quote_name(name)))
            if missing_input is not None:
                fresh &= ~missing_input
        counts[label] = int(fresh.sum())
    return counts


def undefined_findings(counts: Mapping[str, int], names: tuple[str, ...]) -> list[Diagnostic]:
    """Return what to say where expressions of the columns `names` are not defined; see `undefined_counts`."""
    findings: list[Diagnostic] = []
    for label, count in counts.items():
        if count:
            message = f"'{label}' is not defined in {count} rows, which were dropped"
            columns = " and ".join(f"'{name}'" for name in _columns_in(label, names))
            hint = f"check the range of {columns}, or leave such rows out with subset="
            findings.append(Diagnostic("undefined_values", "warning", message, hint))
    return findings


def _columns_in(label: str, names: tuple[str, ...]) -> list[str]:
    return [name for name in variables_of(parse_expression(label)) if name in names]


def numbers_as_text(values: dict[str, Value], evaluator: Evaluator) -> list[Diagnostic]:
    """Return what to say about columns of texts that all read as numbers."""
    findings: list[Diagnostic] = []
    for label, value in values.items():
        tree = parse_expression(label) if isinstance(value, Factor) and not value.is_logical else None
        if not isinstance(tree, Name) or not isinstance(value, Factor) or len(value.levels) < 3:
            continue
        dtype = evaluator.table.read(tree.name).dtype
        if not isinstance(dtype, pd.CategoricalDtype) and all(is_number(level) for level in value.levels):
            message = f"'{label}' holds numbers stored as text and is taken as a factor of {len(value.levels)} levels"
            hint = f"if it is meant as a number, convert it with pandas.to_numeric(data[{tree.name!r}])"
            findings.append(Diagnostic("numbers_as_text", "warning", message, hint))
    return findings
