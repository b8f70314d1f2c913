"""The least informative prior that makes a singular fit regular, and what it moves.

The Wishart prior of infinite scale multiplies the likelihood by det(G) to the power s = (df - k - 1) / 2; s = 0 is no
prior, blme's default is 0.75. Any s > 0 keeps the mode off the boundary, but a tiny one as good as on it; the least
one that counts is found by bisection. Chung et al. (2013), Psychometrika 78(4); (2015), J. Educ. Behav. Stat. 40(2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.prior import Prior, Priors
from mixwidget.fit.solution import Solution, solve

STRONGEST = 4.0  # s beyond this is no weak prior: more than five times blme's default
BISECTIONS = 14  # on the logarithm of s, down to a ten-thousandth of that
WEAKEST = 1e-4


@dataclass(frozen=True, slots=True)
class MinimumPrior:
    """The prior, the fit under it and the one without.

    Attributes
    ----------
    priors : dict of str to Prior
        By grouping factor; empty where the fit is regular as it is.
    strength : float
        Power of the determinant, (df - k - 1) / 2.
    is_enough : bool
        False if even the strongest prior that was tried leaves the fit nearly singular.
    before, after : Solution
    """

    priors: dict[str, Prior]
    strength: float
    is_enough: bool
    before: Solution
    after: Solution


def minimum_prior(solution: Solution, least_sd: float) -> MinimumPrior:
    """Find the weakest Wishart prior under which every direction has at least a given standard deviation.

    Parameters
    ----------
    solution : Solution
    least_sd : float
        Relative to sigma, in the standardised basis.
    """
    weak = [term for term, sds in enumerate(solution.optimum.certificate.relative_sds) if sds[-1] < least_sd]
    if not weak:
        return MinimumPrior({}, 0.0, True, solution, solution)
    low, high = np.log(WEAKEST), np.log(STRONGEST)
    best = _refit(solution, weak, STRONGEST)
    if not _is_regular(best, weak, least_sd):
        return MinimumPrior(_priors(solution, weak, STRONGEST), STRONGEST, False, solution, best)
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        tried = _refit(solution, weak, float(np.exp(middle)))
        if _is_regular(tried, weak, least_sd):
            high, best = middle, tried
        else:
            low = middle
    strength = float(np.exp(high))
    return MinimumPrior(_priors(solution, weak, strength), strength, True, solution, best)


def _priors(solution: Solution, weak: list[int], strength: float) -> dict[str, Prior]:
    """Return the priors on the grouping factors of the weak terms; the other factors stay without."""
    design = solution.design
    sizes = {design.factors[design.terms[i].factor].label: len(design.terms[i].columns) for i in weak}
    return {group: Prior("wishart", df=k + 1 + 2.0 * strength) for group, k in sizes.items()}


def _refit(solution: Solution, weak: list[int], strength: float) -> Solution:
    priors = Priors(_priors(solution, weak, strength), solution.priors.fixef, solution.priors.residual)
    return solve(solution.design, reml=solution.reml, control=solution.control, cross=solution.cross, priors=priors)


def _is_regular(solution: Solution, weak: list[int], least_sd: float) -> bool:
    return all(solution.optimum.certificate.relative_sds[term][-1] >= least_sd for term in weak)
