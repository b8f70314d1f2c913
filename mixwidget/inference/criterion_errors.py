"""How well estimated criteria are known, and whether that is enough to compare them.

Where huge crossed factors are solved by iterations, a criterion is an estimate from random probes. Fits of one set of
rows take the same probes, so that much of their errors is common: what a difference misses is computed from the
differences probe by probe.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

from mixwidget.errors import DataError, Diagnostic
from mixwidget.fit.fit import Fit

WIDEST = 0.2  # units of the criterion: a p value of 0.05 is then known to 0.006
BY_CHANCE = 4.0  # standard errors that a difference may be off, in 1 of 16,000 cases


def difference_error(one: np.ndarray, other: np.ndarray) -> float:
    """Return the standard error of a difference of two criteria.

    Parameters
    ----------
    one, other : ndarray, shape (probes,)
        Their deviations (`Fit.criterion_deviations`), empty for a criterion that is exact. With other numbers of
        probes nothing is in common.

    Examples
    --------
    >>> import numpy as np
    >>> difference_error(np.array([3.0, -4.0]), np.zeros(0))
    5.0
    >>> difference_error(np.array([3.0, -4.0]), np.array([3.0, -3.0]))
    1.0
    """
    if len(one) == len(other):
        return float(np.linalg.norm(one - other))
    return float(np.hypot(np.linalg.norm(one), np.linalg.norm(other)))


def largest_error(fits: Iterable[Fit]) -> float:
    """Return the standard error of that difference of two criteria of fits which is known least; 0 of a single fit."""
    errors = [
        difference_error(one.criterion_deviations, other.criterion_deviations) for one, other in combinations(fits, 2)
    ]
    return float(np.max(errors, initial=0.0))


def check_errors(*fits: Fit) -> None:
    """Refuse to compare criteria that are estimates, where their errors are too large for it.

    Raises
    ------
    DataError
        If the standard error of a difference is above `WIDEST`.
    """
    check_error(largest_error(fits))


def check_error(error: float) -> None:
    """Refuse a likelihood ratio with a standard error above `WIDEST`, as `check_errors` does."""
    reason = too_wide(error)
    if reason:
        raise DataError(f"{reason}; fit again with Control(crossed='dense') or 'sparse'")


def too_wide(error: float) -> str:
    """Return why there is no likelihood ratio with a standard error; empty where it is small enough."""
    if error <= WIDEST:
        return ""
    return (
        f"the difference of the criteria is known to within {error:.2g} only (one standard error, from random probes), "
        "too little for a likelihood ratio"
    )


def estimates_note(errors: Sequence[float], difference: float) -> str:
    """Say how well criteria and their differences are known; empty where all are exact.

    Parameters
    ----------
    errors : sequence of float
        Standard errors of the criteria.
    difference : float
        Of that difference of two which is known least.

    Examples
    --------
    >>> estimates_note([0.012, 0.011], 0.00031).partition(": ")[2]
    'criteria are known to within 0.012, their differences to within 0.00031 (one standard error).'
    >>> estimates_note([0.0, 0.0], 0.0)
    ''
    """
    largest = max(errors, default=0.0)
    if largest == 0.0:
        return ""
    return (
        f"Criteria, log-likelihoods, AIC and BIC are estimates by random probes: criteria are known to within "
        f"{largest:.2g}, their differences to within {difference:.2g} (one standard error)."
    )


def note_of(*fits: Fit) -> str:
    """Return the `estimates_note` of some fits."""
    return estimates_note([fit.criterion_error for fit in fits], largest_error(fits))


def finding_of(*fits: Fit) -> list[Diagnostic]:
    """Return the `estimates_note` of some fits as a finding; none where all criteria are exact."""
    note = note_of(*fits)
    return [Diagnostic("estimated_criterion", "info", note, "")] if note else []
