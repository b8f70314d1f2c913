"""DuckDB relations, read in batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mixwidget.sources.arrow_tables import arrow_tables
from mixwidget.sources.source import BATCH_ROWS, Source


def relation_source(relation: Any, kind: str) -> Source:
    """Return a DuckDB relation as a source; its query is run anew by each pass."""

    def read(columns: list[str]) -> Iterator[Any]:
        quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
        chosen = relation.project(quoted)
        opens = (
            chosen.to_arrow_reader if hasattr(chosen, "to_arrow_reader") else chosen.fetch_record_batch
        )  # before 2.0
        reader = opens(BATCH_ROWS)
        try:
            yield from arrow_tables(reader)
        finally:
            reader.close()

    return Source(kind, tuple(relation.columns), read)
