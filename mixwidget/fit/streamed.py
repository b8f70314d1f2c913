"""Tables of rows batch by batch: handed out one after another, or written to a parquet file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import pandas as pd

from mixwidget.design.design import Design
from mixwidget.errors import DataError, MissingProgramError, OptionError
from mixwidget.fit.fit import Fit
from mixwidget.fit.predict import predict
from mixwidget.fit.prediction_request import PredictionRequest
from mixwidget.fit.row_batches import row_batches
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.nodes import variables_of
from mixwidget.sources.source import Source, Told, read_batches


def streamed_predictions(fit: Fit, source: Source, request: PredictionRequest, told: Told) -> Iterator[Any]:
    """Yield the predictions of each batch of new data, numbered through all of them."""
    for role, given in (("offset", request.offset), ("weights", request.weights)):
        if given is not None and not isinstance(given, str):
            raise OptionError(f"predict: {role}= must name a column of data that come in batches")
    first = 0
    columns = _columns(fit.design, source, request)
    for batch in read_batches(source, columns, "predictions", fit.control, told):
        found = predict(fit, replace(request, newdata=batch.frame))
        if isinstance(found.index, pd.RangeIndex):
            found.index = pd.RangeIndex(first, first + len(found))
        first += len(found)
        yield found


def _columns(design: Design, source: Source, request: PredictionRequest) -> list[str]:
    """Return the columns of new data that predictions may need."""
    formula = design.formula
    parts = [part.label for column in design.recipe.fixed for part in column.parts]
    texts = [*parts, formula.fixed, *design.recipe.offsets, *(term.columns for term in formula.random)]
    texts += [part for term in formula.random for part in term.grouping.parts]
    named = (design.recipe.weights, request.offset, request.weights)
    texts += [text for text in named if isinstance(text, str)]
    names = {
        name for text in texts for name in ([text] if text in source.names else variables_of(parse_expression(text)))
    }
    return [name for name in source.names if name in names]


def streamed_rows(fit: Fit, source: Source, table: Callable[[Fit], pd.DataFrame], told: Told) -> Iterator[pd.DataFrame]:
    """Yield a table of the rows of each batch of the data of a fit."""
    for some in row_batches(fit, source, "rows", told):
        yield table(some)


def write_parquet(tables: Iterator[Any], path: str | PathLike[str]) -> Path:
    """Write tables one under the other; whatever ends the writing, an interrupt too, leaves no file behind.

    Raises
    ------
    MissingProgramError
        Without pyarrow.
    DataError
        If there is no row to write.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingProgramError("writing parquet needs the package pyarrow: pip install 'mixwidget[big]'") from None
    whole, unfinished = Path(path), Path(f"{fspath(path)}.unfinished")
    writer = None
    try:
        for found in tables:
            frame = found.to_frame() if isinstance(found, pd.Series) else found
            made = pa.Table.from_pandas(frame, schema=None if writer is None else writer.schema, preserve_index=False)
            writer = writer or pq.ParquetWriter(unfinished, made.schema)
            writer.write_table(made)
        if writer is None:
            raise DataError("the data have no rows to write")
        writer.close()
        unfinished.replace(whole)
    finally:
        if writer is not None:
            writer.close()
        unfinished.unlink(missing_ok=True)
    return whole
