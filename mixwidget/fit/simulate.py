"""New responses from a fitted model, as ``lme4::simulate``."""

from __future__ import annotations

import numpy as np

from mixwidget.fit.solution import Solution


def simulate(solution: Solution, n: int, generator: np.random.Generator, mode_part: np.ndarray | None) -> np.ndarray:
    """Draw n responses, shape (n_rows, n), in units of the response.

    Parameters
    ----------
    solution : Solution
    n : int
    generator : numpy.random.Generator
    mode_part : ndarray, shape (n_rows,), or None
        Z b at the conditional modes, to hold the random effects fixed; None draws new random effects.
    """
    design, estimates = solution.design, solution.estimates
    mean = design.X @ estimates.beta if design.X.shape[1] else np.zeros(len(design.y))
    if design.offset is not None:
        mean = mean + design.offset
    noise = estimates.sigma * generator.standard_normal((len(design.y), n))
    if design.weights is not None:
        noise /= np.sqrt(design.weights)[:, None]
    if mode_part is not None:
        return (mean + mode_part)[:, None] + noise
    draws = mean[:, None] + noise
    for term, template in zip(design.terms, estimates.templates, strict=True):
        factor = design.factors[term.factor]
        shape = (n, len(factor.levels), len(term.columns))
        effects = estimates.sigma * generator.standard_normal(shape) @ template.T
        for i in range(n):
            draws[:, i] += (term.z * effects[i, factor.codes]).sum(axis=1)
    return draws
