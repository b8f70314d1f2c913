"""All parameters of a fit as one vector: fixed effects, standard deviations and correlations, sigma, shape."""

from __future__ import annotations

import numpy as np

from mixwidget.design.design import Design
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.many_fits import ManyFits


def parameter_names(fit: Fit) -> list[str]:
    """Return the names: coefficients, then ``sd_x|g`` and ``cor_x.w|g`` as ``confint`` of lme4 has them, then sigma.

    Sigma stands there where a residual variance or a dispersion is estimated; ``shape`` where that of a negative
    binomial is.
    """
    further = [*(["sigma"] if fit.has_sigma else []), *(["shape"] if has_shape(fit) else [])]
    return [*fit.design.x_names, *(name for names in covariance_names(fit.design) for name in names), *further]


def has_shape(fit: Fit) -> bool:
    """Whether the shape of a negative binomial was estimated."""
    return isinstance(fit, GeneralizedFit) and fit.free_shape


def covariance_names(design: Design) -> list[list[str]]:
    """Return the names of each term's standard deviations and correlations, in the order of theta.

    A term that repeats a column of an earlier one has the group's name with a number, as in ``VarCorr``.
    """
    found: list[list[str]] = []
    seen: dict[str, list[tuple[str, ...]]] = {}
    for term in design.terms:
        group = design.factors[term.factor].label
        earlier = seen.setdefault(group, [])
        is_repeated = any(column in columns for columns in earlier for column in term.columns)
        label = f"{group}.{len(earlier)}" if is_repeated else group
        earlier.append(term.columns)
        names: list[str] = []
        for b, first in enumerate(term.columns):
            names.append(f"sd_{first}|{label}")
            names += [f"cor_{other}.{first}|{label}" for other in term.columns[b + 1 :]]
        found.append(names)
    return found


def parameter_values(fits: ManyFits) -> np.ndarray:
    """Return the parameters of many fits of one model, shape (B, parameters); NaN where a fit failed."""
    columns = [fits.beta]
    for cov in fits.covariances:
        sd = np.sqrt(np.diagonal(cov, axis1=1, axis2=2))
        for b in range(cov.shape[1]):
            columns.append(sd[:, b, None])
            for a in range(b + 1, cov.shape[1]):
                with np.errstate(invalid="ignore", divide="ignore"):
                    columns.append((cov[:, a, b] / (sd[:, a] * sd[:, b]))[:, None])
    columns += [further[:, None] for further in (fits.sigma, fits.shape) if further is not None]
    values = np.concatenate(columns, axis=1)
    values[~fits.converged] = np.nan
    return values
