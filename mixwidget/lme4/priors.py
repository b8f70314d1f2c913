"""blme's priors as they stand in a call, to those of this package."""

from __future__ import annotations

from typing import Any

from mixwidget.errors import OptionError
from mixwidget.fit.prior import FAMILIES, Prior
from mixwidget.formula.deparse import deparse
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.nodes import Argument, Constant, FunctionCall, Name, Node, String
from mixwidget.lme4.arguments import NotWritten, literal, node_of
from mixwidget.lme4.call_text import GivenArgument
from mixwidget.views.prior_code import R_NAMES

OPTIONS = {"cov.prior": "cov_prior", "fixef.prior": "fixef_prior", "resid.prior": "resid_prior"}
_OUR_NAMES = {theirs: ours for ours, theirs in R_NAMES.items()}


def prior_options(arguments: dict[str, GivenArgument]) -> dict[str, Any]:
    """Return the priors of a call of ``blmer`` or ``bglmer``; the covariances have a Wishart prior unless said.

    Raises
    ------
    FormulaError
        If a prior has no counterpart here; it points at it.

    Examples
    --------
    >>> from mixwidget.lme4.arguments import matched_arguments
    >>> from mixwidget.lme4.call_text import read_call
    >>> call = read_call("blmer(y ~ x + (1 | g), d, cov.prior = gamma(shape = 2), fixef.prior = normal(sd = c(10, 2)))")
    >>> prior_options(matched_arguments(call))
    {'cov_prior': Prior('gamma', shape=2.0), 'fixef_prior': Prior('normal', sd=[10.0, 2.0])}
    """
    found: dict[str, Any] = {"cov_prior": "wishart"}
    for name, option in OPTIONS.items():
        if name in arguments:
            found[option] = _prior(node_of(arguments[name]), arguments[name], option)
    return {option: prior for option, prior in found.items() if prior is not None}


def _prior(node: Node, argument: GivenArgument, option: str) -> Any:
    if isinstance(node, Constant) and node.name == "NULL":
        return None
    if isinstance(node, String):
        node = _of_text(node, argument)
    if isinstance(node, FunctionCall) and node.function == "list":
        return dict(_of_group(each, argument, option) for each in node.operands)
    if isinstance(node, FunctionCall) and node.function == "~":
        return dict([_of_group(node, argument, option)])
    return _one(node, argument, option)


def _of_text(node: String, argument: GivenArgument) -> Node:
    try:
        return parse_expression(node.value)
    except ValueError:
        raise argument.error(f"the prior {node.value!r} cannot be read; write it as wishart(df = 5)") from None


def _of_group(node: Node, argument: GivenArgument, option: str) -> tuple[str, Prior]:
    if isinstance(node, String):
        node = _of_text(node, argument)
    if not isinstance(node, FunctionCall) or node.function != "~" or len(node.operands) != 2:
        raise argument.error("a prior of one grouping factor is written as g ~ wishart(df = 5)", node.span)
    group, prior = node.operands
    return (group.name if isinstance(group, Name) else deparse(group)), _one(prior, argument, option)


def _one(node: Node, argument: GivenArgument, option: str) -> Prior:
    name = node.name if isinstance(node, Name) else node.function if isinstance(node, FunctionCall) else ""
    if name not in FAMILIES[option]:
        known = ", ".join(FAMILIES[option])
        raise argument.error(f"{argument.value!r} is no prior that is known here; there are {known} and NULL")
    given = node.arguments if isinstance(node, FunctionCall) else ()
    try:
        return Prior(name, **dict(_parameter(each, argument) for each in given))
    except OptionError as error:
        raise argument.error(str(error)) from None


def _parameter(given: Argument, argument: GivenArgument) -> tuple[str, Any]:
    if given.name is None:
        raise argument.error("parameters of a prior are named, as in wishart(df = 5)", given.value.span)
    strength = _strength(given.value)
    if given.name == "df" and strength is not None:
        return "strength", strength
    try:
        return _OUR_NAMES.get(given.name, given.name), literal(given.value)
    except NotWritten:
        message = f"{given.name} of a prior is written as a number or c(...), not {deparse(given.value)}"
        raise argument.error(message, given.value.span) from None


def _strength(node: Node) -> float | None:
    """Return the strength of ``df = level.dim + number``, whatever the dimension: df is k + 1 + 2 strength."""
    if not isinstance(node, FunctionCall) or node.function != "+" or len(node.operands) != 2:
        return None
    first, second = node.operands
    is_dimension = isinstance(first, Name) and first.name == "level.dim"
    try:
        return (float(literal(second)) - 1.0) / 2.0 if is_dimension else None
    except (NotWritten, TypeError):
        return None
