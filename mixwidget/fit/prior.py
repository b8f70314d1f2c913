"""Weak priors by name and parameters, in blme's words."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mixwidget.errors import OptionError, nearest

PARAMETERS = {
    "wishart": ("df", "scale", "strength"),
    "invwishart": ("df", "scale"),
    "gamma": ("shape", "rate"),
    "invgamma": ("shape", "scale"),
    "normal": ("sd", "cov"),
    "t": ("df", "mean", "scale"),
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
    "fixef_prior": ("normal", "t"),
    "resid_prior": ("gamma", "invgamma", "point"),
}


@dataclass(frozen=True, slots=True, init=False)
class Prior:
    """A prior density by its blme name; what is not given takes blme's default.

    Parameters
    ----------
    family : {"wishart", "invwishart", "gamma", "invgamma", "normal", "t", "point"}
    **parameters
        ``wishart`` and ``invwishart`` of a k x k covariance matrix: `df`, `scale` (a number, k numbers or a matrix).
        ``wishart`` takes `strength` instead of `df`: the power of the determinant, whatever k is, so that
        ``df = k + 1 + 2 strength``; 0 is no prior, 0.75 is blme's default.
        ``gamma``: `shape`, `rate`; ``invgamma``: `shape`, `scale`; both for one variance alone, or for sigma.
        ``normal``, for fixed effects: `sd` (intercept first; the last one repeats) or `cov`.
        ``t``, for fixed effects under ML: `df`, `mean`, `scale` (variances, intercept first; or the matrix).
        ``point``: `value`, where sigma is held.
        All but ``point``: `common_scale`, whether the density is about the parameter relative to sigma (default) or in
        units of the response. All but those for fixed effects: `posterior_scale`, ``"cov"`` or ``"sqrt"`` (the
        symmetric root), ``"sd"`` or ``"var"``.

    Raises
    ------
    OptionError
        If the family or a parameter is not known.

    Examples
    --------
    >>> Prior("invwishart", df=5, scale=[1, 1])
    Prior('invwishart', df=5, scale=[1, 1])
    >>> str(Prior("wishart", strength=0.1))
    'wishart(strength=0.1)'
    """

    family: str
    parameters: Mapping[str, Any]

    def __init__(self, family: str, **parameters: Any) -> None:
        if family not in PARAMETERS:
            raise OptionError(f"there is no prior {family!r}; {nearest(family, PARAMETERS, 'choose one of')}")
        known = PARAMETERS[family]
        known += ("posterior_scale",) if family in POSTERIOR_SCALES else ()
        known += ("common_scale",) if family != "point" else ()
        for name in parameters:
            if name not in known:
                raise OptionError(
                    f"the {family} prior has no parameter '{name}'; {nearest(name, known, 'choose one of')}"
                )
        if "df" in parameters and "strength" in parameters:
            raise OptionError(f"the {family} prior takes df or strength, not both: df is k + 1 + 2 strength")
        scale = parameters.get("posterior_scale")
        if scale is not None and scale not in POSTERIOR_SCALES[family]:
            choices = " or ".join(map(repr, POSTERIOR_SCALES[family]))
            raise OptionError(f"posterior_scale of the {family} prior is {choices}, not {scale!r}")
        object.__setattr__(self, "family", family)
        object.__setattr__(self, "parameters", dict(parameters))

    def __repr__(self) -> str:
        given = "".join(f", {name}={value!r}" for name, value in self.parameters.items())
        return f"Prior({self.family!r}{given})"

    def __str__(self) -> str:
        given = ", ".join(f"{name}={_plain(value)!r}" for name, value in self.parameters.items())
        return f"{self.family}({given})" if given else self.family


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
    prior = _read(option, value) if isinstance(value, str) else value
    if not isinstance(prior, Prior):
        raise OptionError(f"{option} must be a name, a mixwidget.Prior or None, not {type(value).__name__}")
    if prior.family not in FAMILIES[option]:
        raise OptionError(
            f"{option} cannot be a {prior.family} prior; {nearest(prior.family, FAMILIES[option], 'choose one of')}"
        )
    return prior


def _read(option: str, text: str) -> Prior:
    """Read a prior as it is written: ``"wishart"`` or ``"wishart(df=5, scale=[2, 2])"``."""
    family, bracket, _ = (part.strip() for part in text.partition("("))
    if family not in FAMILIES[option]:
        raise OptionError(f"{option}={text!r} is not known; {nearest(family, FAMILIES[option], 'choose one of')}")
    if not bracket:
        return Prior(family)
    parameters = _parameters(text.strip())
    if parameters is None:
        raise OptionError(f"{option}={text!r} cannot be read; write it as {family}(name=number, ...)")
    return Prior(family, **parameters)


def _parameters(text: str) -> dict[str, Any] | None:
    """Return the parameters of a prior as it is written, None where it is not ``family(name=value, ...)``."""
    try:
        call = ast.parse(text, mode="eval").body
        if not isinstance(call, ast.Call) or call.args or not all(word.arg for word in call.keywords):
            return None
        return {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
    except (ValueError, SyntaxError):
        return None


def _plain(value: Any) -> Any:
    """Return a matrix as lists, which can be written and read again."""
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
