"""More zeros among counts than the fit expects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from mixwidget.engine.criterion.laplace import found
from mixwidget.errors import Diagnostic
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.prior_weights import has_weights, n_zeros
from mixwidget.inference.overdispersion import has_effect_of_each_row, p_text

UNLIKELY = 1e-3  # p below which a fit says so: one sound fit in a thousand does
NOTABLE = 1.1  # observed against expected
NODES = 15  # over the conditional distribution of a linear predictor


@dataclass(frozen=True, slots=True)
class Zeros:
    """Zeros that were observed, that are expected, and the standard error of the difference."""

    observed: int
    expected: float
    error: float

    @property
    def p(self) -> float:
        """Upper tail of the normal distribution."""
        return float(ndtr((self.expected - self.observed) / self.error)) if self.error > 0.0 else 1.0

    @property
    def are_many(self) -> bool:
        """Whether there are more than chance makes."""
        return self.observed > NOTABLE * self.expected and self.p < UNLIKELY


def excess_zeros_finding(fit: GeneralizedFit) -> Diagnostic | None:
    """Return the finding that counts hold more zeros than the fit expects; None where they do not.

    Notes
    -----
    Rows are zero with the probability that the family gives them, averaged over the conditional distribution of the
    linear predictor (normal, about the modes): at the modes alone too few zeros are expected where rows are few. The
    standard error is that of independent rows, and errs to the safe side, since the modes follow the data.
    """
    if fit.design.response.kind != "counts" or fit.family.link.name != "log" or has_weights(fit):
        return None
    if has_effect_of_each_row(fit) or not _expected(fit, np.zeros(1)).are_many:
        return None
    zeros = _expected(fit, fit.optimum.evaluation.leverages)
    if not zeros.are_many:
        return None
    message = (
        f"{zeros.observed} of {fit.n} counts are zero, where the fit expects {zeros.expected:.1f} "
        f"(standard error {zeros.error:.1f}, {p_text(zeros.p)})"
    )
    return Diagnostic("excess_zeros", "warning", message, _hint(fit))


def _hint(fit: GeneralizedFit) -> str:
    if fit.family.distribution.name == "poisson":
        return "overdispersion alone makes zeros: see whether mw.glmer_nb expects as many"
    response = fit.design.formula.response
    return f"whether there is any may be a question of its own: mw.glmer with {response} > 0 as the response"


def _expected(fit: GeneralizedFit, variances: np.ndarray) -> Zeros:
    """Compare zeros with a fit; variances of the linear predictors of the merged rows, or one zero for all."""
    model = fit.optimum.model
    mode, _, _ = found(fit.optimum.evaluation)
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES if variances.any() else 1)
    eta = mode.local.eta + np.sqrt(variances) * nodes[:, None]
    probability = (weights / weights.sum()) @ _zero(fit, np.exp(eta))
    counts = model.counts
    return Zeros(
        observed=n_zeros(fit),
        expected=float(counts @ probability),
        error=float(np.sqrt(counts @ (probability * (1.0 - probability)))),
    )


def _zero(fit: GeneralizedFit, mean: np.ndarray) -> np.ndarray:
    """Return the probability of a zero."""
    shape = fit.family.shape
    return np.exp(-mean) if shape is None else np.exp(-shape * np.log1p(mean / shape))
