"""A sparse Cholesky factor in dense fronts: its determinant, solutions, and the inverse on the pattern.

Duff & Reid (1983), ACM Trans. Math. Softw. 9(3); Erisman & Tinney (1975), Commun. ACM 18(3), for the inverse.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg.blas import dtrsm
from scipy.linalg.lapack import dpotrf, dtrtri

from mixwidget.linalg.fronts import FrontPlan


@dataclass(frozen=True, slots=True)
class FrontFactor:
    """The Cholesky factor of a sparse symmetric matrix.

    Attributes
    ----------
    plan : FrontPlan
    own : tuple of ndarray, shape (w, w)
        The lower triangle of each front's columns, Fortran order.
    under : tuple of ndarray, shape (r, w)
        What stands below it.
    logdet : float
        Of the matrix; NaN where it is not positive definite.
    """

    plan: FrontPlan
    own: tuple[np.ndarray, ...]
    under: tuple[np.ndarray, ...]
    logdet: float

    def forward(self, right: np.ndarray) -> np.ndarray:
        """Return ``L^-1 P right`` for right sides (m, c), P the order of elimination."""
        x = right[self.plan.order]
        for front, own, under in zip(self.plan.fronts, self.own, self.under, strict=True):
            solved = dtrsm(1.0, own, x[front.columns], lower=1)
            x[front.columns] = solved
            x[front.below] -= under @ solved
        return x

    def backward(self, half: np.ndarray) -> np.ndarray:
        """Return ``P' L^-T half``, in the order of the matrix."""
        x = half.copy()
        fronts = zip(reversed(self.plan.fronts), reversed(self.own), reversed(self.under), strict=True)
        for front, own, under in fronts:
            x[front.columns] = dtrsm(1.0, own, x[front.columns] - under.T @ x[front.below], lower=1, trans_a=1)
        result = np.empty_like(x)
        result[self.plan.order] = x
        return result

    def inverse_on_pattern(self, n_entries: int) -> np.ndarray:
        """Return the entries of the inverse that stand on the pattern of the matrix, shape (entries,)."""
        found = np.empty(n_entries)
        fronts = self.plan.fronts
        waiting: list[np.ndarray | None] = [None] * len(fronts)  # the inverse over a front's columns and rows
        left = np.bincount([front.parent + 1 for front in fronts], minlength=len(fronts) + 1)[1:]
        for f in reversed(range(len(fronts))):
            front, width = fronts[f], len(fronts[f].columns)
            inverse, _ = dtrtri(self.own[f], lower=1)
            whole = np.empty((front.size, front.size))
            whole[:width, :width] = inverse.T @ inverse
            above = waiting[front.parent] if front.parent >= 0 else None
            if above is not None:
                rest = above[np.ix_(front.place, front.place)]
                ratio = self.under[f] @ inverse
                beside = rest @ ratio
                whole[width:, width:], whole[width:, :width], whole[:width, width:] = rest, -beside, -beside.T
                whole[:width, :width] += ratio.T @ beside
                left[front.parent] -= 1
                if not left[front.parent]:
                    waiting[front.parent] = None
            found[front.entries] = whole.reshape(-1)[front.at]
            if left[f]:
                waiting[f] = whole
        return found


def factor_fronts(plan: FrontPlan, entries: np.ndarray) -> FrontFactor:
    """Factor a symmetric matrix.

    Parameters
    ----------
    plan : FrontPlan
    entries : ndarray, shape (entries,)
        Its lower triangle, as the plan was told the pattern.

    Examples
    --------
    >>> import numpy as np
    >>> from mixwidget.linalg.fronts import plan_fronts
    >>> factor = factor_fronts(plan_fronts(np.array([0, 1, 1]), np.array([0, 1, 0]), 2, 9), np.array([2.0, 2.0, 1.0]))
    >>> float(np.exp(factor.logdet).round(6))
    3.0
    """
    fronts = plan.fronts
    assembled: list[np.ndarray | None] = [None] * len(fronts)
    own: list[np.ndarray] = []
    under: list[np.ndarray] = []
    logdet = 0.0
    for f, front in enumerate(fronts):
        width = len(front.columns)
        matrix = _started(assembled, f, front.size)
        matrix.reshape(-1)[front.at] += entries[front.entries]
        assembled[f] = None
        cholesky, failed = dpotrf(matrix[:width, :width].T, lower=0)
        cholesky = np.asfortranarray(np.triu(cholesky).T)
        below = dtrsm(1.0, cholesky, matrix[width:, :width], side=1, lower=1, trans_a=1)
        logdet += np.nan if failed else 2.0 * float(np.log(cholesky.diagonal()).sum())
        own.append(cholesky)
        under.append(below)
        if front.parent >= 0:
            onto = _started(assembled, front.parent, fronts[front.parent].size)
            onto[np.ix_(front.place, front.place)] += matrix[width:, width:] - below @ below.T
            assembled[front.parent] = onto
    return FrontFactor(plan, tuple(own), tuple(under), logdet)


def _started(assembled: list[np.ndarray | None], f: int, size: int) -> np.ndarray:
    """Return what children have left for a front, zeros where there is none."""
    found = assembled[f]
    return np.zeros((size, size)) if found is None else found
