"""The arguments of a call of R as the options of ``mw.lmer``, ``mw.glmer`` or ``mw.glmer_nb``, and what has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mixwidget.control import Control
from mixwidget.dialect.contrasts import CONTRAST_NAMES
from mixwidget.errors import FormulaError, nearest
from mixwidget.family.read_family import read_family
from mixwidget.formula.deparse import deparse
from mixwidget.formula.nodes import FunctionCall, Name, Node, String
from mixwidget.formula.parse import parse_formula
from mixwidget.lme4.arguments import NotWritten, literal, matched_arguments, node_of
from mixwidget.lme4.call_text import GivenArgument, RCallText
from mixwidget.lme4.family import family_options
from mixwidget.lme4.priors import prior_options

_OWN_SEARCH = "steers R's search; mixwidget's needs no settings"
_OWN_STARTS = "mixwidget finds starting values itself"
_WITH_SHAPE = "mixwidget estimates the shape together with all else"
LEFT_OUT = {
    "control": f"{_OWN_SEARCH}, and mw.Control has what there is to choose",
    "start": f"{_OWN_STARTS}, and mw.lmer(start=...) adds one",
    "mustart": _OWN_STARTS,
    "etastart": _OWN_STARTS,
    "verbose": "mixwidget prints no protocol of its search",
    "interval": _WITH_SHAPE,
    "tol": _WITH_SHAPE,
    "nb.control": _WITH_SHAPE,
    "initCtrl": _WITH_SHAPE,
}
"""What a fit goes without: why."""

_NA_ACTIONS = {"na.omit": "omit", "na.exclude": "exclude", "na.fail": "fail"}
_EXPRESSIONS = ("weights", "offset", "subset")


@dataclass(frozen=True, slots=True)
class Request:
    """A fit as a call of R asks for it.

    Attributes
    ----------
    function : {"lmer", "glmer", "glmer_nb"}
    formula : str
    options : dict
        Keyword arguments of the function.
    data : GivenArgument or None
        What the call says of the data.
    left_out : tuple of FormulaError
        A sentence with its place for each argument that the fit goes without.
    """

    function: str
    formula: str
    options: dict[str, Any]
    data: GivenArgument | None
    left_out: tuple[FormulaError, ...]


def read_request(call: RCallText, variables: Mapping[str, Any]) -> Request:
    """Return what a call asks for.

    Parameters
    ----------
    call : RCallText
    variables : mapping
        Where a formula is looked up that the call names.

    Raises
    ------
    FormulaError
        At an argument that has no counterpart and without which the model would be another one.

    Examples
    --------
    >>> from mixwidget.lme4.call_text import read_call
    >>> read_request(read_call("glmer(y ~ x + (1 | g), d, poisson, nAGQ = 9)"), {}).options
    {'family': 'poisson', 'link': 'log', 'n_agq': 9}
    """
    given = {name: argument for name, argument in matched_arguments(call).items() if not _is_null(argument)}
    if "formula" not in given:
        raise FormulaError(f"{call.function} has no formula; write one such as y ~ x + (x | g)", call.source, call.span)
    _refuse_function_only(given.get("devFunOnly"))
    formula = _formula(given["formula"], variables)
    options = {**_family(call, given), **_plain(given)}
    if call.function in ("blmer", "bglmer"):
        options |= prior_options(matched_arguments(call))  # NULL has a meaning there
    controls = _controls(formula, options, given.get("na.action"))
    if controls:
        options["control"] = Control(**controls)
    left_out = tuple(
        argument.error(f"{name} = {_shortened(argument.value)} is left out: {LEFT_OUT[name]}")
        for name, argument in given.items()
        if name in LEFT_OUT and not _is_nothing(name, argument)
    )
    return Request(_function(call), formula, options, given.get("data"), left_out)


def _function(call: RCallText) -> str:
    return {"blmer": "lmer", "bglmer": "glmer", "glmer.nb": "glmer_nb"}.get(call.function, call.function)


def _is_null(argument: GivenArgument) -> bool:
    return argument.value == "NULL"


def _is_nothing(name: str, argument: GivenArgument) -> bool:
    """Return whether an argument asks for what happens anyway."""
    return name == "verbose" and argument.value in ("0", "0L", "FALSE", "F")


def _shortened(text: str, most: int = 30) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else f"{plain[: most - 3]}..."


def _refuse_function_only(argument: GivenArgument | None) -> None:
    if argument is not None and _flag(argument, "devFunOnly"):
        raise argument.error("devFunOnly = TRUE gives a function and no fit; leave it out, fit.landscape() draws it")


def _formula(argument: GivenArgument, variables: Mapping[str, Any]) -> str:
    node, text = node_of(argument), argument.value
    if isinstance(node, FunctionCall) and node.function in ("as.formula", "formula") and len(node.operands) == 1:
        node = node.operands[0]
    if isinstance(node, String):
        text = node.value
    elif isinstance(node, Name):
        text = variables.get(node.name)
        if not isinstance(text, str):
            raise argument.error(f"'{node.name}' is no text here; write the formula itself into the call")
    elif not isinstance(node, FunctionCall) or node.function != "~":
        raise argument.error("a formula is expected here, such as y ~ x + (x | g)")
    try:
        parse_formula(text)
    except FormulaError as error:
        raise argument.error(error.message, error.span if text == argument.value else None) from None
    return text


def _family(call: RCallText, given: Mapping[str, GivenArgument]) -> dict[str, Any]:
    if call.function not in ("glmer", "bglmer"):
        return {}
    linear = f"{call.function[:-5]}lmer"
    if "family" not in given:
        message = f"{call.function} without a family is a linear model; write {linear}(...), or add family = binomial"
        raise FormulaError(message, call.source, call.span)
    found = family_options(given["family"])
    if (found["family"], found["link"]) == ("gaussian", "identity"):
        raise given["family"].error(f"gaussian with the identity link is a linear model; write {linear}(...)")
    return found


def _plain(given: Mapping[str, GivenArgument]) -> dict[str, Any]:
    """Return the options whose meaning is the same here."""
    found: dict[str, Any] = {name: deparse(node_of(given[name])) for name in _EXPRESSIONS if name in given}
    if "REML" in given:
        found["reml"] = _flag(given["REML"], "REML")
    if "nAGQ" in given:
        found["n_agq"] = _whole(given["nAGQ"])
    if "contrasts" in given:
        found["contrasts"] = _contrasts(given["contrasts"])
    return found


def _flag(argument: GivenArgument, name: str) -> bool:
    value = _literal(argument)
    if not isinstance(value, bool):
        raise argument.error(f"{name} is TRUE or FALSE; this is read as written, not as a variable of R")
    return value


def _whole(argument: GivenArgument) -> int:
    value = _literal(argument)
    if isinstance(value, bool) or not isinstance(value, float) or not value.is_integer():
        raise argument.error("nAGQ is a whole number; this is read as written, not as a variable of R")
    return int(value)


def _literal(argument: GivenArgument) -> Any:
    try:
        return literal(node_of(argument))
    except NotWritten:
        return argument


def _contrasts(argument: GivenArgument) -> dict[str, str]:
    node = node_of(argument)
    if not isinstance(node, FunctionCall) or node.function != "list":
        raise argument.error('contrasts are written as list(f = "contr.sum")')
    found: dict[str, str] = {}
    for each in node.arguments:
        if each.name is None:
            raise argument.error('contrasts are named by their factor, as in list(f = "contr.sum")', each.value.span)
        found[each.name] = _contrast(each.value, argument)
    return found


def _contrast(node: Node, argument: GivenArgument) -> str:
    text = node.value if isinstance(node, String) else node.name if isinstance(node, Name) else ""
    name = text.removeprefix("contr.")
    if not text:
        message = f"{deparse(node)} is read as no contrasts; name them, or give a matrix to mw.lmer(contrasts=...)"
        raise argument.error(message, node.span)
    if name not in CONTRAST_NAMES:
        raise argument.error(f"contrasts '{text}' are not known; {nearest(name, CONTRAST_NAMES)}", node.span)
    return name


def _controls(formula: str, options: Mapping[str, Any], na_action: GivenArgument | None) -> dict[str, Any]:
    """Return the options under which the model is R's: its reading of ``||``, its approximation, its missing rows."""
    found: dict[str, Any] = {}
    if "||" in formula:
        found["double_bar"] = "lme4"
    if "family" in options and read_family(options["family"]).has_dispersion:
        found["laplace"] = "lme4"
    if na_action is not None:
        found["na_action"] = _na_action(na_action)
    return found


def _na_action(argument: GivenArgument) -> str:
    node = node_of(argument)
    name = node.value if isinstance(node, String) else node.name if isinstance(node, Name) else ""
    if name not in _NA_ACTIONS:
        raise argument.error(f"na.action is {', '.join(_NA_ACTIONS)}; fits with missing values are not possible")
    return _NA_ACTIONS[name]
