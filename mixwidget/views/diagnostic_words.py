"""The findings of the diagnostic pictures: what there is to see in each, counted, with what chance alone would show."""

from __future__ import annotations

import numpy as np

from mixwidget.inference.diagnostic_curves import RunningMean

FAR = 3.0  # standard deviations; 0.27 % of normal values lie beyond
SHARE_BEYOND_FAR = 0.0027
OUTSIDE = 0.05  # of the places of a pointwise 95 % band, by chance


def trend_finding(means: RunningMean, level: float, *, subject: str, leaves: str) -> str:
    """Say at how many places the band of a running mean excludes a level.

    Examples
    --------
    >>> ones = np.ones(20)
    >>> means = RunningMean(np.arange(20.0), ones, 0.0 * ones, 2.0 * ones)
    >>> trend_finding(means, 0.0, subject="The mean of the residuals", leaves="zero")
    'The mean of the residuals stays at zero everywhere'
    >>> trend_finding(means, 3.0, subject="The mean of the residuals", leaves="zero")
    'The mean of the residuals leaves zero at 20 of 20 places (about 1 by chance)'
    """
    n = len(means.x)
    if not n:
        return f"{subject}: too few rows for a running mean"
    n_outside = int(((means.low > level) | (means.high < level)).sum())
    if not n_outside:
        return f"{subject} stays at {leaves} everywhere"
    return f"{subject} leaves {leaves} at {n_outside} of {n} places (about {max(1, round(OUTSIDE * n))} by chance)"


def tails_finding(residuals: np.ndarray) -> str:
    """Say how many scaled residuals lie far out, and how many of as many normal ones would.

    Examples
    --------
    >>> tails_finding(np.array([0.1, -4.0, 3.5, 1.0]))
    '2 of 4 residuals lie beyond 3 sigma (of normal ones about 0.011)'
    """
    n, n_far = len(residuals), int((np.abs(residuals) > FAR).sum())
    expected = f"{SHARE_BEYOND_FAR * n:.0f}" if SHARE_BEYOND_FAR * n >= 10 else f"{SHARE_BEYOND_FAR * n:.2g}"
    lie = "lies" if n_far == 1 else "lie"
    return f"{n_far or 'None'} of {n} residuals {lie} beyond {FAR:g} sigma (of normal ones about {expected})"


def uniform_finding(residuals: np.ndarray) -> str:
    """Say how far the shares of residuals in (0, 1) are from the uniform ones, and what chance would do.

    References
    ----------
    Kolmogorov's distance of n independent uniform numbers is below 1.36 / sqrt(n) with probability 0.95.

    Examples
    --------
    >>> uniform_finding(np.array([0.1, 0.4, 0.6, 0.9]))
    'The residuals leave the uniform distribution by at most 0.15 (of independent ones 0.68 in 1 of 20 cases)'
    """
    ordered, n = np.sort(residuals), len(residuals)
    steps = np.arange(n + 1) / n
    distance = max(float((steps[1:] - ordered).max()), float((ordered - steps[:-1]).max()))
    by_chance = f"of independent ones {1.36 / np.sqrt(n):.2g} in 1 of 20 cases"
    return f"The residuals leave the uniform distribution by at most {distance:.2g} ({by_chance})"


def modes_finding(columns: dict[str, tuple[np.ndarray, list[str]]]) -> str:
    """Say which level lies farthest from the mean of its column, in standard deviations of the column.

    Parameters
    ----------
    columns : dict
        For each column of modes its values and the names of the levels.

    Examples
    --------
    >>> modes_finding({"Days | Subject": (np.array([-1.0, 0.0, 1.0, 4.0]), ["308", "309", "310", "311"])})
    'Farthest out is 311 in Days | Subject, 1.6 standard deviations of the modes from their mean'
    """
    if not columns:
        return "All modes are zero"
    distances = {name: np.abs(values - values.mean()) / values.std() for name, (values, _) in columns.items()}
    name = max(distances, key=lambda key: float(distances[key].max()))
    i = int(distances[name].argmax())
    level = columns[name][1][i]
    far = f"{distances[name][i]:.1f} standard deviations of the modes from their mean"
    return f"Farthest out is {level} in {name}, {far}"
