"""A response of counts."""

from __future__ import annotations

import numpy as np

from mixwidget.design.number_response import response_numbers
from mixwidget.design.response import (
    GivenResponse,
    ReadResponse,
    ResponseLabels,
    ResponseReading,
    n_values,
    or_left_out,
    where,
)
from mixwidget.errors import DataError, Diagnostic

WHOLE_RTOL = 1e-7  # a number this near to a whole one is one, as for R's dpois()


def is_broken(y: np.ndarray) -> np.ndarray:
    """Return which numbers are not whole, shape (n,)."""
    return np.abs(y - np.round(y)) > WHOLE_RTOL * np.maximum(1.0, np.abs(y))


def broken_counts(name: str, y: np.ndarray, hint: str) -> tuple[Diagnostic, ...]:
    """Return the finding that counts are not whole numbers, if any is not."""
    bad = is_broken(y)
    return (broken_counts_finding(name, int(bad.sum()), where(y, bad), hint),) if bad.any() else ()


def broken_counts_finding(name: str, count: int, first: str, hint: str) -> Diagnostic:
    """Say that some counts are not whole; `first` names one."""
    values = "1 value that is" if count == 1 else f"{count} values that are"
    return Diagnostic("noninteger_counts", "warning", f"{name} has {values} not whole ({first})", hint)


def _read_counts(given: GivenResponse) -> ReadResponse:
    y = response_numbers(given)
    name = f"the response '{given.label}'"
    check_counts(y, name, given.model, f"correct them{or_left_out(y < 0.0, f'{given.label} >= 0')}")
    hint = "a rate is modelled by its count, with offset(log(exposure)) among the terms"
    return ReadResponse(y, given.weights, ResponseLabels("counts", len(y)), broken_counts(name, y, hint))


def check_counts(y: np.ndarray, name: str, model: str, remedy: str) -> None:
    """Refuse negative counts, and zeros alone."""
    refuse_negative(y, name, model, remedy)
    if not y.any():
        raise DataError(f"{name} is 0 in every fitted row; there is nothing to explain, check the column and subset=")


def refuse_negative(y: np.ndarray, name: str, model: str, remedy: str, n_before: int | None = None) -> None:
    """Refuse negative counts; rows of a batch have `n_before` others before them."""
    is_bad = y < 0.0
    if is_bad.any():
        found = f"{n_values(is_bad, 'negative', n_before)} ({where(y, is_bad, n_before)})"
        raise DataError(f"{name} has {found}; {model} takes counts: {remedy}")


COUNTS = ResponseReading("a Poisson model", _read_counts)
