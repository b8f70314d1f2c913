"""Which rows of a batch are fitted, and the values of all expressions on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mixwidget.design.evaluate import Evaluator, tree_of
from mixwidget.design.frame import undefined_counts
from mixwidget.design.selection import condition_rows, missing_in, row_vector
from mixwidget.dialect.values import Factor, Value, as_factor
from mixwidget.formula.nodes import FunctionCall
from mixwidget.sources.request import Request, has_state
from mixwidget.sources.source import Batch


@dataclass(frozen=True, slots=True, eq=False)
class FittedRows:
    """The variables of a model on the rows of a batch, and which of these are fitted.

    Attributes
    ----------
    response : ndarray, Factor or Matrix
    values : dict of Value
    groupings : dict of Factor
    weights, offset : ndarray or None
    rows : ndarray of int
        Those that are fitted.
    chosen : ndarray of bool
        Those that `subset` leaves.
    n_chosen, n_incomplete, n_idle : int
        Rows that `subset` leaves, how many of them are not complete, and how many others have no trials.
    missing, undefined : dict of int
        For each variable in how many of them it is missing; so missing though its columns are not.
    """

    response: Value
    values: dict[str, Value]
    groupings: dict[str, Factor]
    weights: np.ndarray | None
    offset: np.ndarray | None
    rows: np.ndarray
    chosen: np.ndarray
    n_chosen: int
    n_incomplete: int
    n_idle: int
    missing: dict[str, int]
    undefined: dict[str, int]


def fitted_rows(batch: Batch, request: Request, evaluator: Evaluator, value_of: Callable[[str], Value]) -> FittedRows:
    """Evaluate a batch and leave out rows, as `mixwidget.design.frame` does with a frame.

    Parameters
    ----------
    batch : Batch
    request : Request
    evaluator : Evaluator
        On the batch.
    value_of : callable
        Gives the value of an expression, or one that is missing in the same rows.
    """
    response = value_of(request.formula.response)
    values = {label: as_factor(value_of(label)) for label in request.plan.variables}
    groupings = {part: evaluator.grouping(part) for part in request.parts}
    weights = None if request.weights is None else row_vector(request.weights, evaluator, "weights")
    pieces = [row_vector(expression, evaluator, "offset") for expression in request.offsets]
    offset = np.sum(pieces, axis=0) if pieces else None
    everything: dict[str, Value] = {request.formula.response: response, **values, **groupings}
    everything |= {"weights": weights} if weights is not None else {}
    everything |= {"offset": offset} if offset is not None else {}
    missing = missing_in(everything)
    n_rows = batch.table.n_rows
    chosen = None if request.subset is None else condition_rows(request.subset, evaluator, batch.frame)
    is_chosen = np.ones(n_rows, dtype=bool) if chosen is None else chosen
    incomplete = is_chosen & np.logical_or.reduce([*missing.values(), np.zeros(n_rows, dtype=bool)])
    kept, idle = is_chosen & ~incomplete, request.reading.idle_rows(response)
    n_idle = 0 if idle is None else int((kept & idle).sum())
    return FittedRows(
        response=response,
        values=values,
        groupings=groupings,
        weights=weights,
        offset=offset,
        rows=np.flatnonzero(kept if idle is None else kept & ~idle),
        chosen=is_chosen,
        n_chosen=int(is_chosen.sum()),
        n_incomplete=int(incomplete.sum()),
        n_idle=n_idle,
        missing={label: int((missing[label] & is_chosen).sum()) if label in missing else 0 for label in everything},
        undefined=undefined_counts(missing, evaluator, chosen),
    )


def stand_in(evaluator: Evaluator, label: str) -> Value:
    """Return the value of an expression; of one that looks at all rows, its first argument."""
    node = tree_of(label)
    if isinstance(node, FunctionCall) and has_state(node):
        positional, named = evaluator.arguments(node)
        return positional[0] if positional else named["x"]
    return evaluator.vector(label)
