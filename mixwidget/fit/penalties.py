"""What priors mean for the terms and columns of a design: penalties on the criterion.

Densities and defaults are blme 1.0-5's, checked against the penalties it prints. (The defaults of its inverse families
are those that its fits print; its help page names others.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import gammaln, multigammaln

from mixwidget.design.design import Design, RandomBlock
from mixwidget.engine.model.prior import CovariancePenalty, FixefPenalty, ResidualPenalty
from mixwidget.engine.model.prior import Prior as Penalties
from mixwidget.errors import OptionError, nearest
from mixwidget.fit.prior import Prior, Priors

WISHART_STRENGTH = 0.75  # blme: df = k + 2.5, so that the density falls like this power of the determinant towards zero
GAMMA_SHAPE = 2.5  # blme: for a standard deviation; linear in the density at zero would be 2
BARELY_PROPER = 0.002  # blme's inverse families: degrees of freedom above k - 1
SCALE_ABOVE_DF = 0.1  # and how far their scale lies above the degrees of freedom
INTERCEPT_SD, SLOPE_SD = 10.0, 2.5  # blme's normal and t priors on the fixed effects, in units of sigma
T_DF = 3.0  # blme: of the t prior


def penalties(design: Design, priors: Priors, *, reml: bool) -> Penalties | None:
    """Return the penalties of a model, or None without priors.

    Raises
    ------
    OptionError
        If a prior does not fit its term, or names a grouping factor that is not there; for a t prior under REML.
    """
    if not priors:
        return None
    if reml and priors.fixef is not None and priors.fixef.family == "t":
        raise OptionError(
            "fixef_prior='t' needs maximum likelihood, reml=False: REML integrates the fixed effects out, and under "
            "a t prior that integral has no closed form"
        )
    return Penalties(
        covariances=tuple(_of_term(design, term, priors) for term in design.terms),
        fixef=None if priors.fixef is None else _fixef(design, priors.fixef),
        residual=None if priors.residual is None else _residual(priors.residual),
    )


def _of_term(design: Design, term: RandomBlock, priors: Priors) -> CovariancePenalty | None:
    given = priors.covariance
    if isinstance(given, Mapping):
        labels = [factor.label for factor in design.factors]
        for group in given:
            if group not in labels:
                hint = nearest(group, labels, "the groups are")
                raise OptionError(f"cov_prior: '{group}' is not a grouping factor of the model; {hint}")
        given = given.get(labels[term.factor])
    return None if given is None else _covariance(given, term, design.factors[term.factor].label)


def _covariance(prior: Prior, term: RandomBlock, group: str) -> CovariancePenalty:
    k = len(term.columns)
    if prior.family in ("gamma", "invgamma"):
        if k > 1:
            other = "wishart" if prior.family == "gamma" else "invwishart"
            raise OptionError(
                f"cov_prior: a {prior.family} prior is for one variance, but the term of '{group}' has {k} columns "
                f"({', '.join(term.columns)}); use '{other}', or || for separate variances"
            )
        return _gamma(prior)
    common = bool(prior.parameters.get("common_scale", True))
    on_root = prior.parameters.get("posterior_scale", "cov") == "sqrt"
    if prior.family == "wishart":
        strength = _not_negative(prior, "strength", WISHART_STRENGTH)
        df = _positive(prior, "df", k + 1 + 2 * strength, above=k - 1)
        scale = prior.parameters.get("scale")
        zero = np.zeros((k, k))
        if scale is None or np.all(np.isinf(np.diagonal(_matrix(prior, "scale", scale, k)))):
            return CovariancePenalty(-(df - k - 1), zero, zero, 0.0, on_root, common)
        scale = _matrix(prior, "scale", scale, k)
        constant = df * k * np.log(2) + df * np.linalg.slogdet(scale)[1] + 2 * multigammaln(df / 2, k)
        return CovariancePenalty(-(df - k - 1), np.linalg.inv(scale), zero, float(constant), on_root, common)
    df = _positive(prior, "df", k - 1 + BARELY_PROPER, above=k - 1)
    scale = _matrix(prior, "scale", prior.parameters.get("scale", df + SCALE_ABOVE_DF), k)
    constant = df * k * np.log(2) - df * np.linalg.slogdet(scale)[1] + 2 * multigammaln(df / 2, k)
    return CovariancePenalty(df + k + 1, np.zeros((k, k)), scale, float(constant), on_root, common)


def _gamma(prior: Prior) -> CovariancePenalty:
    """Return the penalty of a gamma or inverse gamma density on one variance or standard deviation."""
    is_inverse = prior.family == "invgamma"
    on_root = prior.parameters.get("posterior_scale", "var" if is_inverse else "sd") == "sd"
    shape = (BARELY_PROPER / 2, GAMMA_SHAPE)[not is_inverse]
    rate = (BARELY_PROPER + SCALE_ABOVE_DF) / 2 if is_inverse else 0.0
    power, linear, inverse, constant = _gamma_terms(prior, shape, rate, on_root=on_root)
    common = bool(prior.parameters.get("common_scale", True))
    return CovariancePenalty(power, np.array([[linear]]), np.array([[inverse]]), constant, on_root, common)


def _gamma_terms(prior: Prior, shape: float, rate: float, *, on_root: bool) -> tuple[float, float, float, float]:
    """Return the factors of log v, v^e, v^-e and the constant of -2 log density, e = 1/2 for a standard deviation."""
    share = 1.0 if on_root else 2.0
    shape = _not_negative(prior, "shape", shape)
    rate = _not_negative(prior, "scale" if prior.family == "invgamma" else "rate", rate)
    constant = -2.0 * (shape * np.log(rate) - gammaln(shape)) if shape > 0 and rate > 0 else 0.0
    if prior.family == "gamma":
        return -share * (shape - 1.0), 2.0 * rate, 0.0, float(constant)
    return share * (shape + 1.0), 0.0, 2.0 * rate, float(constant)


def _residual(prior: Prior) -> ResidualPenalty:
    on_root = prior.parameters.get("posterior_scale", "sd" if prior.family == "point" else "var") == "sd"
    if prior.family == "point":
        value = _positive(prior, "value", 1.0, above=0.0)
        return ResidualPenalty(point=value**2 if on_root else value)
    return ResidualPenalty(*_gamma_terms(prior, 0.0, 0.0, on_root=on_root), on_root)


def _fixef(design: Design, prior: Prior) -> FixefPenalty:
    p = len(design.x_names)
    common = bool(prior.parameters.get("common_scale", True))
    if prior.family == "t":
        df = _positive(prior, "df", T_DF, above=0.0)
        given = prior.parameters.get("scale", (INTERCEPT_SD**2, SLOPE_SD**2))
        scale = given if np.ndim(given) == 2 else _spread(design, prior, "scale", given)
        mean = _spread(design, prior, "mean", prior.parameters.get("mean", 0.0))
        return FixefPenalty(_matrix(prior, "scale", scale, p), common, df, mean)
    if "cov" in prior.parameters:
        return FixefPenalty(_matrix(prior, "cov", prior.parameters["cov"], p), common)
    default = [INTERCEPT_SD if name == "(Intercept)" else SLOPE_SD for name in design.x_names]
    given = np.atleast_1d(np.asarray(prior.parameters.get("sd", default), dtype=float))
    if not 0 < len(given) <= p or not np.all((given > 0) & np.isfinite(given)):
        raise OptionError(f"fixef_prior: sd must hold at most {p} positive numbers, one for each fixed effect")
    sds = np.concatenate([given, np.repeat(given[-1], p - len(given))])
    return FixefPenalty(np.diag(sds**2), common)


def _spread(design: Design, prior: Prior, name: str, given: Any) -> np.ndarray:
    """Return one number for each fixed effect, from one for all, from two (the intercept's first), or from all."""
    p = len(design.x_names)
    values = np.atleast_1d(np.asarray(given, dtype=float))
    if len(values) == 2 and p != 2:
        return np.where([name == "(Intercept)" for name in design.x_names], values[0], values[1])
    if len(values) not in (1, p) or not np.isfinite(values).all():
        sizes = " or ".join(map(str, sorted({1, 2, p})))
        raise OptionError(f"{name} of the {prior.family} prior must hold {sizes} numbers here, not {len(values)}")
    return np.broadcast_to(values, p).copy()


def _matrix(prior: Prior, name: str, value: Any, size: int) -> np.ndarray:
    """Return a positive definite matrix given as a number, a diagonal or the matrix."""
    given = np.asarray(value, dtype=float)
    if given.ndim < 2:
        if given.ndim == 1 and len(given) != size:
            raise OptionError(f"{name} of the {prior.family} prior must hold {size} numbers here, not {len(given)}")
        given = np.diag(np.broadcast_to(given, size))
    if given.shape != (size, size) or not np.allclose(given, given.T) or np.linalg.eigvalsh(given)[0] <= 0:
        raise OptionError(f"{name} of the {prior.family} prior must be a positive definite {size} x {size} matrix")
    return given


def _positive(prior: Prior, name: str, default: float, *, above: float) -> float:
    value = prior.parameters.get(name, default)
    if not isinstance(value, int | float | np.number) or not value > above or not np.isfinite(value):
        raise OptionError(f"{name} of the {prior.family} prior must be a number above {above:g}, not {value!r}")
    return float(value)


def _not_negative(prior: Prior, name: str, default: float) -> float:
    value = prior.parameters.get(name, default)
    if not isinstance(value, int | float | np.number) or not 0 <= value < np.inf:
        raise OptionError(f"{name} of the {prior.family} prior must be a number, not negative: {value!r}")
    return float(value)
