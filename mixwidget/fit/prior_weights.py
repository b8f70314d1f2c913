"""What is asked of the prior weights and the zeros of a generalized fit, whether its rows are held or merged."""

from __future__ import annotations

import numpy as np

from mixwidget.design.gathered_rows import merged_of
from mixwidget.fit.generalized_fit import GeneralizedFit


def has_weights(fit: GeneralizedFit) -> bool:
    """Whether the rows have prior weights, of trials their numbers."""
    return fit.design.recipe.has_weights or (merged_of(fit.rows) is None and fit.rows.weights is not None)


def largest_weight(fit: GeneralizedFit) -> float:
    """Return the largest prior weight of a row."""
    merged = merged_of(fit.rows)
    return float(fit.optimum.model.prior_weights.max()) if merged is None else merged.whole.largest_weight


def inverse_weights(fit: GeneralizedFit) -> np.ndarray:
    """Return the sum of one over the prior weights of the rows of each merged row of the model, shape (m,)."""
    model, merged = fit.optimum.model, merged_of(fit.rows)
    return model.cells.total(1.0 / model.prior_weights if merged is None else merged.inverses)


def n_zeros(fit: GeneralizedFit) -> int:
    """Return how many responses are zero."""
    merged = merged_of(fit.rows)
    return int((fit.rows.y == 0.0).sum()) if merged is None else merged.whole.n_zeros
