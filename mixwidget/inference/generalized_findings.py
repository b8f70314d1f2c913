"""What was found in a generalized fit, each with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mixwidget.engine.criterion import laplace
from mixwidget.engine.criterion.generalized_criterion import MOST_COLUMNS
from mixwidget.errors import Diagnostic
from mixwidget.family.family import Family
from mixwidget.fit.generalized import runs_away
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.excess_zeros import excess_zeros_finding
from mixwidget.inference.overdispersion import dispersion_finding
from mixwidget.inference.separated import separation_finding
from mixwidget.inference.verdict import Verdict

AS_POISSON = 0.01  # share of a negative binomial's variance, at the mean, that a Poisson distribution does not have
NODES = 25  # that are advised: what their quadrature leaves out does not count


def generalized_findings(fit: GeneralizedFit, found: Verdict, *, thorough: bool) -> Iterator[Diagnostic]:
    """Yield the findings that only a generalized fit can have.

    Parameters
    ----------
    fit : GeneralizedFit
    found : Verdict
        On the fit; what has not converged is asked no more than why.
    thorough : bool
        Whether what takes about as long as the fit is looked at too.
    """
    separation = separation_finding(fit)
    if separation is not None:
        yield separation
    elif found.code != "not converged":
        yield from _curvature(fit, thorough=thorough)
        yield from (finding for finding in (dispersion_finding(fit), excess_zeros_finding(fit)) if finding is not None)
        yield from _as_poisson(fit)
    yield from _criterion(fit)


def _curvature(fit: GeneralizedFit, *, thorough: bool) -> Iterator[Diagnostic]:
    """Say that random effects have no end, or that the criterion is not curved as it is at a minimum."""
    if thorough and runs_away(fit):
        sds = [float(np.sqrt(np.diagonal(covariance)).max()) for covariance in fit.estimates.covariances]
        message = (
            "the likelihood hardly falls for random effects of any size: the estimated standard deviation of "
            f"{max(sds):.3g}, on the scale of the linear predictor, says little"
        )
        yield Diagnostic("endless_variance", "warning", message, _bounded(fit))
    if fit.estimates.vcov_from == "regression" and fit.n_agq > 0:
        message = (
            "the criterion is not curved upwards in all parameters: the standard errors are those of the weighted "
            "regression at the modes, which take the variances as known"
        )
        yield Diagnostic("regression_errors", "warning", message, _curved(fit))


def _bounded(fit: GeneralizedFit) -> str:
    prior = "cov_prior='wishart(scale=10)' holds them"
    return f"n_agq={NODES} tells whether that is the approximation's doing; {prior}" if _can_integrate(fit) else prior


def _curved(fit: GeneralizedFit) -> str:
    if fit.family.unbounded_link is not None:
        return end_of_link(fit.family)
    integrate = f"n_agq={NODES}, or " if _can_integrate(fit) else ""
    return f"{integrate}a simpler random part may have a likelihood that is"


def end_of_link(family: Family) -> str:
    """Say which link has no end where means may lie at that of the family's own."""
    own, other = family.link.name, family.unbounded_link
    return f"means may lie at the end of the range of the {own} link: link='{other}' has no such end"


def _can_integrate(fit: GeneralizedFit) -> bool:
    """Whether quadrature is possible, and not used yet."""
    sizes = fit.layout.factor_sizes
    return fit.n_agq <= 1 and len(sizes) == 1 and sizes[0] <= MOST_COLUMNS and not fit.has_sigma


def _as_poisson(fit: GeneralizedFit) -> Iterator[Diagnostic]:
    if not fit.free_shape or fit.family.shape is None:
        return
    mean = float(laplace.found(fit.optimum.evaluation)[0].local.mean.mean())
    if mean < AS_POISSON * fit.family.shape:
        message = (
            f"the counts show no overdispersion: the shape runs off to {fit.family.shape:.3g}, where the negative "
            "binomial is the Poisson distribution"
        )
        yield Diagnostic(
            "no_overdispersion", "info", message, "mw.glmer with family='poisson' is the same fit without a shape"
        )


def _criterion(fit: GeneralizedFit) -> Iterator[Diagnostic]:
    """Say which criterion was minimised where programs differ."""
    if not fit.has_sigma:
        return
    name = fit.family.distribution.name
    if fit.control.laplace == "lme4":
        message = (
            f"lme4's criterion for a {name} family was minimised: its random effects are not in units of the "
            "dispersion, and it approximates the likelihood of no model"
        )
        hint = "without Control(laplace='lme4') the likelihood is approximated"
    else:
        weights = ", with observed weights as in glmmTMB" if fit.control.laplace == "observed" else ""
        message = (
            f"the likelihood of the {name} family was approximated with random effects in units of the dispersion, "
            f"as in a linear model{weights}"
        )
        hint = "lme4's criterion approximates the likelihood of no model; Control(laplace='lme4') gives its numbers"
    yield Diagnostic("dispersion_criterion", "info", message, hint)
