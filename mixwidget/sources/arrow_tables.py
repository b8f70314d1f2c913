"""Record batches as tables of about the usual number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mixwidget.sources.source import BATCH_ROWS


def arrow_tables(batches: Iterable[Any]) -> Iterator[Any]:
    """Join record batches that are small, and cut those that are large."""
    import pyarrow as pa

    waiting: list[Any] = []
    n_waiting = 0
    for batch in batches:
        waiting.append(batch)
        n_waiting += batch.num_rows
        if n_waiting >= BATCH_ROWS:
            yield from _cut(pa.Table.from_batches(waiting))
            waiting, n_waiting = [], 0
    if n_waiting:
        yield from _cut(pa.Table.from_batches(waiting))


def _cut(table: Any) -> Iterator[Any]:
    whole = table.unify_dictionaries().combine_chunks()
    for start in range(0, len(whole), 2 * BATCH_ROWS):
        yield whole.slice(start, 2 * BATCH_ROWS)
