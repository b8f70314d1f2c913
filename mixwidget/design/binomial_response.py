"""A response of two outcomes: 0 and 1, two levels, counts of trials, proportions."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from mixwidget.design.number_response import not_numeric, response_numbers
from mixwidget.design.response import (
    GivenResponse,
    ReadResponse,
    ResponseLabels,
    ResponseReading,
    n_values,
    or_left_out,
    where,
)
from mixwidget.design.trials_response import read_trials, rows_without_trials
from mixwidget.dialect.values import Factor, Matrix, as_factor, drop_unused_levels, is_number
from mixwidget.errors import DataError, Diagnostic, listed
from mixwidget.formula.deparse import number_text

BROKEN_SUCCESSES = 1e-3  # a number of successes this far from a whole one is reported, as by R's binomial()


def _read_binomial(given: GivenResponse) -> ReadResponse:
    value = as_factor(given.value)
    if isinstance(value, Matrix):
        return read_trials(given, value)
    if isinstance(value, Factor):
        return _read_levels(given, value)
    y = response_numbers(given)
    refuse_outside(given, y)
    refuse_one_number(y, f"the response '{given.label}'", given.model)
    if np.isin(y, (0.0, 1.0)).all() and (given.weights is None or (given.weights == 1.0).all()):
        return ReadResponse(y, given.weights, binary_labels("1", "0", y))
    return ReadResponse(y, given.weights, _of_proportions(y, given.weights), _broken_successes(given, y))


def _read_levels(given: GivenResponse, value: Factor) -> ReadResponse:
    used, _ = drop_unused_levels(value)
    failure, *others = used.levels
    if not others:
        raise DataError(one_outcome(f"the response '{given.label}'", f"'{failure}'", given.model))
    if len(others) > 1:
        raise DataError(many_levels(used.levels, given.label, given.model))
    y = used.codes.astype(np.float64)
    return ReadResponse(y, given.weights, binary_labels(others[0], failure, y))


def many_levels(levels: Sequence[str], label: str, model: str) -> str:
    """Say that a response has more than two levels, and which comparison may be meant."""
    if all(is_number(level) and 0.0 <= float(level) <= 1.0 for level in levels):
        return not_numeric(levels, label, model)
    last = levels[-1]
    return (
        f"the response '{label}' has {len(levels)} levels ({listed(levels)}), but {model} takes two; write "
        f"{label} == {json.dumps(last, ensure_ascii=False)} for the probability of '{last}' against the others"
    )


def one_outcome(name: str, only: str, model: str) -> str:
    """Say that all responses are alike."""
    return f"{name} is {only} in every fitted row, but {model} needs both outcomes; check the column and subset="


def refuse_one_number(y: np.ndarray, name: str, model: str) -> None:
    """Refuse outcomes that are all 0 or all 1."""
    if y[0] in (0.0, 1.0) and y.min() == y.max():
        raise DataError(one_outcome(name, f"{y[0]:g}", model))


def refuse_outside(given: GivenResponse, y: np.ndarray, n_before: int | None = None) -> None:
    """Refuse what is no proportion; rows of a batch have `n_before` others before them."""
    is_bad = (y < 0.0) | (y > 1.0)
    if is_bad.any():
        found = f"{n_values(is_bad, n_before=n_before)} outside [0, 1] ({where(y, is_bad, n_before)})"
        raise DataError(f"the response '{given.label}' has {found}; {_inside(given, y)}")


def _inside(given: GivenResponse, y: np.ndarray) -> str:
    """Say how numbers outside [0, 1] are probably meant."""
    label, values = given.label, np.unique(y)
    high = number_text(float(values[-1]))
    if len(values) == 2 and float(high) == values[-1]:
        return f"write {label} == {high} for the probability of {high}"
    if values[0] >= 0.0 and (values == np.round(values)).all():
        trials = given.weights_label or "trials"
        less = ", without weights" if given.weights is not None else ""
        return f"for successes among trials write cbind({label}, {trials} - {label}){less}"
    if values[0] >= 0.0 and values[-1] <= 100.0:
        return f"write I({label} / 100) if they are percentages"
    return f"correct them{or_left_out((y < 0.0) | (y > 1.0), f'{label} >= 0 & {label} <= 1')}"


def binary_labels(success: str, failure: str, y: np.ndarray) -> ResponseLabels:
    """Return what outcomes were read as, 0 for failure and 1 for success."""
    return binary_labels_of(success, failure, len(y), float(y.sum()))


def binary_labels_of(success: str, failure: str, n: int, n_success: float) -> ResponseLabels:
    """Return what n outcomes were read as."""
    return ResponseLabels("binary", n, success, failure, n_success, n - n_success)


def _of_proportions(y: np.ndarray, trials: np.ndarray | None) -> ResponseLabels:
    if trials is None:
        return ResponseLabels("proportions", len(y))
    n_success = float(trials @ y)
    return ResponseLabels("proportions", len(y), n_success=n_success, n_failure=float(trials.sum()) - n_success)


def _broken_successes(given: GivenResponse, y: np.ndarray) -> tuple[Diagnostic, ...]:
    """Return the finding that proportions have no numbers of trials that give whole numbers of successes."""
    successes = y if given.weights is None else y * given.weights
    is_bad = is_broken_success(successes)
    if not is_bad.any():
        return ()
    if given.weights is None:
        return (broken_trials_finding(given.label, where(y, is_bad)),)
    return (broken_successes_finding(given.label, int(is_bad.sum()), where(successes, is_bad)),)


def is_broken_success(successes: np.ndarray) -> np.ndarray:
    """Return which numbers of successes are not whole, shape (n,)."""
    return np.abs(successes - np.round(successes)) > BROKEN_SUCCESSES


def broken_trials_finding(label: str, first: str) -> Diagnostic:
    """Say that proportions have no numbers of trials; `first` names one."""
    message = f"the response '{label}' holds proportions ({first}) without their numbers of trials"
    hint = "give these with weights=, or write cbind(successes, failures); else each row counts as one trial"
    return Diagnostic("proportions_without_trials", "warning", message, hint)


def broken_successes_finding(label: str, count: int, first: str) -> Diagnostic:
    """Say that proportions and numbers of trials do not belong together."""
    rows = "1 row" if count == 1 else f"{count} rows"
    message = f"the response '{label}' times the weights is not whole in {rows} ({first})"
    hint = "weights= takes the number of trials of each proportion; check that they belong together"
    return Diagnostic("noninteger_successes", "warning", message, hint)


BINOMIAL = ResponseReading("a binomial model", _read_binomial, rows_without_trials)
