"""A response of two columns: successes and failures among trials, ``cbind(s, f)``."""

from __future__ import annotations

import numpy as np

from mixwidget.design.count_response import broken_counts
from mixwidget.design.response import GivenResponse, ReadResponse, ResponseLabels, n_values, or_left_out, where
from mixwidget.dialect.values import Matrix, Value, infinite_rows
from mixwidget.errors import DataError
from mixwidget.formula.deparse import deparse
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.nodes import FunctionCall, unwrap

WRITE = "write cbind(successes, failures), two columns of counts"


def read_trials(given: GivenResponse, value: Matrix) -> ReadResponse:
    """Return proportions of successes, with numbers of trials as weights (times the weights that were given).

    Raises
    ------
    DataError
        If it is no ``cbind`` of two columns, a count is negative or infinite, or all trials ended alike.
    """
    success, failure = column_labels(given, value.values.shape[1])
    refuse_counts(value, success, failure, given.label)
    s, f = value.values.T
    trials = s + f
    refuse_one_outcome(float(s.sum()), float(f.sum()), f"the response '{given.label}'")
    return ReadResponse(
        y=s / trials,
        weights=trials if given.weights is None else trials * given.weights,
        labels=trials_labels(success, failure, s, f),
        diagnostics=tuple(
            finding
            for name, column in ((success, s), (failure, f))
            for finding in broken_counts(f"'{name}'", column, "counts of trials are whole; check the columns")
        )[:1],
    )


def rows_without_trials(value: Value) -> np.ndarray | None:
    """Return which rows of ``cbind(s, f)`` have no trials, None where all have some or it is none."""
    if not isinstance(value, Matrix) or value.values.shape[1] != 2:
        return None
    idle = (value.values == 0.0).all(axis=1)
    return idle if idle.any() else None


def refuse_one_outcome(n_success: float, n_failure: float, name: str) -> None:
    """Refuse trials that all ended alike."""
    if n_success == 0.0 or n_failure == 0.0:
        none = "successes" if n_success == 0.0 else "failures"
        raise DataError(
            f"{name} has no {none} in the fitted rows; there is nothing to explain, check the columns and subset="
        )


def trials_labels(success: str, failure: str, s: np.ndarray, f: np.ndarray) -> ResponseLabels:
    """Return what counts of trials were read as."""
    return ResponseLabels("counts of trials", len(s), success, failure, float(s.sum()), float(f.sum()))


def column_labels(given: GivenResponse, n_columns: int) -> tuple[str, str]:
    """Return what the two columns of a ``cbind`` are called, as they were written."""
    tree = unwrap(parse_expression(given.label))
    if not isinstance(tree, FunctionCall) or tree.function.rpartition(":")[2] != "cbind":
        raise DataError(f"the response '{given.label}' has several columns; {given.model} takes one, or {WRITE}")
    if not len(tree.arguments) == n_columns == 2:
        raise DataError(f"the response '{given.label}' has {n_columns} column{'s' * (n_columns != 1)}; {WRITE}")
    success, failure = (deparse(operand) for operand in tree.operands)
    return success, failure


def refuse_counts(value: Matrix, success: str, failure: str, label: str, n_before: int | None = None) -> None:
    """Refuse counts that are infinite or negative; rows of a batch have `n_before` others before them."""
    if (rows := infinite_rows(value)) is not None:
        raise DataError(
            f"the response '{label}' has {n_values(rows, 'infinite')} "
            f"(first at fitted row {int(np.flatnonzero(rows)[0]) + 1}); correct or drop them"
        )
    s, f = value.values.T
    if (is_bad := s < 0.0).any() and not _is_swapped(s, f):
        raise DataError(
            f"the successes '{success}' have {n_values(is_bad, 'negative', n_before)} ({where(s, is_bad, n_before)}); "
            f"correct them{or_left_out(is_bad, f'{success} >= 0')}"
        )
    if (is_bad := f < 0.0).any():
        raise DataError(_negative_failures(s, f, is_bad, success, failure, n_before))


def _is_swapped(s: np.ndarray, f: np.ndarray) -> bool:
    """Whether the first column holds totals, so that the second, successes less total, is nowhere positive."""
    return bool((f <= 0.0).all() and (s + f >= 0.0).all())


def _negative_failures(
    s: np.ndarray, f: np.ndarray, is_bad: np.ndarray, success: str, failure: str, n_before: int | None
) -> str:
    found = f"the failures '{failure}' have {n_values(is_bad, 'negative', n_before)} ({where(f, is_bad, n_before)})"
    total = _total_of(success, failure)
    if total is None:
        return f"{found}; correct them{or_left_out(is_bad, f'{failure} >= 0')}"
    if _is_swapped(s, f):
        return f"{found}: successes and total are swapped; write cbind({total}, {success} - {total})"
    remedy = f"correct them{or_left_out(is_bad, f'{success} <= {total}')}"
    return f"{found}: there '{success}' is larger than '{total}'; {remedy}"


def _total_of(success: str, failure: str) -> str | None:
    """Return the total of a difference ``total - successes``, None where the failures are something else."""
    tree = unwrap(parse_expression(failure))
    if not isinstance(tree, FunctionCall) or tree.function != "-" or len(tree.arguments) != 2:
        return None
    total, less = (deparse(operand) for operand in tree.operands)
    return total if less == success else None
