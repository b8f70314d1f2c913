"""The tree of an expression, as R sees it: operators and brackets are calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Name:
    """A column of the data, or a name such as ``contr.sum``."""

    name: str
    span: _Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A number; `is_integer` where it was written with an ``L``."""

    value: float
    is_integer: bool
    span: _Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class String:
    """A text in quotes."""

    value: str
    span: _Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Constant:
    """One of ``TRUE``, ``FALSE``, ``NULL``, ``NA``, ``NaN``, ``Inf``."""

    name: str
    span: _Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call, with its name if it was given one."""

    value: Node
    name: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A call, an operator (one or two arguments) or a bracket (function ``"("``)."""

    function: str
    arguments: tuple[Argument, ...]
    span: _Span = field(compare=False)

    @property
    def operands(self) -> tuple[Node, ...]:
        """The arguments without their names."""
        return tuple(argument.value for argument in self.arguments)


Node: TypeAlias = Name | Number | String | Constant | FunctionCall


def operation(function: str, *operands: Node) -> FunctionCall:
    """Return the call of an operator, spanning its operands."""
    span = (min(node.span[0] for node in operands), max(node.span[1] for node in operands))
    return FunctionCall(function, tuple(Argument(node) for node in operands), span)


def unwrap(node: Node) -> Node:
    """Return the node inside any number of brackets."""
    while isinstance(node, FunctionCall) and node.function == "(":
        node = node.operands[0]
    return node


def variables_of(node: Node) -> tuple[str, ...]:
    """Return the names that occur in a tree, each once, in the order of writing."""
    found: dict[str, None] = {}
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, Name):
            found[current.name] = None
        elif isinstance(current, FunctionCall):
            stack.extend(reversed(current.operands))
    return tuple(found)
