"""All parameters of a fit as one vector: fixed effects, standard deviations and correlations, sigma."""

from __future__ import annotations

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.responses import ManyFits


def parameter_names(fit: Fit) -> list[str]:
    """Return the names: coefficients, then ``sd_x|g`` and ``cor_x.w|g`` as ``confint`` of lme4 has them, then sigma."""
    names = list(fit.design.x_names)
    for term in fit.design.terms:
        group = fit.design.factors[term.factor].label
        for b, first in enumerate(term.columns):
            names.append(f"sd_{first}|{group}")
            names += [f"cor_{other}.{first}|{group}" for other in term.columns[b + 1 :]]
    return [*names, "sigma"]


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
    values = np.concatenate([*columns, fits.sigma[:, None]], axis=1)
    values[~fits.converged] = np.nan
    return values
