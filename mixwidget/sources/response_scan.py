"""Responses read batch by batch: what all of them are, and the numbers of some of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.design.binomial_response import (
    BINOMIAL,
    binary_labels_of,
    broken_successes_finding,
    broken_trials_finding,
    is_broken_success,
    many_levels,
    one_outcome,
    refuse_one_number,
    refuse_outside,
)
from mixwidget.design.count_response import COUNTS, broken_counts_finding, check_counts, is_broken, refuse_negative
from mixwidget.design.number_response import POSITIVE, check_positive, response_numbers
from mixwidget.design.response import GivenResponse, ResponseLabels, ResponseReading, or_left_out, where
from mixwidget.design.trials_response import column_labels, refuse_counts, refuse_one_outcome
from mixwidget.dialect.values import Factor, Matrix, Value, as_factor, infinite_rows
from mixwidget.errors import DataError, Diagnostic
from mixwidget.sources.moments import Moments
from mixwidget.sources.tally import Tally


@dataclass(frozen=True, slots=True, eq=False)
class ReadRows:
    """Responses of some rows on the scale of the mean, shape (m,), with their prior weights, None without any."""

    y: np.ndarray
    weights: np.ndarray | None


def read_rows(labels: ResponseLabels, given: GivenResponse) -> ReadRows:
    """Read some of the rows whose responses are all known to be of one kind."""
    value = as_factor(given.value)
    if isinstance(value, Matrix):
        s, f = value.values.T
        trials = s + f
        return ReadRows(s / trials, trials if given.weights is None else trials * given.weights)
    if isinstance(value, Factor) and labels.kind == "binary":
        is_success = np.array([level == labels.success for level in value.levels], dtype=float)
        return ReadRows(is_success[value.codes], given.weights)
    return ReadRows(response_numbers(given), given.weights)


@dataclass(slots=True)
class _Broken:
    """Numbers that should be whole: how many are not, and the first of them."""

    count: int = 0
    first: str = ""

    def add(self, values: np.ndarray, is_bad: np.ndarray, n_before: int) -> None:
        if is_bad.any() and not self.count:
            self.first = where(values, is_bad, n_before)
        self.count += int(is_bad.sum())


class ResponseScan:
    """What the responses of all rows are.

    Parameters
    ----------
    reading : ResponseReading
    label : str
        The expression.
    """

    def __init__(self, reading: ResponseReading, label: str) -> None:
        self.reading, self.label = reading, label
        self.n = 0
        self.low, self.high = np.inf, -np.inf
        self.moments = Moments()
        self.levels = Tally()
        self.trials: tuple[str, str] | None = None
        self.sides = np.zeros(2)  # successes and failures; of proportions times their weights
        self.is_binary, self.has_weights = True, False
        self.broken, self.broken_side = _Broken(), ""

    def add(self, given: GivenResponse) -> None:
        """Add the responses of the rows of a batch that are fitted, none of them missing.

        Raises
        ------
        DataError
            If the family cannot have them.
        """
        value = as_factor(given.value)
        refuse_infinite_in_batch(value, f"the response '{self.label}'")
        if self.reading.read is BINOMIAL.read:
            self._add_outcomes(given, value)
        else:
            self._add_numbers(response_numbers(given))
        self.n += len(
            value.values if isinstance(value, Matrix) else value.codes if isinstance(value, Factor) else value
        )

    def _add_numbers(self, y: np.ndarray) -> None:
        name, model = f"the response '{self.label}'", self.reading.model
        if self.reading.read is POSITIVE.read:
            remedy = f"correct them{or_left_out(y <= 0.0, f'{self.label} > 0')}"
            check_positive(y, name, model, remedy, self.n)
        if self.reading.read is COUNTS.read:
            refuse_negative(y, name, model, f"correct them{or_left_out(y < 0.0, f'{self.label} >= 0')}", self.n)
            self.broken.add(y, is_broken(y), self.n)
        self._follow(y)

    def _follow(self, y: np.ndarray) -> None:
        self.low, self.high = min(self.low, float(y.min())), max(self.high, float(y.max()))
        self.moments.add(y)

    def _add_outcomes(self, given: GivenResponse, value: Value) -> None:
        if isinstance(value, Matrix):
            self._add_trials(given, value)
        elif isinstance(value, Factor):
            self.levels.add(value.codes, value.levels)
        else:
            self._add_proportions(given, response_numbers(given))

    def _add_trials(self, given: GivenResponse, value: Matrix) -> None:
        self.trials = success, failure = column_labels(given, value.values.shape[1])
        refuse_counts(value, success, failure, self.label, self.n)
        s, f = value.values.T
        for name, column in ((success, s), (failure, f)):
            if self.broken_side in ("", name) and is_broken(column).any():
                self.broken_side = name
                self.broken.add(column, is_broken(column), self.n)
        self.sides += s.sum(), f.sum()
        self._follow(s / (s + f))

    def _add_proportions(self, given: GivenResponse, y: np.ndarray) -> None:
        refuse_outside(given, y, self.n)
        weights = np.ones(len(y)) if given.weights is None else given.weights
        self.has_weights = given.weights is not None
        self.is_binary &= bool(np.isin(y, (0.0, 1.0)).all() and (weights == 1.0).all())
        self.sides += weights @ y, weights @ (1.0 - y)
        successes = y if given.weights is None else y * weights
        self.broken.add(successes if self.has_weights else y, is_broken_success(successes), self.n)
        self._follow(y)

    def labels(self, levels: tuple[str, ...]) -> ResponseLabels:
        """Return what all responses were read as.

        Parameters
        ----------
        levels : tuple of str
            Those of a response of levels, in order.

        Raises
        ------
        DataError
            If they say nothing about a mean, or have more than two levels.
        """
        name, model, n = f"the response '{self.label}'", self.reading.model, self.n
        ends = np.array([self.low, self.high])
        if self.reading.read is COUNTS.read:
            check_counts(ends, name, model, "")
            return ResponseLabels("counts", n)
        if self.reading.read is not BINOMIAL.read:
            if self.low == self.high:
                raise DataError(f"{name} is constant ({self.low:g}); there is nothing to explain")
            return ResponseLabels("positive" if self.reading.read is POSITIVE.read else "numbers", n)
        if self.trials is not None:
            (success, failure), (n_success, n_failure) = self.trials, map(float, self.sides)
            refuse_one_outcome(n_success, n_failure, name)
            return ResponseLabels("counts of trials", n, success, failure, n_success, n_failure)
        return self._of_levels(levels) if len(self.levels.counts) else self._of_proportions(ends)

    def _of_levels(self, levels: tuple[str, ...]) -> ResponseLabels:
        failure, *others = [level for level in levels if level in self.levels.levels]
        if not others:
            raise DataError(one_outcome(f"the response '{self.label}'", f"'{failure}'", self.reading.model))
        if len(others) > 1:
            raise DataError(many_levels((failure, *others), self.label, self.reading.model))
        count = float(self.levels.counts[self.levels.places(levels) == levels.index(others[0])].sum())
        return binary_labels_of(others[0], failure, self.n, count)

    def _of_proportions(self, ends: np.ndarray) -> ResponseLabels:
        refuse_one_number(ends, f"the response '{self.label}'", self.reading.model)
        successes, failures = self.sides.tolist()
        if self.is_binary:
            return binary_labels_of("1", "0", self.n, successes)
        if not self.has_weights:
            return ResponseLabels("proportions", self.n)
        return ResponseLabels("proportions", self.n, n_success=successes, n_failure=failures)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What to say of numbers that should be whole."""
        count, first = self.broken.count, self.broken.first
        if not count:
            return ()
        if self.trials is not None:
            hint = "counts of trials are whole; check the columns"
            return (broken_counts_finding(f"'{self.broken_side}'", count, first, hint),)
        if self.reading.read is COUNTS.read:
            hint = "a rate is modelled by its count, with offset(log(exposure)) among the terms"
            return (broken_counts_finding(f"the response '{self.label}'", count, first, hint),)
        if self.has_weights:
            return (broken_successes_finding(self.label, count, first),)
        return (broken_trials_finding(self.label, first),)

    def mean_and_sd(self, labels: ResponseLabels) -> tuple[float, float]:
        """Return mean and standard deviation (n - 1) of the responses on the scale of the mean."""
        if labels.kind == "binary" and labels.n_success is not None:
            share = labels.n_success / self.n
            return share, float(np.sqrt(share * (1.0 - share) * self.n / (self.n - 1)))
        return float(self.moments.mean), float(np.sqrt(self.moments.squares / (self.n - 1)))


def refuse_infinite_in_batch(value: Value, name: str) -> None:
    """Refuse infinite values; where they are in the whole is not known in a batch."""
    if infinite_rows(value) is None:
        return
    raise DataError(f"{name} has infinite values; correct them, or leave them out with subset=")
