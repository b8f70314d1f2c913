"""A tree back to text, spaced as R's ``deparse`` does, because R's column names are such texts."""

from __future__ import annotations

import json
import math
import re

from mixwidget.formula.nodes import Constant, FunctionCall, Name, Node, Number, String

_TIGHT = ("^", ":", "/", "%%", "%/%")
_OPERATORS = ("~", "|", "||", "&", "&&", "==", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", ":", "^")
_UNARY = ("~", "!", "+", "-")
_SYNTACTIC = re.compile(r"(?:[^\W\d_]|\.(?!\d)|_)[\w.]*", re.UNICODE)
_RESERVED = ("TRUE", "FALSE", "NULL", "NA", "NaN", "Inf", "if", "else", "for", "while", "function", "in")


def deparse(node: Node) -> str:
    """Return the text of a tree as R writes it.

    Examples
    --------
    >>> from mixwidget.formula.grammar import parse_expression
    >>> deparse(parse_expression("I(2*Days)+poly( x,2 )"))
    'I(2 * Days) + poly(x, 2)'
    """
    if isinstance(node, Name):
        return quote_name(node.name)
    if isinstance(node, Number):
        return f"{int(node.value)}L" if node.is_integer else number_text(node.value)
    if isinstance(node, String):
        return json.dumps(node.value, ensure_ascii=False)
    if isinstance(node, Constant):
        return node.name
    return _call_text(node)


def quote_name(name: str) -> str:
    """Return a name with backquotes where R needs them."""
    if _SYNTACTIC.fullmatch(name) and name not in _RESERVED:
        return name
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def number_text(value: float) -> str:
    """Return a number with up to 15 digits, fixed unless scientific is shorter, as R prints it.

    Examples
    --------
    >>> number_text(0.5), number_text(10000.0), number_text(1e5), number_text(1e-5)
    ('0.5', '10000', '1e+05', '1e-05')
    """
    if math.isnan(value):
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Inf" if value > 0 else "-Inf"
    mantissa, exponent = f"{value:.14e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    scientific = f"{mantissa}e{exponent[0]}{int(exponent[1:]):02d}"
    digits = len(mantissa.lstrip("-").replace(".", ""))
    fixed = f"{value:.{max(0, digits - 1 - int(exponent))}f}"
    return fixed if len(fixed) <= len(scientific) else scientific


def _call_text(node: FunctionCall) -> str:
    pieces: list[str] = []
    current: Node = node
    while isinstance(current, FunctionCall) and _is_binary(current):  # long sums lean to the left: no recursion
        left, right = current.operands
        pieces.append(_joined(current.function, deparse(right)))
        current = left
    pieces.append(_simple_call(current) if isinstance(current, FunctionCall) else deparse(current))
    return "".join(reversed(pieces))


def _simple_call(node: FunctionCall) -> str:
    if node.function == "(":
        return f"({deparse(node.operands[0])})"
    if node.function in _UNARY and len(node.arguments) == 1:
        return node.function + deparse(node.operands[0])
    inside = ", ".join(
        (f"{quote_name(argument.name)} = " if argument.name else "") + deparse(argument.value)
        for argument in node.arguments
    )
    return f"{node.function if '::' in node.function else quote_name(node.function)}({inside})"


def _is_binary(node: FunctionCall) -> bool:
    return len(node.arguments) == 2 and (node.function in _OPERATORS or node.function.startswith("%"))


def _joined(operator: str, right: str) -> str:
    return operator + right if operator in _TIGHT else f" {operator} {right}"
