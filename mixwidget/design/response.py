"""A response on the scale of the mean: how it is read, and what was read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from mixwidget.dialect.values import Value
from mixwidget.errors import Diagnostic
from mixwidget.formula.deparse import number_text


@dataclass(frozen=True, slots=True)
class ResponseLabels:
    """What a response was read as, by name.

    Attributes
    ----------
    kind : {"numbers", "binary", "counts of trials", "proportions", "counts", "positive"}
    success, failure : str or None
        Of a binary response the level that has the probability, and the other one; of ``cbind(s, f)`` its columns.
    n_rows : int
        How many rows were read.
    n_success, n_failure : float or None
        How many rows are of either level; of counts of trials, and of proportions of known numbers of trials,
        how many trials.

    Examples
    --------
    >>> ResponseLabels("binary", n_rows=5, success="Y", failure="N", n_success=2.0, n_failure=3.0).kind
    'binary'
    """

    kind: str
    n_rows: int
    success: str | None = None
    failure: str | None = None
    n_success: float | None = None
    n_failure: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class GivenResponse:
    """The left side of a formula on the rows that are fitted, none of them missing.

    Attributes
    ----------
    value : ndarray, Factor or Matrix, n rows
    label : str
        The expression.
    weights : ndarray, shape (n,), or None
        As given.
    weights_label : str or None
        The column or expression of the weights, where they were named.
    model : str
        What takes the response, for messages: ``"a linear mixed model"``.
    """

    value: Value
    label: str
    weights: np.ndarray | None
    weights_label: str | None
    model: str


@dataclass(frozen=True, slots=True, eq=False)
class ReadResponse:
    """A response on the scale of the mean.

    Attributes
    ----------
    y : ndarray, shape (n,)
        Numbers, counts, or proportions of successes; a copy, never the caller's memory.
    weights : ndarray, shape (n,), or None
        The prior weights: as given, times the numbers of trials of ``cbind(s, f)``.
    labels : ResponseLabels
    diagnostics : tuple of Diagnostic
    """

    y: np.ndarray
    weights: np.ndarray | None
    labels: ResponseLabels
    diagnostics: tuple[Diagnostic, ...] = ()


def nothing_idle(value: Value) -> np.ndarray | None:
    """Return None: every row says something about the mean."""
    del value


@dataclass(frozen=True, slots=True)
class ResponseReading:
    """How a family reads its response.

    Attributes
    ----------
    model : str
        What takes the response, for messages: ``"a linear mixed model"``.
    read : callable
        From a `GivenResponse` to a `ReadResponse`; raises a `DataError` where no fit is possible.
    idle_rows : callable
        Which rows of a value say nothing about the mean, None where none does.
    """

    model: str
    read: Callable[[GivenResponse], ReadResponse]
    idle_rows: Callable[[Value], np.ndarray | None] = nothing_idle

    def of(self, model: str) -> ResponseReading:
        """Return the same reading for a model of another name."""
        return replace(self, model=model)


def or_left_out(is_bad: np.ndarray, condition: str) -> str:
    """Say how bad values are left out, where others are left to be fitted."""
    return "" if is_bad.all() else f", or leave them out with subset='{condition}'"


def where(values: np.ndarray, is_bad: np.ndarray, n_before: int | None = None) -> str:
    """Return the first bad value and its row, for a message; rows of a batch have `n_before` others before them.

    Examples
    --------
    >>> where(np.array([1.0, -2.5]), np.array([False, True]))
    'first -2.5 at fitted row 2'
    """
    first = int(np.flatnonzero(is_bad)[0])
    return f"first {number_text(float(values[first]))} at fitted row {(n_before or 0) + first + 1}"


def n_values(is_bad: np.ndarray, which: str = "", n_before: int | None = None) -> str:
    """Return how many values are bad, in words: ``"1 negative value"``; of all rows that is not known in a batch."""
    if n_before is not None:
        return f"{which} values".strip()
    count = int(is_bad.sum())
    return f"{count} {which}{' ' if which else ''}value{'' if count == 1 else 's'}"
