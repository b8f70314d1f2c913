"""The least informative prior that makes a singular fit regular.

The Wishart prior of infinite scale multiplies the likelihood by det(G) to the power s, its strength; s = 0 is no
prior, blme's default is 0.75. Any s > 0 keeps the mode off the boundary, but a tiny one as good as on it: near the
boundary the smallest variance is proportional to s, so that its logarithm is found by a few secant steps.
Chung et al. (2013), Psychometrika 78(4); (2015), J. Educ. Behav. Stat. 40(2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.prior import Prior
from mixwidget.fit.refit import solve_again
from mixwidget.inference.interrupts import Progress

STRONGEST = 4.0  # s beyond this is no weak prior: more than five times blme's default
WEAKEST = 1e-6
FIRST_TRY = 0.01
NARROW = 0.01  # relative width of the bracket at which the search ends: two digits of s
MOST_STEPS = 40  # of bisection alone, down to a millionth
LEAST_SD = 0.01  # relative to sigma: a hundred times what counts as singular

Fitted = Callable[[Fit, dict[str, Prior], Fit], Fit]  # of the fit without priors, priors, and the last fit


@dataclass(frozen=True, slots=True)
class MinimumPrior:
    """The prior, the fit under it and the one without.

    Attributes
    ----------
    priors : dict of str to Prior
        By grouping factor; empty where the fit is regular as it is.
    strength : float
        Power of the determinant, rounded up to three digits.
    is_enough : bool
        False if even the strongest prior that was tried leaves the fit nearly singular.
    before, after : Fit
        Without priors on covariance matrices, and with these.
    """

    priors: dict[str, Prior]
    strength: float
    is_enough: bool
    before: Fit
    after: Fit


def minimum_prior(
    fit: Fit,
    least_sd: float,
    *,
    everywhere: bool = False,
    progress: Progress | None = None,
) -> MinimumPrior:
    """Find the weakest Wishart prior under which every direction has at least a given standard deviation.

    Parameters
    ----------
    fit : Fit
        A prior that it has on its covariance matrices is taken off first.
    least_sd : float
        Relative to sigma, in the standardised basis.
    everywhere : bool
        Put the prior on every covariance matrix, not on those alone that need it.
    progress : callable, optional
        Called with the refits that are done and the most there can be.
    """
    bare = fit if fit.priors.covariance is None else under(fit, None)
    groups: set[str] = set()
    found = MinimumPrior({}, 0.0, True, bare, bare)
    while new := _weak_groups(found.after, least_sd) - groups:  # a term may become weak when another is held up
        groups |= {factor.label for factor in bare.design.factors} if everywhere else new
        found = _search(bare, sorted(groups), least_sd, progress or (lambda *_: None))
    if progress is not None:
        progress(1, 1)
    return found


def under(fit: Fit, covariance: Prior | dict[str, Prior] | None) -> Fit:
    """Fit the same model under another prior on the covariance matrices, from the cross products that are there."""
    priors = replace(fit.priors, covariance=covariance)
    return solve_again(fit, reml=fit.reml, start=list(fit.estimates.templates), priors=priors)


def _search(bare: Fit, groups: list[str], least_sd: float, progress: Progress) -> MinimumPrior:
    """Search with one descent a strength, from the last optimum to the next; with all, should the end not bear it out.

    That end is found as every fit is, from all starts.
    """
    found = _narrowed(bare, groups, least_sd, progress, _near)
    if not found.is_enough:
        return found
    after = under(bare, found.priors)
    if _least(after, bare, groups) < least_sd:
        return _narrowed(bare, groups, least_sd, progress, lambda fit, priors, _: under(fit, priors))
    return replace(found, after=after)


def _near(bare: Fit, priors: dict[str, Prior], last: Fit) -> Fit:
    """Fit under priors by one descent, from the optimum under others that hardly differ."""
    given, control = replace(bare.priors, covariance=priors), replace(bare.control, starts="better")
    return solve_again(bare, reml=bare.reml, start=list(last.estimates.templates), priors=given, control=control)


def _narrowed(bare: Fit, groups: list[str], least_sd: float, progress: Progress, fitted: Fitted) -> MinimumPrior:
    """Bracket the strength on the logarithmic scale and narrow the bracket by the secant through its ends."""
    low, high, best = np.log(WEAKEST), np.log(STRONGEST), None
    below = above = None  # how far the logarithm of the least SD is off at the ends of the bracket
    at, tried = np.log(FIRST_TRY), bare
    for step in range(MOST_STEPS):
        progress(step, MOST_STEPS)
        tried = fitted(bare, _priors(groups, _rounded_up(np.exp(at))), tried)
        excess = np.log(max(_least(tried, bare, groups), 1e-300) / least_sd)
        if excess >= 0.0:
            high, above, best = at, excess, tried
        else:
            low, below = at, excess
        if high - low < NARROW or (best is not None and above is not None and above < NARROW / 4):
            break
        if best is None and high - at < NARROW:
            break
        at = _next(low, high, below, above, step)
    if best is None:
        strongest = _priors(groups, STRONGEST)
        return MinimumPrior(strongest, STRONGEST, False, bare, under(bare, strongest))
    strength = _rounded_up(np.exp(high))
    return MinimumPrior(_priors(groups, strength), strength, True, bare, best)


def _next(low: float, high: float, below: float | None, above: float | None, step: int) -> float:
    """Return where to try next: variances grow like s near the boundary, so that log SD has a slope of a half."""
    middle = 0.5 * (low + high)
    if step % 3 == 2:  # the secant alone can creep up on one side
        return middle
    if below is not None and above is not None:
        guess = low + (high - low) * below / (below - above)
    else:
        guess = low - 2.0 * below if below is not None else high - 2.0 * (above or 0.0)
    guess += NARROW / 8  # a little above, so that the upper end comes down too
    return guess if low + NARROW / 4 < guess < high - NARROW / 8 else middle


def _rounded_up(strength: float) -> float:
    """Return three digits, never less than the strength.

    Examples
    --------
    >>> _rounded_up(0.012341), _rounded_up(0.0123)
    (0.0124, 0.0123)
    """
    unit = 10.0 ** (np.floor(np.log10(strength)) - 2)
    return float(f"{np.ceil(strength / unit - 1e-9) * unit:.3g}")


def _priors(groups: list[str], strength: float) -> dict[str, Prior]:
    return {group: Prior("wishart", strength=strength) for group in groups}


def _weak_groups(fit: Fit, least_sd: float) -> set[str]:
    """Return the grouping factors of terms with a direction below the limit."""
    design, certificate = fit.design, fit.optimum.certificate
    weak = [term for term, sds in zip(design.terms, certificate.relative_sds, strict=True) if sds[-1] < least_sd]
    return {design.factors[term.factor].label for term in weak}


def _least(fit: Fit, bare: Fit, groups: list[str]) -> float:
    """Return the least standard deviation of any direction of the groups' terms."""
    labels = [bare.design.factors[term.factor].label for term in bare.design.terms]
    sds = zip(labels, fit.optimum.certificate.relative_sds, strict=True)
    return min(float(values[-1]) for label, values in sds if label in groups)
