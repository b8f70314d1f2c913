"""A fitted linear mixed model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mixwidget.engine.criterion.estimates import ConditionalCovariances, conditional_covariances, conditional_modes
from mixwidget.engine.sums.cross_products import CrossProducts
from mixwidget.engine.sums.pooled_rows import PooledRows
from mixwidget.fit.fit import Fit, once
from mixwidget.fit.optimum import LinearOptimum
from mixwidget.fit.sums import Sums


@dataclass(frozen=True, eq=False, kw_only=True)
class LinearFit(Fit):
    """A fitted linear mixed model: what every `Fit` has, and the following.

    Attributes
    ----------
    sums : Sums
        The sums of products that refits of the same rows share.
    optimum : LinearOptimum
    """

    sums: Sums
    optimum: LinearOptimum

    @property
    def cross(self) -> CrossProducts:
        """The sums of products."""
        return self.sums.cross

    @property
    def n(self) -> int:
        """The number of rows that were fitted."""
        return self.sums.cross.n

    @property
    def criterion_deviations(self) -> np.ndarray:
        """See `Fit.criterion_deviations`: huge crossed factors make the criterion an estimate."""
        return self.optimum.evaluation.deviations.value

    @property
    def has_sigma(self) -> bool:
        """Whether a residual variance was estimated: always."""
        return True

    @property
    def npar(self) -> int:
        """The number of fixed effects and covariance parameters, and sigma."""
        evaluation = self.optimum.evaluation
        return len(evaluation.beta) + len(evaluation.theta) + 1

    @property
    def pooled_rows(self) -> PooledRows:
        """The rows, ready to be summed; standardised again where they were not kept."""
        return self.sums.pooled_rows(self.design, self.rows)

    @property
    def roots(self) -> Sequence[np.ndarray]:
        """R of each term, shape (k, k): raw columns = standardised columns @ R."""
        return self.optimum.arrangement.basis.term_roots

    def conditional_modes(self) -> list[np.ndarray]:
        """Return the conditional modes of each term, shape (k, J)."""
        return conditional_modes(self.optimum.arrangement, self.optimum.evaluation)

    def conditional_covariances(self) -> list[np.ndarray]:
        """Return the conditional covariance blocks of each factor, shape (K, K, J)."""
        return _conditional(self).blocks

    def conditional_errors(self) -> list[np.ndarray]:
        """See `Fit.conditional_errors`."""
        return _conditional(self).errors


@once
def _conditional(fit: LinearFit) -> ConditionalCovariances:
    return conditional_covariances(fit.optimum.arrangement, fit.optimum.evaluation)


def as_linear(fit: Fit) -> LinearFit:
    """Return a fit as the linear one that it is known to be.

    Raises
    ------
    TypeError
        If it is another.
    """
    if not isinstance(fit, LinearFit):
        raise TypeError(f"a linear mixed model is needed here, not a {type(fit).__name__}")
    return fit
