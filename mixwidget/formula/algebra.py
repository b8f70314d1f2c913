"""The algebra of model formulas: ``+ - * / : ^ %in%`` to terms, as R's ``terms()``."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.errors import FormulaError
from mixwidget.formula.deparse import deparse
from mixwidget.formula.nodes import Constant, FunctionCall, Name, Node, Number, String, unwrap

_MAX_TERMS = 5000  # a mistyped power such as (a + b + ...)^30 would otherwise never end


@dataclass(frozen=True, slots=True)
class TermSet:
    """The terms of the right side of a formula.

    Attributes
    ----------
    intercept : bool
    terms : tuple of tuple of str
        Each term as its variables (deparsed expressions), by rising order of interaction, then in the
        order of writing.
    offsets : tuple of str
        The arguments of ``offset()``.
    """

    intercept: bool
    terms: tuple[tuple[str, ...], ...]
    offsets: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The terms as R labels them: ``"x"``, ``"x:f"``."""
        return tuple(":".join(term) for term in self.terms)


def expand_terms(tree: Node, text: str = "", dot: tuple[str, ...] | None = None) -> TermSet:
    """Expand the right side of a formula into its terms.

    Parameters
    ----------
    tree : Node
        Without bar terms.
    text : str
        The text that the spans of `tree` point into, for messages.
    dot : tuple of str, optional
        The variables that ``.`` stands for; None keeps ``.`` as a variable.

    Raises
    ------
    FormulaError
        At numbers other than 0 and 1, powers that are not whole numbers, and texts.

    Examples
    --------
    >>> from mixwidget.formula.grammar import parse_expression
    >>> expand_terms(parse_expression("(a + b)^2 - a + 0")).labels
    ('b', 'a:b')
    """
    expansion = _Expansion(text, dot)
    masks = expansion.expand(tree, adding=True)
    offsets = expansion.offset_mask
    kept = sorted((mask for mask in masks if not mask & offsets), key=int.bit_count)
    return TermSet(expansion.intercept, tuple(expansion.variables_in(mask) for mask in kept), tuple(expansion.offsets))


class _Expansion:
    """Terms as bit masks over the variables, in R's order; the intercept is a flag as in R."""

    def __init__(self, text: str, dot: tuple[str, ...] | None) -> None:
        self.text = text
        self.dot = dot
        self.intercept = True
        self.bits: dict[str, int] = {}
        self.offset_mask = 0
        self.offsets: list[str] = []

    def variables_in(self, mask: int) -> tuple[str, ...]:
        return tuple(label for label, bit in self.bits.items() if mask & bit)

    def expand(self, node: Node, adding: bool) -> list[int]:
        spine = _left_spine(node)
        masks = self.leaf(spine[0][1], adding)
        for function, right in spine[1:]:
            if function == "+":
                masks = _unique(masks + self.expand(right, adding))
            else:
                dropped = set(self.expand(right, not adding))
                masks = [mask for mask in masks if mask not in dropped]
        return masks

    def leaf(self, node: Node, adding: bool) -> list[int]:
        node = unwrap(node)
        if isinstance(node, Number):
            return self.number(node, adding)
        if isinstance(node, FunctionCall) and node.function in ("+", "-"):
            if len(node.arguments) == 2:
                return self.expand(node, adding)
            masks = self.expand(node.operands[0], adding if node.function == "+" else not adding)
            return masks if node.function == "+" else []
        if isinstance(node, FunctionCall) and node.function in ("*", ":", "/", "%in%"):
            return self.crossing(node, adding)
        if isinstance(node, FunctionCall) and node.function == "^":
            return self.power(node, adding)
        if isinstance(node, Name) and node.name == "." and self.dot is not None:
            return [self.bit(label) for label in self.dot]
        return [self.variable(node)]

    def number(self, node: Number, adding: bool) -> list[int]:
        if node.value not in (0, 1):
            message = f"the number {deparse(node)} cannot be a term; write I(...) around arithmetic"
            raise FormulaError(message, self.text, node.span)
        self.intercept = adding == (node.value == 1)
        return []

    def crossing(self, node: FunctionCall, adding: bool) -> list[int]:
        left, right = (self.expand(operand, adding) for operand in node.operands)
        if node.function == "/":
            return self.limited(_unique(left + [_union(left) | mask for mask in right]), node)
        if node.function == "%in%":
            return _unique([mask | _union(right) for mask in left])
        self.limited([0] * (len(left) * len(right)), node)
        crossed = [a | b for a in left for b in right]
        return _unique(crossed if node.function == ":" else left + right + crossed)

    def power(self, node: FunctionCall, adding: bool) -> list[int]:
        base, exponent = node.operands[0], unwrap(node.operands[1])
        if not isinstance(exponent, Number) or exponent.value < 1 or exponent.value % 1:
            message = "the power of a term must be a whole number; write I(x^2) for the square of a column"
            raise FormulaError(message, self.text, node.operands[1].span)
        masks = self.expand(base, adding)
        result = masks
        for _ in range(min(int(exponent.value), len(masks)) - 1):
            self.limited([0] * (len(result) * len(masks)), node, _MAX_TERMS * 20)
            result = self.limited(_unique(result + [a | b for a in result for b in masks]), node)
        return result

    def variable(self, node: Node) -> int:
        if isinstance(node, String | Constant):
            raise FormulaError(f"{deparse(node)} cannot be a term; name a column", self.text, node.span)
        if isinstance(node, FunctionCall) and node.function in ("|", "||", "~"):
            message = f"'{node.function}' cannot stand here; random terms are added as + (1 | g)"
            raise FormulaError(message, self.text, node.span)
        label = deparse(node)
        if isinstance(node, FunctionCall) and node.function == "offset" and label not in self.bits:
            if len(node.arguments) != 1:
                raise FormulaError("offset() takes one expression", self.text, node.span)
            self.offset_mask |= self.bit(label)
            self.offsets.append(deparse(node.operands[0]))
        return self.bit(label)

    def bit(self, label: str) -> int:
        return self.bits.setdefault(label, 1 << len(self.bits))

    def limited(self, masks: list[int], node: Node, limit: int = _MAX_TERMS) -> list[int]:
        if len(masks) > limit:
            raise FormulaError(f"this stands for more than {_MAX_TERMS} terms", self.text, node.span)
        return masks


def _left_spine(node: Node) -> list[tuple[str, Node]]:
    """Return the operands of a sum with the sign before each; sums may be thousands long."""
    spine: list[tuple[str, Node]] = []
    while isinstance(node, FunctionCall) and node.function in ("+", "-") and len(node.arguments) == 2:
        left, right = node.operands
        spine.append((node.function, right))
        node = left
    return [("+", node), *reversed(spine)]


def _unique(masks: list[int]) -> list[int]:
    return list(dict.fromkeys(masks))


def _union(masks: list[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union
