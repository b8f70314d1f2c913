"""What data sets there are: file, size, source, and the types and levels of their columns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypedDict

import pandas as pd

from mixwidget.errors import DataError, nearest_name

FOLDER = Path(__file__).parent / "data"


class _Typed(TypedDict):
    type: Literal["numeric", "integer", "factor", "ordered"]


class Column(_Typed, total=False):
    """The type of a column; factors have their levels in R's order, which a CSV file cannot keep.

    ``label`` is what it is called in pictures, ``unit`` in what it is measured.
    """

    levels: list[str]
    label: str
    unit: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A data set of the catalogue.

    Attributes
    ----------
    name : str
        As `load_dataset` takes it.
    file : str
        Its file beside the catalogue.
    rows : int
    description, source, citation, licence : str
        What is in it, where the numbers were taken from, whom to cite, and under which terms it came.
    columns : dict of str to Column
        In the order of the file.
    """

    name: str
    file: str
    rows: int
    description: str
    source: str
    citation: str
    licence: str
    columns: dict[str, Column]

    @property
    def labels(self) -> dict[str, str]:
        """What columns are called, by name."""
        return {name: column["label"] for name, column in self.columns.items() if "label" in column}

    @property
    def units(self) -> dict[str, str]:
        """In what columns are measured, by name."""
        return {name: column["unit"] for name, column in self.columns.items() if "unit" in column}


def list_datasets() -> pd.DataFrame:
    """Return the data sets of mixwidget, one row each, with source and citation.

    Returns
    -------
    DataFrame
        Indexed by the name that `load_dataset` takes; columns ``rows``, ``columns``, ``description``, ``source``,
        ``citation``, ``licence``.

    Examples
    --------
    >>> list_datasets().loc[["dyestuff", "penicillin"], ["rows", "columns"]]
                rows                  columns
    name
    dyestuff      30             Batch, Yield
    penicillin   144  diameter, plate, sample
    """
    shown = ("description", "source", "citation", "licence")
    rows = {
        name: {"rows": entry.rows, "columns": ", ".join(entry.columns)} | {key: getattr(entry, key) for key in shown}
        for name, entry in read_catalogue().items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("name")


def find_entry(name: str) -> Entry:
    """Return the catalogue's entry of one data set.

    Raises
    ------
    DataError
        If there is no such data set; the message has the nearest name.
    """
    entries = read_catalogue()
    if name in entries:
        return entries[name]
    near = nearest_name(str(name).lower(), entries, cutoff=0.5)
    guess = "" if near is None else f"did you mean {near!r}? "
    raise DataError(f"data set {name!r} is not known; {guess}mixwidget.datasets.list_datasets() shows all of them")


@cache
def read_catalogue() -> dict[str, Entry]:
    """Return all entries by name, in alphabetical order."""
    stored = json.loads((FOLDER / "catalogue.json").read_text(encoding="utf-8"))
    return {name: Entry(name=name, **fields) for name, fields in stored.items()}
