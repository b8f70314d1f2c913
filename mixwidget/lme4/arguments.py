"""Which argument of R's function each one of a call is, and its value where that is written out."""

from __future__ import annotations

from typing import Any

from mixwidget.errors import FormulaError, nearest_name
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.nodes import Constant, FunctionCall, Name, Node, Number, String, unwrap
from mixwidget.lme4.call_text import GivenArgument, RCallText

_FIRST = ("formula", "data")
_LAST = ("subset", "weights", "na.action", "offset", "contrasts")
_LINEAR = (*_FIRST, "REML", "control", "start", "verbose", *_LAST, "devFunOnly")
_GENERALIZED = (*_FIRST, "family", "control", "start", "verbose", "nAGQ", *_LAST, "mustart", "etastart", "devFunOnly")
FORMALS = {
    "lmer": _LINEAR,
    "glmer": _GENERALIZED,
    "glmer.nb": (
        *(name for name in _GENERALIZED if name != "family"),
        *("interval", "tol", "nb.control", "initCtrl"),
    ),
    "blmer": (*_LINEAR, "cov.prior", "fixef.prior", "resid.prior"),
    "bglmer": (*_GENERALIZED, "cov.prior", "fixef.prior"),
}
"""The arguments of R's functions in their order, as their manual pages have them (lme4 1.1, blme 1.0)."""

_WITHOUT_FAMILY = {
    "lmer": "a model with a family is glmer's",
    "blmer": "a model with a family is bglmer's",
    "glmer.nb": "it is the negative binomial",
    "glmer": "did you mean 'family'?",
    "bglmer": "did you mean 'family'?",
}
_SHORT_CONSTANTS = {"T": True, "F": False}
_CONSTANTS = {"TRUE": True, "FALSE": False, "NULL": None, "Inf": float("inf")}


class NotWritten(Exception):  # noqa: N818  no error: the reader of the argument says what is wrong
    """A value that only R could find out."""


def matched_arguments(call: RCallText) -> dict[str, GivenArgument]:
    """Return the arguments by their full names, matched as R does: exactly, then by their beginnings, then by place.

    Raises
    ------
    FormulaError
        If the function has no such argument, or one is given twice.

    Examples
    --------
    >>> from mixwidget.lme4.call_text import read_call
    >>> sorted(matched_arguments(read_call("lmer(y ~ x + (1 | g), d, wei = w)")))
    ['data', 'formula', 'weights']
    """
    formals = FORMALS[call.function]
    found: dict[str, GivenArgument] = {}
    for argument in call.arguments:
        if argument.name is not None:
            name = _full_name(argument, formals, call.function)
            if name in found:
                raise argument.error_of_name(f"'{name}' is given twice")
            found[name] = argument
    free = iter([name for name in formals if name not in found])
    for argument in call.arguments:
        if argument.name is None:
            name = next(free, None)
            if name is None:
                raise argument.error(f"{call.function} has no more arguments than {len(formals)}; leave this one out")
            found[name] = argument
    return found


def _full_name(argument: GivenArgument, formals: tuple[str, ...], function: str) -> str:
    name = str(argument.name)
    if name in formals:
        return name
    begun = [formal for formal in formals if formal.startswith(name)]
    if len(begun) == 1:
        return begun[0]
    near = nearest_name(name, (*formals, "family"))
    if near == "family":
        raise argument.error_of_name(f"{function} has no argument '{name}'; {_WITHOUT_FAMILY[function]}")
    hint = f"it has {', '.join(formals)}" if near is None else f"did you mean '{near}'?"
    raise argument.error_of_name(f"{function} has no argument '{name}'; {hint}")


def node_of(argument: GivenArgument) -> Node:
    """Return the tree of an argument's value.

    Raises
    ------
    FormulaError
        Where it is no expression of the formula language; it points at the character in the whole call.
    """
    try:
        return parse_expression(argument.value)
    except FormulaError as error:
        raise argument.error(error.message, error.span) from None


def literal(node: Node) -> Any:
    """Return a value that is written out: a truth value, number or text, None for NULL, a list for ``c(...)``.

    Raises
    ------
    NotWritten
        If it is anything else.

    Examples
    --------
    >>> literal(parse_expression("c(10, -2.5)")), literal(parse_expression("F"))
    ([10.0, -2.5], False)
    """
    plain = unwrap(node)
    if isinstance(plain, Number | String):
        return plain.value
    if isinstance(plain, Constant) and plain.name in _CONSTANTS:
        return _CONSTANTS[plain.name]
    if isinstance(plain, Name) and plain.name in _SHORT_CONSTANTS:
        return _SHORT_CONSTANTS[plain.name]
    if isinstance(plain, FunctionCall) and plain.function == "-" and len(plain.operands) == 1:
        return _negative(literal(plain.operands[0]))
    if isinstance(plain, FunctionCall) and plain.function == "c":
        return [literal(operand) for operand in plain.operands]
    raise NotWritten


def _negative(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, float):
        raise NotWritten
    return -value
