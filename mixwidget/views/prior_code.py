"""Priors as code to take away: arguments for ``mw.lmer``, for ``%%lmer`` and for ``blmer`` of R's package blme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mixwidget.fit.prior import Prior, Priors
from mixwidget.views.formula_sum import backticked

OPTIONS = ("cov_prior", "fixef_prior", "resid_prior")
R_NAMES = {"common_scale": "common.scale", "posterior_scale": "posterior.scale"}


def python_priors(priors: Priors) -> dict[str, str]:
    """Return the options of ``mw.lmer`` as Python code.

    Examples
    --------
    >>> python_priors(Priors(Prior("wishart"), Prior("normal", sd=[10, 2.5])))
    {'cov_prior': '"wishart"', 'fixef_prior': 'mw.Prior("normal", sd=[10, 2.5])'}
    """
    return {option: _python(prior) for option, prior in _given(priors).items()}


def cell_priors(priors: Priors) -> dict[str, str]:
    """Return the options of ``%%lmer``; priors by grouping factor are left out, as a cell has no word for them.

    Examples
    --------
    >>> cell_priors(Priors(Prior("wishart", strength=0.02)))
    {'prior': 'wishart(strength=0.02)'}
    """
    given = {option: prior for option, prior in _given(priors).items() if isinstance(prior, Prior)}
    return {option.replace("cov_", ""): _quoted(str(prior)) for option, prior in given.items()}


def r_priors(priors: Priors) -> dict[str, str]:
    """Return the arguments of ``blme::blmer``, empty without priors; blme's own default would be a Wishart prior.

    Examples
    --------
    >>> r_priors(Priors(Prior("wishart", strength=0.02)))
    {'cov.prior': 'wishart(df = level.dim + 1.04)'}
    >>> r_priors(Priors(residual=Prior("point", value=2)))
    {'cov.prior': 'NULL', 'resid.prior': 'point(value = 2)'}
    """
    if not priors:
        return {}
    return {"cov.prior": "NULL"} | {option.replace("_", "."): _r(prior) for option, prior in _given(priors).items()}


def _given(priors: Priors) -> dict[str, Prior | Mapping[str, Prior]]:
    values = zip(OPTIONS, (priors.covariance, priors.fixef, priors.residual), strict=True)
    return {option: prior for option, prior in values if prior is not None}


def _python(prior: Prior | Mapping[str, Prior]) -> str:
    if not isinstance(prior, Prior):
        return "{" + ", ".join(f'"{group}": {_python(each)}' for group, each in prior.items()) + "}"
    given = "".join(f", {name}={_value(value)}" for name, value in prior.parameters.items())
    return f'mw.Prior("{prior.family}"{given})' if given else f'"{prior.family}"'


def _value(value: Any) -> str:
    plain = value.tolist() if isinstance(value, np.ndarray | np.generic) else value
    return f'"{plain}"' if isinstance(plain, str) else repr(plain)


def _quoted(text: str) -> str:
    return text.replace("'", '"') if "'" in text else text


def _r(prior: Prior | Mapping[str, Prior]) -> str:
    if not isinstance(prior, Prior):
        return f"list({', '.join(f'{backticked(group)} ~ {_r(each)}' for group, each in prior.items())})"
    given = [_r_argument(name, value) for name, value in prior.parameters.items()]
    return f"{prior.family}({', '.join(given)})" if given else prior.family


def _r_argument(name: str, value: Any) -> str:
    if name == "strength":
        return f"df = level.dim + {1.0 + 2.0 * value:.10g}"
    return f"{R_NAMES.get(name, name)} = {_r_value(value)}"


def _r_value(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).upper()
    if isinstance(value, str):
        return f'"{value}"'
    array = np.asarray(value, dtype=float)
    numbers = [f"{number:.15g}" if np.isfinite(number) else "Inf" for number in array.ravel(order="F")]
    if array.ndim == 0:
        return numbers[0]
    listed = f"c({', '.join(numbers)})"
    return listed if array.ndim == 1 else f"matrix({listed}, {len(array)})"
