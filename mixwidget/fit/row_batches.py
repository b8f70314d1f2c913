"""A fit with the rows of one batch after another, so that whatever is told of rows is told of each batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from mixwidget.design.evaluate import Evaluator
from mixwidget.design.matrix import model_matrix
from mixwidget.design.plan import make_plan
from mixwidget.design.response import GivenResponse
from mixwidget.design.rows import Rows
from mixwidget.dialect.values import take_rows
from mixwidget.errors import DataError
from mixwidget.fit.fit import Fit
from mixwidget.fit.row_summaries import facts_of
from mixwidget.sources.coded import Coding
from mixwidget.sources.fitted_rows import FittedRows, fitted_rows
from mixwidget.sources.group_levels import GroupLevels
from mixwidget.sources.request import Request, used_columns
from mixwidget.sources.response_scan import read_rows
from mixwidget.sources.source import Batch, Source, Told, read_batches

F = TypeVar("F", bound=Fit)

OTHER_DATA = "these are not the data of the fit ({what}); fit.predict(data) takes other data"


def row_batches(fit: F, source: Source, what: str, told: Told) -> Iterator[F]:
    """Read the data of a fit once more; yield it with the rows of each batch that are fitted, if there are any.

    Parameters
    ----------
    fit : Fit
    source : Source
        Its data.
    what : str
        For the line of progress.
    told : callable

    Raises
    ------
    DataError
        If the data have other rows or levels than those that were fitted.
    """
    request, coding = _request(fit, source), _coding(fit)
    columns = used_columns(request.labels(source.names), source.names)
    recipe, groups = fit.design.recipe, GroupLevels()
    n, first = 0, 0
    for batch in read_batches(source, columns, what, fit.control, told):
        evaluator = Evaluator(
            batch.table, request.formula.text, recipe.memory, recipe.columns, is_new=True, grouping_of=groups
        )
        found = fitted_rows(batch, request, evaluator, evaluator.vector)
        n += len(found.rows)
        if len(found.rows):
            yield _with_rows(fit, batch, found, coding, first)
        first += batch.table.n_rows
    if n != fit.n:
        raise DataError(OTHER_DATA.format(what=f"{n:,} rows could be fitted, not {fit.n:,}"))


def _request(fit: Fit, source: Source) -> Request:
    formula, options = fit.design.formula, fit.call.options
    weights, offset, subset = (options.get(name) for name in ("weights", "offset", "subset"))
    plan, reading = make_plan(formula, source.names), fit.design.recipe.reading
    return Request(formula, plan, weights, offset, subset, None, reading)


def _coding(fit: Fit) -> Coding:
    recipe = fit.design.recipe
    return Coding(recipe.factors, fit.design.factors, recipe.groupings, OTHER_DATA)


def _with_rows(fit: F, batch: Batch, found: FittedRows, coding: Coding, first: int) -> F:
    recipe, rows, values = fit.design.recipe, found.rows, coding.values(found)
    label = fit.design.formula.response
    weights = None if found.weights is None else found.weights[rows]
    given = GivenResponse(take_rows(found.response, rows), label, weights, None, recipe.reading.model)
    read = read_rows(fit.design.response, given)
    kept = np.zeros(batch.table.n_rows, dtype=bool)
    kept[rows] = True
    index = batch.table.index
    if isinstance(index, pd.RangeIndex):
        index = pd.RangeIndex(first, first + len(index))
    held = Rows(
        y=read.y,
        X=model_matrix(recipe.fixed, values, len(rows)),
        z=tuple(model_matrix(columns, values, len(rows)) for columns in recipe.random),
        codes=coding.codes(found),
        weights=read.weights,
        offset=None if found.offset is None else found.offset[rows],
        index=index[rows],
        kept=kept[found.chosen],
        data_index=index[found.chosen],
    )
    return replace(fit, rows=held, call=replace(fit.call, frame=batch.frame))


def is_distant(fit: Any) -> bool:
    """Whether a fit holds sums instead of rows."""
    return facts_of(fit) is not None
