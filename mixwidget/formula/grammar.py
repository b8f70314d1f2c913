"""Tokens to a tree, with R's precedence of operators."""

from __future__ import annotations

from mixwidget.errors import FormulaError
from mixwidget.formula.nodes import Argument, Constant, FunctionCall, Name, Node, Number, String, operation
from mixwidget.formula.tokens import Token, tokenize

_COMPARISONS = ("==", "!=", "<", ">", "<=", ">=")
# ?Syntax in R, lowest first; binding power on the left of the operator.
_BINARY = {
    "~": 10,
    "|": 20,
    "||": 20,
    "&": 30,
    "&&": 30,
    **dict.fromkeys(_COMPARISONS, 50),
    "+": 60,
    "-": 60,
    "*": 70,
    "/": 70,
    ":": 90,
    "^": 110,
}
_UNARY = {"~": 10, "!": 40, "+": 100, "-": 100}
_PERCENT = 80
_POWER_RIGHT = 99  # x^-1: the exponent takes a sign, and ^ groups from the right
_MAX_DEPTH = 60  # brackets within brackets; keeps the recursion bounded
_CONSTANTS = ("TRUE", "FALSE", "NULL", "NA", "NaN", "Inf")
_BARS = ("|", "||")


def parse_expression(text: str) -> Node:
    """Read an R expression or formula into a tree.

    Raises
    ------
    FormulaError
        Where the text breaks off, an operator is missing or a bracket is not balanced.

    Examples
    --------
    >>> parse_expression("a + b:c").function
    '+'
    """
    reader = _Reader(text)
    tree = reader.expression(0)
    reader.expect_end()
    return tree


class _Reader:
    """A precedence-climbing reader of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.position = 0
        self.open: list[Token] = []
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def expression(self, power: int) -> Node:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise self.error("the formula is nested too deeply; make the column in the data first", self.token)
        left = self.operand()
        while self.token.kind == "operator" and self.binding() > power:
            operator = self.advance()
            right = self.expression(self.right_power(operator.value))
            left = operation(operator.value, left, right)
            if operator.value in _COMPARISONS and self.token.value in _COMPARISONS and self.token.kind == "operator":
                raise self.error("comparisons cannot be chained; write 0 < x & x < 1", self.token)
        self.depth -= 1
        return left

    def binding(self) -> int:
        value = self.token.value
        return _PERCENT if value.startswith("%") else _BINARY.get(value, 0)

    @staticmethod
    def right_power(operator: str) -> int:
        return _POWER_RIGHT if operator == "^" else _PERCENT if operator.startswith("%") else _BINARY[operator]

    def operand(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.advance()
            return Number(float(token.value.rstrip("L")), token.value.endswith("L"), token.span)
        if token.kind == "string":
            self.advance()
            return String(token.value, token.span)
        if token.kind == "name":
            return self.name_or_call()
        if token.value == "(":
            return self.bracket()
        if token.value in _UNARY:
            self.advance()
            inner = self.expression(_UNARY[token.value])
            return FunctionCall(token.value, (Argument(inner),), (token.span[0], inner.span[1]))
        raise self.missing_operand()

    def name_or_call(self) -> Node:
        token = self.advance()
        if self.token == Token("operator", "::", self.token.span):
            token = self.qualified(token)
        if self.token.kind == "operator" and self.token.value == "(":
            return self.call(token)
        is_quoted = self.text[token.span[0]] == "`"
        if token.value in _CONSTANTS and not is_quoted:
            return Constant(token.value, token.span)
        return Name(token.value, token.span)

    def qualified(self, package: Token) -> Token:
        operator, name = self.advance(), self.advance()
        if name.kind != "name" or self.token.value != "(":
            raise self.error("a function of a package must follow '::', as in splines::ns(x, 3)", operator)
        return Token("name", f"{package.value}::{name.value}", (package.span[0], name.span[1]))

    def bracket(self) -> Node:
        start = self.open_bracket()
        inner = self.expression(0)
        end = self.close_bracket()
        return FunctionCall("(", (Argument(inner),), (start.span[0], end.span[1]))

    def call(self, name: Token) -> FunctionCall:
        self.open_bracket()
        arguments: list[Argument] = []
        while self.token.value != ")" or self.token.kind != "operator":
            arguments.append(self.argument())
            if self.token.kind == "operator" and self.token.value == ",":
                self.advance()
            else:
                break
        end = self.close_bracket()
        return FunctionCall(name.value, tuple(arguments), (name.span[0], end.span[1]))

    def argument(self) -> Argument:
        following = self.tokens[min(self.position + 1, len(self.tokens) - 1)]
        if self.token.kind in ("name", "string") and following.kind == "operator" and following.value == "=":
            name = self.advance().value
            self.advance()
            return Argument(self.expression(0), name)
        return Argument(self.expression(0))

    def advance(self) -> Token:
        token = self.token
        self.position += 1
        return token

    def open_bracket(self) -> Token:
        self.open.append(self.token)
        return self.advance()

    def close_bracket(self) -> Token:
        if self.token.kind == "end":
            raise self.error("this bracket is never closed; add ')'", self.open[-1])
        if self.token.value != ")" or self.token.kind != "operator":
            raise self.missing_operator()
        self.open.pop()
        return self.advance()

    def expect_end(self) -> None:
        if self.token.kind == "operator" and self.token.value == ")":
            raise self.error("this bracket closes nothing; remove it or add '(' before it", self.token)
        if self.token.kind != "end":
            raise self.missing_operator()

    def missing_operator(self) -> FormulaError:
        token = self.token
        if token.kind == "operator" and token.value == "=":
            return self.error("'=' cannot stand here; a formula has '~' between response and terms", token)
        if token.kind == "operator" and token.value != "(":
            return self.error(f"{token.value!r} cannot stand here", token)
        before = self.tokens[self.position - 1]
        return self.error(
            f"an operator is missing between {_shown(before)} and {_shown(token)}; write '+', ':' or '|'", token
        )

    def missing_operand(self) -> FormulaError:
        token, before = self.token, self.tokens[self.position - 1] if self.position else None
        if token.value in _BARS:
            return self.error(
                f"the left side of '{token.value}' is empty; write (1 {token.value} g) for a random intercept", token
            )
        if before is not None and before.value in _BARS:
            return self.error(f"the right side of '{before.value}' is empty; name a grouping factor", before)
        if token.kind == "end":
            if self.open:
                return self.error("this bracket is never closed; add ')'", self.open[-1])
            if before is None:
                return self.error("the formula is empty; write for example y ~ x + (1 | g)", token)
            return self.error(f"the formula ends after {_shown(before)}; something must follow", before)
        if before is not None and before.value == "(" and token.value == ")":
            return self.error("there is nothing between the brackets", token)
        return self.error(f"{_shown(token)} cannot stand here; a column or a number is expected", token)

    def error(self, message: str, token: Token) -> FormulaError:
        return FormulaError(message, self.text, token.span)


def _shown(token: Token) -> str:
    return repr(token.value)
