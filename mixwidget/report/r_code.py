"""The R call that fits the same model."""

from __future__ import annotations

import json


def r_code(
    *,
    formula: str,
    data: str | None,
    reml: bool,
    weights: str | None,
    offset: str | None,
    subset: str | None,
    contrasts: dict[str, str],
    priors: dict[str, str] | None = None,
) -> str:
    """Return R code: ``library(lme4)`` and the call of ``lmer``, or of ``blmer`` under priors.

    Parameters
    ----------
    formula : str
    data : str or None
        The name of the data frame.
    reml : bool
    weights, offset, subset : str or None
        Column or expression.
    contrasts : dict of str
        Named contrasts by factor.
    priors : dict of str, optional
        Arguments of ``blme::blmer``.

    Examples
    --------
    >>> code = r_code(
    ...     formula="y ~ x + (1 | g)", data="d", reml=False, weights=None, offset=None, subset=None, contrasts={}
    ... )
    >>> code.splitlines()[-1]
    'fit <- lmer(y ~ x + (1 | g), data = d, REML = FALSE)'
    """
    arguments = [" ".join(formula.split()), f"data = {_name(data or 'data')}"]
    if not reml:
        arguments.append("REML = FALSE")
    for label, value in (("weights", weights), ("offset", offset), ("subset", subset)):
        if value is not None:
            arguments.append(f"{label} = {value}")
    if contrasts:
        listed = ", ".join(f"{_name(name)} = {json.dumps('contr.' + value)}" for name, value in contrasts.items())
        arguments.append(f"contrasts = list({listed})")
    if priors:
        arguments += [f"{name} = {code}" for name, code in priors.items()]
        return f"library(blme)\nfit <- blmer({', '.join(arguments)})"
    return f"library(lme4)\nlibrary(lmerTest)\nfit <- lmer({', '.join(arguments)})"


def _name(name: str) -> str:
    return name if name.replace("_", "a").replace(".", "a").isalnum() and not name[0].isdigit() else f"`{name}`"
