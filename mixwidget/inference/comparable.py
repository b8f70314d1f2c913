"""Whether the likelihoods of fits are ones of the same kind, so that their difference means something."""

from __future__ import annotations

from collections.abc import Mapping

from mixwidget.errors import DataError
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit


def check_criteria(fits: Mapping[str, Fit]) -> None:
    """Refuse fits whose criteria are approximations of different kinds.

    Parameters
    ----------
    fits : mapping of str to fit
        At least one, by name.

    Raises
    ------
    DataError
        If linear and generalized models, other numbers of quadrature nodes or other Laplace approximations meet.
    """
    (first_name, first), *others = fits.items()
    for name, fit in others:
        reason = _why_not(first, fit)
        if reason:
            raise DataError(f"{first_name!r} and {name!r} do not compare: {reason}")


def has_same_family(one: Fit, other: Fit) -> bool:
    """Whether two models have one distribution and one link, and both a free shape or the same one."""
    if not isinstance(one, GeneralizedFit) or not isinstance(other, GeneralizedFit):
        return isinstance(one, GeneralizedFit) == isinstance(other, GeneralizedFit)
    names = [(fit.family.distribution.name, fit.family.link.name, fit.free_shape) for fit in (one, other)]
    return names[0] == names[1] and (one.free_shape or one.family.shape == other.family.shape)


def _why_not(one: Fit, other: Fit) -> str:
    """Return why two criteria do not compare; empty where they do."""
    if not isinstance(one, GeneralizedFit) or not isinstance(other, GeneralizedFit):
        if isinstance(one, GeneralizedFit) == isinstance(other, GeneralizedFit):
            return ""
        return "one is a linear and one a generalized model; fit both with mw.glmer, or both with mw.lmer"
    if one.n_agq != other.n_agq:
        listed = f"n_agq={one.n_agq} and n_agq={other.n_agq}"
        if 0 in (one.n_agq, other.n_agq):
            return f"{listed}; n_agq=0 does not maximise the likelihood, so fit it again with n_agq=1"
        return f"{listed} are other approximations of the likelihood; fit both with the same n_agq"
    kinds = [_approximation(fit) for fit in (one, other)]
    if kinds[0] != kinds[1]:
        return f"their likelihoods are approximated in two ways, laplace={kinds[0]!r} and {kinds[1]!r}; choose one"
    return ""


def _approximation(fit: GeneralizedFit) -> str:
    """Return which approximation a criterion is; coherent and lme4's are one where there is no dispersion."""
    laplace = fit.control.laplace
    if fit.n_agq > 1:
        return "coherent"
    if laplace == "observed":
        return "coherent" if fit.family.is_canonical and not fit.has_sigma else laplace
    return laplace if fit.has_sigma else "coherent"
