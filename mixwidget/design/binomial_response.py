"""A response of two outcomes: 0 and 1, two levels, counts of trials, proportions."""

from __future__ import annotations

import json

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
    _refuse_outside(given, y)
    refuse_one_number(y, f"the response '{given.label}'", given.model)
    if np.isin(y, (0.0, 1.0)).all() and (given.weights is None or (given.weights == 1.0).all()):
        return ReadResponse(y, given.weights, binary_labels("1", "0", y))
    return ReadResponse(y, given.weights, _of_proportions(y, given.weights), _broken_successes(given, y))


def _read_levels(given: GivenResponse, value: Factor) -> ReadResponse:
    used, _ = drop_unused_levels(value)
    failure, *others = used.levels
    if not others:
        raise DataError(_one_outcome(f"the response '{given.label}'", f"'{failure}'", given.model))
    if len(others) > 1:
        raise DataError(_many_levels(used, given.label, given.model))
    y = used.codes.astype(np.float64)
    return ReadResponse(y, given.weights, binary_labels(others[0], failure, y))


def _many_levels(used: Factor, label: str, model: str) -> str:
    if all(is_number(level) and 0.0 <= float(level) <= 1.0 for level in used.levels):
        return not_numeric(used, label, model)
    last = used.levels[-1]
    return (
        f"the response '{label}' has {len(used.levels)} levels ({listed(used.levels)}), but {model} takes two; write "
        f"{label} == {json.dumps(last, ensure_ascii=False)} for the probability of '{last}' against the others"
    )


def _one_outcome(name: str, only: str, model: str) -> str:
    return f"{name} is {only} in every fitted row, but {model} needs both outcomes; check the column and subset="


def refuse_one_number(y: np.ndarray, name: str, model: str) -> None:
    """Refuse outcomes that are all 0 or all 1."""
    if y[0] in (0.0, 1.0) and y.min() == y.max():
        raise DataError(_one_outcome(name, f"{y[0]:g}", model))


def _refuse_outside(given: GivenResponse, y: np.ndarray) -> None:
    is_bad = (y < 0.0) | (y > 1.0)
    if is_bad.any():
        found = f"the response '{given.label}' has {n_values(is_bad)} outside [0, 1] ({where(y, is_bad)})"
        raise DataError(f"{found}; {_inside(given, y)}")


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
    n_success = float(y.sum())
    return ResponseLabels("binary", len(y), success, failure, n_success, len(y) - n_success)


def _of_proportions(y: np.ndarray, trials: np.ndarray | None) -> ResponseLabels:
    if trials is None:
        return ResponseLabels("proportions", len(y))
    n_success = float(trials @ y)
    return ResponseLabels("proportions", len(y), n_success=n_success, n_failure=float(trials.sum()) - n_success)


def _broken_successes(given: GivenResponse, y: np.ndarray) -> tuple[Diagnostic, ...]:
    """Return the finding that proportions have no numbers of trials that give whole numbers of successes."""
    successes = y if given.weights is None else y * given.weights
    is_bad = np.abs(successes - np.round(successes)) > BROKEN_SUCCESSES
    if not is_bad.any():
        return ()
    if given.weights is None:
        message = f"the response '{given.label}' holds proportions ({where(y, is_bad)}) without their numbers of trials"
        hint = "give these with weights=, or write cbind(successes, failures); else each row counts as one trial"
        return (Diagnostic("proportions_without_trials", "warning", message, hint),)
    rows = "1 row" if is_bad.sum() == 1 else f"{int(is_bad.sum())} rows"
    message = f"the response '{given.label}' times the weights is not whole in {rows} ({where(successes, is_bad)})"
    hint = "weights= takes the number of trials of each proportion; check that they belong together"
    return (Diagnostic("noninteger_successes", "warning", message, hint),)


BINOMIAL = ResponseReading("a binomial model", _read_binomial, rows_without_trials)
