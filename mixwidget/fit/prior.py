"""Weak priors by name and parameters, in blme's words."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mixwidget.errors import OptionError

PARAMETERS = {
    "wishart": ("df", "scale"),
    "invwishart": ("df", "scale"),
    "gamma": ("shape", "rate"),
    "invgamma": ("shape", "scale"),
    "normal": ("sd", "cov"),
    "point": ("value",),
}
POSTERIOR_SCALES = {
    "wishart": ("cov", "sqrt"),
    "invwishart": ("cov", "sqrt"),
    "gamma": ("sd", "var"),
    "invgamma": ("sd", "var"),
    "point": ("sd", "var"),
}
FAMILIES = {
    "cov_prior": ("wishart", "invwishart", "gamma", "invgamma"),
    "fixef_prior": ("normal",),
    "resid_prior": ("gamma", "invgamma", "point"),
}


@dataclass(frozen=True, slots=True, init=False)
class Prior:
    """A prior density by its blme name; what is not given takes blme's default.

    Parameters
    ----------
    family : {"wishart", "invwishart", "gamma", "invgamma", "normal", "point"}
    **parameters
        ``wishart`` and ``invwishart`` of a k x k covariance matrix: `df`, `scale` (a number, k numbers or a matrix).
        ``gamma``: `shape`, `rate`; ``invgamma``: `shape`, `scale`; both for one variance alone, or for sigma.
        ``normal``, for fixed effects: `sd` (intercept first; the last one repeats) or `cov`.
        ``point``: `value`, where sigma is held.
        All but ``point``: `common_scale`, whether the density is about the parameter relative to sigma (default) or in
        units of the response. All but ``normal``: `posterior_scale`, ``"cov"`` or ``"sqrt"`` (the symmetric root),
        ``"sd"`` or ``"var"``.

    Raises
    ------
    OptionError
        If the family or a parameter is not known.

    Examples
    --------
    >>> Prior("invwishart", df=5, scale=[1, 1])
    Prior('invwishart', df=5, scale=[1, 1])
    """

    family: str
    parameters: Mapping[str, Any]

    def __init__(self, family: str, **parameters: Any) -> None:
        if family not in PARAMETERS:
            raise OptionError(f"there is no prior {family!r}; {_nearest(str(family), tuple(PARAMETERS))}")
        known = PARAMETERS[family]
        known += ("posterior_scale",) if family in POSTERIOR_SCALES else ()
        known += ("common_scale",) if family != "point" else ()
        for name in parameters:
            if name not in known:
                raise OptionError(f"the {family} prior has no parameter '{name}'; {_nearest(name, known)}")
        scale = parameters.get("posterior_scale")
        if scale is not None and scale not in POSTERIOR_SCALES[family]:
            choices = " or ".join(map(repr, POSTERIOR_SCALES[family]))
            raise OptionError(f"posterior_scale of the {family} prior is {choices}, not {scale!r}")
        object.__setattr__(self, "family", family)
        object.__setattr__(self, "parameters", dict(parameters))

    def __repr__(self) -> str:
        given = "".join(f", {name}={value!r}" for name, value in self.parameters.items())
        return f"Prior({self.family!r}{given})"


@dataclass(frozen=True, slots=True)
class Priors:
    """The priors of a model as the user gave them.

    Attributes
    ----------
    covariance : Prior, dict of str to Prior, or None
        For every term, or by grouping factor.
    fixef, residual : Prior or None
    """

    covariance: Prior | Mapping[str, Prior] | None = None
    fixef: Prior | None = None
    residual: Prior | None = None

    def __bool__(self) -> bool:
        return not (self.covariance is None and self.fixef is None and self.residual is None)


NO_PRIORS = Priors()


def given_priors(cov_prior: Any, fixef_prior: Any, resid_prior: Any) -> Priors:
    """Check the three options of a fit and return them as priors.

    Raises
    ------
    OptionError
        If one is neither a prior, the name of one, nor None.
    """
    if isinstance(cov_prior, Mapping):
        by_group = {str(group): _prior("cov_prior", value) for group, value in cov_prior.items()}
        covariance = {group: prior for group, prior in by_group.items() if prior is not None} or None
    else:
        covariance = _prior("cov_prior", cov_prior)
    return Priors(covariance, _prior("fixef_prior", fixef_prior), _prior("resid_prior", resid_prior))


def _prior(option: str, value: Any) -> Prior | None:
    if value is None:
        return None
    if isinstance(value, str) and value not in FAMILIES[option]:
        raise OptionError(f"{option}={value!r} is not known; {_nearest(value, FAMILIES[option])}")
    prior = Prior(value) if isinstance(value, str) else value
    if not isinstance(prior, Prior):
        raise OptionError(f"{option} must be a name, a mixwidget.Prior or None, not {type(value).__name__}")
    if prior.family not in FAMILIES[option]:
        raise OptionError(f"{option} cannot be a {prior.family} prior; {_nearest(prior.family, FAMILIES[option])}")
    return prior


def _nearest(name: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean '{near[0]}'?" if near else f"choose one of {', '.join(map(repr, known))}"
