"""A basis for models whose priors hold covariance matrices far from where data alone would have them.

An inverse-Wishart prior in units that are not the data's can ask for variances many orders of magnitude larger. In the
standardised basis such a matrix is as good as singular: what the prior decides, in raw columns, is a small difference
of large elements. There the prior's mode is the unit.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mixwidget.engine.model.basis import Basis
from mixwidget.engine.model.prior import CovariancePenalty, Prior

FAR = 100.0  # relative standard deviation that standardised data lead to with a prior in odd units only


def prior_basis(basis: Basis, prior: Prior) -> Basis:
    """Return the basis with other standardised columns for the terms whose prior has its mode far away.

    Parameters
    ----------
    basis : Basis
    prior : Prior

    Returns
    -------
    Basis
        The same one if there are none.
    """
    terms, roots = list(basis.terms), list(basis.term_roots)
    for term, mode in enumerate(prior_modes(prior, basis.y_scale)):
        if mode is not None and np.abs(roots[term] @ mode).max() > FAR:
            terms[term], roots[term] = terms[term] @ roots[term] @ mode, np.linalg.inv(mode)
    return replace(basis, terms=tuple(terms), term_roots=tuple(roots))


def prior_modes(prior: Prior, y_scale: float) -> list[np.ndarray | None]:
    """Return for each term the upper triangular U of its prior's mode ``U U'``, relative to the response's variance.

    None where there is no mode. A mode relative to sigma is taken as if sigma were the response's residual.
    """
    return [_root(penalty, y_scale) for penalty in prior.covariances]


def _root(penalty: CovariancePenalty | None, y_scale: float) -> np.ndarray | None:
    mode = None if penalty is None else penalty.mode()
    if penalty is None or mode is None:
        return None
    lower = np.linalg.cholesky(mode[::-1, ::-1])
    return lower[::-1, ::-1] / (1.0 if penalty.common_scale else y_scale)
