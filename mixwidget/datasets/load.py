"""A data set by name, with the types and the order of levels that it has in R."""

from __future__ import annotations

from functools import cache

import pandas as pd

from mixwidget.datasets.catalogue import FOLDER, Column, find_entry

KEPT = ("name", "description", "source", "citation", "licence", "labels", "units")


def load_dataset(name: str) -> pd.DataFrame:
    """Return a fresh copy of a data set, factors as categoricals whose categories are ordered as in R.

    Parameters
    ----------
    name : str
        One of ``mixwidget.datasets.list_datasets().index``, e.g. ``"sleepstudy"``.

    Returns
    -------
    DataFrame
        Its ``attrs`` hold ``name``, ``description``, ``source``, ``citation`` and ``licence``; ``labels`` and ``units``
        are what pictures call its columns, and in what these are measured.

    Raises
    ------
    DataError
        If there is no such data set; the message has the nearest name.

    Examples
    --------
    >>> sleep = load_dataset("sleepstudy")
    >>> sleep.head(3)
       Reaction  Days Subject
    0  249.5600   0.0     308
    1  258.7047   1.0     308
    2  250.8006   2.0     308
    >>> sleep.attrs["citation"][:21]
    'Belenky et al. (2003)'
    """
    return _read(find_entry(name).name).copy()


@cache
def _read(name: str) -> pd.DataFrame:
    entry = find_entry(name)
    dtypes = {column: _dtype(described) for column, described in entry.columns.items()}
    frame = pd.read_csv(FOLDER / entry.file, dtype=dtypes, keep_default_na=False, na_values=[""])
    frame.attrs = {key: getattr(entry, key) for key in KEPT}
    return frame


def _dtype(column: Column) -> str | pd.CategoricalDtype:
    if "levels" in column:
        return pd.CategoricalDtype(column["levels"], ordered=column["type"] == "ordered")
    return "int64" if column["type"] == "integer" else "float64"
