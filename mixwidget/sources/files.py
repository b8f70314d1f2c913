"""Paths and globs as sources: parquet by pyarrow, which keeps the order of levels, all else by DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from glob import escape, glob
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from mixwidget.errors import DataError, MissingProgramError
from mixwidget.sources.arrow_tables import arrow_tables
from mixwidget.sources.relation import relation_source
from mixwidget.sources.source import BATCH_ROWS, Source

_READERS = {"csv": "read_csv", "tsv": "read_csv", "txt": "read_csv", "json": "read_json", "ndjson": "read_json"}
_PACKED = (".gz", ".zst")


def open_path(path: str | PathLike[str]) -> Source:
    """Return the rows of the files that a path or a glob names.

    Raises
    ------
    DataError
        If there is no such file, or its kind is not known by the ending of its name.
    MissingProgramError
        If the package that reads it is not installed.
    """
    text = fspath(path)
    found = sorted(glob(text, recursive=True))  # noqa: PTH207  Path.glob() takes no absolute patterns
    names = found or ([text] if Path(text).exists() else [])
    if not names:
        raise DataError(
            f"data: no file matches {text!r}; give a data frame, a path or a glob such as 'trips/*.parquet'"
        )
    kinds = {_kind(name) for name in names if not Path(name).is_dir()} or {"parquet"}
    if kinds == {"parquet"}:
        return _of_parquet(text, names)
    if len(kinds) > 1:
        raise DataError(f"{text!r} matches files of several kinds ({', '.join(sorted(kinds))}); name those of one")
    return _of_texts(text, names, _reader_of(text, kinds.pop()))


def is_path(text: str) -> bool:
    """Return whether a text looks like a path or a glob of files that can be read, or is one.

    Examples
    --------
    >>> is_path("trips/*.parquet"), is_path("trips.csv.gz"), is_path("sleep.head(90)"), is_path("sleep")
    (True, True, False, False)
    """
    if is_file(text) or Path(text).exists():
        return True
    return not set(text) & set("()[]{}") and bool(set(text) & set("/\\*?"))


def paths_beginning_with(text: str) -> list[str]:
    """Return the folders and the files that can be read whose path begins so, folders with a slash behind them."""
    found = sorted(glob(escape(text) + "*"))  # noqa: PTH207  what is typed is kept as it is
    return [f"{path}/" if Path(path).is_dir() else path for path in found if Path(path).is_dir() or is_file(path)]


def is_file(path: str) -> bool:
    """Return whether a path ends as files do that can be read."""
    return _kind(path) in ("parquet", *_READERS)


def _reader_of(text: str, kind: str) -> str:
    if kind not in _READERS:
        known = ", ".join(f".{name}" for name in ("parquet", *_READERS))
        raise DataError(f"{text!r}: files ending in '.{kind}' cannot be read; those in {known} can, or give a frame")
    return _READERS[kind]


def _kind(name: str) -> str:
    suffixes = [suffix for suffix in Path(name).suffixes if suffix not in _PACKED]
    return suffixes[-1].lstrip(".").lower() if suffixes else ""


def _of_parquet(text: str, names: list[str]) -> Source:
    parquet = _imported("pyarrow.parquet", text)
    files = [file for name in names for file in ([name] if not Path(name).is_dir() else _inside(name))]
    schema = parquet.ParquetFile(files[0]).schema_arrow

    def read(columns: list[str]) -> Iterator[Any]:
        for file in files:
            with parquet.ParquetFile(file) as opened:
                yield from arrow_tables(opened.iter_batches(BATCH_ROWS, columns=columns))

    return Source(f"the files {text!r}", tuple(schema.names), read)


def _inside(folder: str) -> list[str]:
    files = sorted(str(file) for file in Path(folder).rglob("*.parquet"))
    if not files:
        raise DataError(f"data: the folder {folder!r} has no parquet files")
    return files


def _of_texts(text: str, names: list[str], reader: str) -> Source:
    duckdb = _imported("duckdb", text)
    connection = duckdb.connect()
    relation = getattr(connection, reader)(names)
    return relation_source(lambda: relation, f"the files {text!r}", tuple(relation.columns))


def _imported(module: str, text: str) -> Any:
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError:
        package = module.partition(".")[0]
        raise MissingProgramError(
            f"reading {text!r} needs the package {package}: pip install 'mixwidget[big]'"
        ) from None
