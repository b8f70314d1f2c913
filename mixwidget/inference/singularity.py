"""Whether a covariance matrix is singular, and in which directions, as ``isSingular`` and ``rePCA``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.fit.solution import Solution


def is_singular(solution: Solution) -> bool:
    """Whether some random-effects covariance matrix has a direction without variance.

    Decided in the standardised basis, so that units and origins of the predictors do not matter.
    """
    return solution.optimum.certificate.is_singular


def singular_terms(solution: Solution) -> list[int]:
    """Return the positions of the terms whose covariance matrix is singular."""
    return solution.optimum.certificate.singular_terms


def repca(solution: Solution) -> dict[str, pd.DataFrame]:
    """Return the principal components of each factor's relative covariance matrix, as ``lme4::rePCA``.

    Columns: ``sd`` (relative to sigma) and ``share`` of the variance, falling.
    """
    result = {}
    for position, factor in enumerate(solution.design.factors):
        sds = [
            np.linalg.svd(template, compute_uv=False)
            for term, template in zip(solution.design.terms, solution.estimates.templates, strict=True)
            if term.factor == position
        ]
        sd = np.sort(np.concatenate(sds))[::-1]
        total = float(sd @ sd)
        share = sd**2 / total if total > 0 else np.zeros_like(sd)
        index = pd.Index([f"PC{i}" for i in range(1, len(sd) + 1)], dtype=object)
        result[factor.label] = pd.DataFrame({"sd": sd, "share": share}, index=index)
    return result
