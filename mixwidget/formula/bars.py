"""The bar terms of a formula, taken apart from its fixed terms."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.errors import FormulaError
from mixwidget.formula.algebra import expand_terms
from mixwidget.formula.deparse import deparse
from mixwidget.formula.grouping import expand_grouping
from mixwidget.formula.nodes import Argument, FunctionCall, Node, operation, unwrap
from mixwidget.formula.terms import RandomTerm

_BARS = ("|", "||")


@dataclass(frozen=True, slots=True)
class SplitSide:
    """The right side of a formula: what is left without bar terms (None if nothing is), and the bar terms."""

    fixed: Node | None
    bars: tuple[FunctionCall, ...]


def split_bars(tree: Node, text: str) -> SplitSide:
    """Take the bar terms out of the right side of a formula, as ``lme4::findbars`` and ``nobars``.

    Raises
    ------
    FormulaError
        Where a bar term is subtracted, crossed or nested instead of added.
    """
    bars: list[FunctionCall] = []
    fixed = _without_bars(tree, text, bars)
    return SplitSide(fixed, tuple(sorted(bars, key=lambda bar: bar.span[0])))


def random_terms(bar: FunctionCall, text: str, double_bar: str) -> tuple[RandomTerm, ...]:
    """Resolve ``/``, ``*`` and ``||`` of one bar term into random terms.

    With ``double_bar="lme4"`` every *term* of the left side of ``||`` becomes a correlated term of its own,
    so that the columns of a factor stay one block, as ``lme4::expandDoubleVerts``.
    """
    left, right = bar.operands
    if _is_bar(unwrap(left)):
        raise FormulaError("a bar term has one bar only; put each term in brackets of its own", text, bar.span)
    groupings = expand_grouping(right, text)
    terms = expand_terms(left, text)
    if not terms.intercept and not terms.terms:
        raise FormulaError(f"'{deparse(left)}' leaves no column; write 1 for a random intercept", text, left.span)
    if terms.offsets:
        raise FormulaError("offset() belongs to the fixed terms, not inside a bar term", text, left.span)
    if bar.function == "||" and double_bar == "lme4":
        columns = ["1"] * terms.intercept + [f"0 + {label}" for label in terms.labels]
    else:
        columns = [deparse(left)]
    correlated = bar.function == "|" or double_bar == "lme4"
    return tuple(RandomTerm(text_, group, correlated, bar.span) for text_ in columns for group in groupings)


def call_of_bar(tree: Node) -> FunctionCall | None:
    """Return the first call whose only argument is a bar, ``x (1 | g)``: an operator was forgotten."""
    stack = [tree]
    while stack:
        current = stack.pop()
        if isinstance(current, FunctionCall):
            if current.function != "I" and len(current.operands) == 1 and _is_bar(current.operands[0]):
                return current
            stack.extend(current.operands)
    return None


def _without_bars(node: Node, text: str, bars: list[FunctionCall]) -> Node | None:
    inner = unwrap(node)
    if isinstance(inner, FunctionCall) and inner.function in _BARS:
        bars.append(FunctionCall(inner.function, inner.arguments, node.span))
        return None
    if not _has_bar(node):
        return node
    if isinstance(node, FunctionCall) and node.function == "(":
        rest = _without_bars(node.operands[0], text, bars)
        return None if rest is None else FunctionCall("(", (Argument(rest),), node.span)
    if isinstance(node, FunctionCall) and node.function in ("+", "-"):
        return _sum_without_bars(node, text, bars)
    raise FormulaError("a random term can only be added; write + (1 | g)", text, node.span)


def _sum_without_bars(node: FunctionCall, text: str, bars: list[FunctionCall]) -> Node | None:
    signs: list[tuple[str, Node, bool]] = []
    current: Node = node
    while isinstance(current, FunctionCall) and current.function in ("+", "-"):  # long sums lean to the left
        signs.append((current.function, current.operands[-1], len(current.arguments) == 2))
        if len(current.arguments) == 1:
            break
        current = current.operands[0]
    rest = None if not signs[-1][2] else _without_bars(current, text, bars)
    for function, operand, _ in reversed(signs):
        if function == "-" and _has_bar(operand):
            raise FormulaError("a random term cannot be subtracted; leave it out instead", text, operand.span)
        kept = _without_bars(operand, text, bars)
        if kept is not None and rest is not None:
            rest = operation(function, rest, kept)
        elif kept is not None:
            rest = kept if function == "+" else FunctionCall("-", (Argument(kept),), kept.span)
    return rest


def _is_bar(node: Node) -> bool:
    return isinstance(node, FunctionCall) and node.function in _BARS


def _has_bar(node: Node) -> bool:
    """Whether a bar stands in the algebra of `node` (a bar inside the brackets of a call, ``I(a | b)``, is logic)."""
    stack = [node]
    while stack:
        current = stack.pop()
        if _is_bar(current):
            return True
        if isinstance(current, FunctionCall) and not (current.function[0].isalnum() or current.function[0] in "._"):
            stack.extend(current.operands)
    return False
