"""The right side of a bar: ``g``, ``a:b``, ``a/b``, ``a*b``."""

from __future__ import annotations

from mixwidget.errors import FormulaError
from mixwidget.formula.deparse import deparse
from mixwidget.formula.nodes import Argument, FunctionCall, Name, Node, operation, unwrap
from mixwidget.formula.terms import Grouping


def expand_grouping(tree: Node, text: str) -> tuple[Grouping, ...]:
    """Expand the right side of a bar into grouping factors, innermost first as lme4 does.

    ``a/b`` is ``b:a`` and ``a``. ``a*b`` is ``a``, ``b`` and ``a:b``: lme4 refuses it, but it has only
    this one meaning in every other formula, and crossed factors with their interaction are common.

    Raises
    ------
    FormulaError
        At sums, numbers and texts.

    Examples
    --------
    >>> from mixwidget.formula.grammar import parse_expression
    >>> [grouping.label for grouping in expand_grouping(parse_expression("g/h/a"), "g/h/a")]
    ['a:(h:g)', 'h:g', 'g']
    """
    return tuple(Grouping(_parts(node, text), deparse(node)) for node in dict.fromkeys(_factors(tree, text)))


def _factors(node: Node, text: str) -> list[Node]:
    inner = unwrap(node)
    if isinstance(inner, FunctionCall) and inner.function == "/":
        outer, nested = (_factors(operand, text) for operand in inner.operands)
        return [_interaction(factor, outer[0]) for factor in nested] + outer
    if isinstance(inner, FunctionCall) and inner.function == "*":
        left, right = (_factors(operand, text) for operand in inner.operands)
        return left + right + [_interaction(a, b) for a in left for b in right]
    _check_factor(inner, text)
    return [inner]


def _interaction(left: Node, right: Node) -> Node:
    bracketed = (
        FunctionCall("(", (Argument(right),), right.span)
        if isinstance(right, FunctionCall) and right.function == ":"
        else right
    )
    return operation(":", left, bracketed)


def _check_factor(node: Node, text: str) -> None:
    inner = unwrap(node)
    if isinstance(inner, FunctionCall) and inner.function == ":":
        for operand in inner.operands:
            _check_factor(operand, text)
        return
    if isinstance(inner, FunctionCall) and inner.function == "+":
        a, b = (deparse(operand) for operand in inner.operands[-2:]) if len(inner.operands) == 2 else ("a", "b")
        message = f"'{deparse(inner)}' is not a grouping factor; write (1 | {a}) + (1 | {b}), or (1 | {a}:{b})"
        raise FormulaError(message, text, inner.span)
    if isinstance(inner, FunctionCall) and inner.function in ("|", "||"):
        raise FormulaError("a bar term has one bar only; put each term in brackets of its own", text, inner.span)
    if isinstance(inner, Name | FunctionCall) and not (isinstance(inner, FunctionCall) and _is_arithmetic(inner)):
        return
    raise FormulaError(f"'{deparse(inner)}' is not a grouping factor; name a column", text, inner.span)


def _is_arithmetic(node: FunctionCall) -> bool:
    return node.function in ("-", "^", "~", "!", "&", "&&", "==", "!=", "<", ">", "<=", ">=", "%in%")


def _parts(node: Node, text: str) -> tuple[str, ...]:
    inner = unwrap(node)
    if isinstance(inner, FunctionCall) and inner.function == ":":
        return tuple(part for operand in inner.operands for part in _parts(operand, text))
    return (deparse(inner),)
