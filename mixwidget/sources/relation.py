"""DuckDB relations, read in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mixwidget.sources.arrow_tables import arrow_tables
from mixwidget.sources.source import BATCH_ROWS, Source


def relation_source(opens: Callable[[], Any], kind: str, names: tuple[str, ...]) -> Source:
    """Return a DuckDB relation as a source; its query is run anew by each pass.

    Parameters
    ----------
    opens : callable
        Returns the relation.
    kind : str
        For messages.
    names : tuple of str
        Its columns.
    """

    def read(columns: list[str]) -> Iterator[Any]:
        quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
        chosen = opens().project(quoted)
        is_new = hasattr(chosen, "to_arrow_reader")  # since DuckDB 2.0
        reader = chosen.to_arrow_reader(BATCH_ROWS) if is_new else chosen.fetch_record_batch(BATCH_ROWS)
        try:
            yield from arrow_tables(reader)
        finally:
            reader.close()

    return Source(kind, names, read)
