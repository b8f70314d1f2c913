"""A generalized linear model without random effects, by Fisher scoring.

McCullagh & Nelder (1989), Generalized Linear Models, section 2.5. Where responses are separated (Albert & Anderson
1984, Biometrika 71) there is no estimate: the steps do not end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.family.family import Family
from mixwidget.family.local import Local

MAX_STEPS = 40
CONVERGED = 1e-6  # longest change of a linear predictor in the last step; separated ones move by about 1 in each
MAX_HALVINGS = 30
SPACE_RTOL = 1e-8  # what is left of a row outside the space of a level's rows, where they determine its mean


@dataclass(frozen=True, slots=True, eq=False)
class Glm:
    """A generalized linear model without random effects.

    Attributes
    ----------
    beta : ndarray, shape (p,)
        Of least length where columns determine each other.
    space : ndarray, shape (rank, p)
        An orthonormal basis of the rows.
    has_ended : bool
        Whether there is an estimate; not of separated responses.
    """

    beta: np.ndarray
    space: np.ndarray
    has_ended: bool

    def knows(self, X: np.ndarray) -> np.ndarray:
        """Whether the rows determine the linear predictors of others, shape (m,)."""
        rest = X - (X @ self.space.T) @ self.space
        return np.linalg.norm(rest, axis=1) <= SPACE_RTOL * np.linalg.norm(X, axis=1)

    def predictor(self, X: np.ndarray) -> np.ndarray:
        """Return the linear predictors of rows without their offset, NaN where there is no estimate, shape (m,)."""
        return np.where(self.knows(X) & self.has_ended, X @ self.beta, np.nan)


def glm(family: Family, X: np.ndarray, y: np.ndarray, weights: np.ndarray, offset: np.ndarray) -> Glm:
    """Fit a generalized linear model.

    Parameters
    ----------
    family : Family
    X : ndarray, shape (n, p)
    y, weights, offset : ndarray, shape (n,)

    Examples
    --------
    >>> from mixwidget.family.read_family import read_family
    >>> X, y = np.column_stack([np.ones(4), [0.0, 1.0, 2.0, 3.0]]), np.array([0.0, 1.0, 0.0, 1.0])
    >>> found = glm(read_family("binomial"), X, y, np.ones(4), np.zeros(4))
    >>> found.beta.round(3).tolist(), found.has_ended
    ([-1.362, 0.908], True)
    """
    response = family.response(y, weights)
    _, sizes, axes = np.linalg.svd(X, full_matrices=False)
    space = axes[sizes > SPACE_RTOL * sizes.max(initial=0.0)]
    columns = X @ space.T
    eta = offset + columns @ np.linalg.lstsq(columns, family.start(y, weights) - offset, rcond=None)[0]
    local, move = response.at(eta), np.inf
    for _ in range(MAX_STEPS):
        change = _scoring(local, columns)
        if change is None or move <= CONVERGED:
            break
        local = _lower(local, change)
        move = float(np.abs(local.eta - eta).max(initial=0.0))
        eta = local.eta
    gamma = np.linalg.lstsq(columns, eta - offset, rcond=None)[0]
    return Glm(space.T @ gamma, space, move <= CONVERGED)


def _scoring(local: Local, columns: np.ndarray) -> np.ndarray | None:
    """Return the change of the linear predictors in a step of Fisher scoring; None where the weights have vanished."""
    half = np.sqrt(np.maximum(local.expected, 0.0))
    with np.errstate(all="ignore"):  # weights that vanish: the responses are separated
        right = np.where(half > 0.0, local.score / half, 0.0)
    if not np.isfinite(right).all():
        return None
    return columns @ np.linalg.lstsq(half[:, None] * columns, right, rcond=None)[0]


def _lower(local: Local, change: np.ndarray) -> Local:
    """Return the expansion after a change, or the first half of it that does not raise the deviance."""
    deviance = float(local.deviances.sum())
    trial = local.response.at(local.eta + change)
    for _ in range(MAX_HALVINGS):
        if float(trial.deviances.sum()) <= deviance + CONVERGED * (1.0 + abs(deviance)):
            break
        change = 0.5 * change
        trial = local.response.at(local.eta + change)
    return trial
