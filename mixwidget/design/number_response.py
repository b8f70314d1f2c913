"""A response of numbers: any, or positive ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mixwidget.design.checks import refuse_infinite
from mixwidget.design.response import (
    GivenResponse,
    ReadResponse,
    ResponseLabels,
    ResponseReading,
    n_values,
    or_left_out,
    where,
)
from mixwidget.dialect.values import Factor, Matrix, is_number
from mixwidget.errors import DataError


def response_numbers(given: GivenResponse) -> np.ndarray:
    """Return the response as numbers, shape (n,) (a logical one as 0 and 1).

    Raises
    ------
    DataError
        If it is a factor, text or matrix, or holds infinite values.
    """
    value, label = given.value, given.label
    if isinstance(value, Matrix):
        raise DataError(f"the response '{label}' has {len(value.names)} columns; {given.model} takes one")
    if isinstance(value, Factor) and not value.is_logical:
        raise DataError(not_numeric(value.levels, label, given.model))
    refuse_infinite(value, f"the response '{label}'")
    numbers = value.codes if isinstance(value, Factor) else value
    return np.array(numbers, dtype=np.float64)  # a copy: the design must not change with the caller's frame


def not_numeric(levels: Sequence[str], label: str, model: str) -> str:
    """Say that a response of levels or texts is no response of numbers."""
    example = levels[0] if levels else ""
    message = f"the response '{label}' is not numeric (it holds {example!r}, ...)"
    if not is_number(example):
        return f"{message}; {model} needs numbers"
    return f"{message}; the numbers are stored as text, convert them with pandas.to_numeric"


def _read_numbers(given: GivenResponse) -> ReadResponse:
    y = response_numbers(given)
    _check_varies(y, given.label)
    return ReadResponse(y, given.weights, ResponseLabels("numbers", len(y)))


def _read_positive(given: GivenResponse) -> ReadResponse:
    y = response_numbers(given)
    remedy = f"correct them{or_left_out(y <= 0.0, f'{given.label} > 0')}"
    check_positive(y, f"the response '{given.label}'", given.model, remedy)
    _check_varies(y, given.label)
    return ReadResponse(y, given.weights, ResponseLabels("positive", len(y)))


def check_positive(y: np.ndarray, name: str, model: str, remedy: str, n_before: int | None = None) -> None:
    """Refuse numbers that are not positive; rows of a batch have `n_before` others before them."""
    is_bad = y <= 0.0
    if is_bad.any():
        found = f"{n_values(is_bad, _sign(y[is_bad], n_before), n_before)} ({where(y, is_bad, n_before)})"
        raise DataError(f"{name} has {found}; {model} takes positive numbers: {remedy}")


def _sign(bad: np.ndarray, n_before: int | None) -> str:
    """Say which numbers are not positive: of a batch, others may follow."""
    if n_before is not None or ((bad < 0.0).any() and (bad == 0.0).any()):
        return "zero or negative"
    return "negative" if bad[0] < 0.0 else "zero"


def _check_varies(y: np.ndarray, label: str) -> None:
    """Refuse a constant response: every variance would be zero."""
    if y[0] == y[-1] and y.min() == y.max():
        raise DataError(f"the response '{label}' is constant ({y[0]:g}); there is nothing to explain")


NUMBERS = ResponseReading("a linear mixed model", _read_numbers)
POSITIVE = ResponseReading("a Gamma model", _read_positive)
