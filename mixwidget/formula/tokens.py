"""The tokens of a formula text: names, numbers, strings and operators, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mixwidget.errors import FormulaError

_PATTERN = re.compile(
    r"""
      (?P<skip>\s+|\#[^\n]*)
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?L?)
    | (?P<name>(?:[^\W\d]|\.(?!\d))[\w.]*)
    | (?P<quoted>`(?:\\.|[^`\\])+`)
    | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    | (?P<operator>%[^%\n]*%|\|\||&&|<=|>=|==|!=|\*\*|::|[~+\-*/^:|&!<>(),=])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
_HINTS = {
    "$": "name the column alone, without the data frame",
    "@": "name the column alone",
    "[": "square brackets have no meaning here; make the column in the data first",
    "{": "write the formula without braces",
    "`": "the backquote is never closed",
    '"': "the string is never closed",
    "'": "the string is never closed",
    ";": "write one formula only",
}
_MEANT = {  # what word processors and PDF files make of a formula's characters
    "~": "∼˜～〜",
    "-": "–—−‐‑",
    "|": "¦∣｜│",
    "*": "×∗·⋅",
    ":": "：∶",
    "+": "＋",
    "(": "（",
    ")": "）",
    "'": "‘’",
    '"': "“”„«»",
    "`": "´",
}
_PLAIN = {typeset: plain for plain, typesets in _MEANT.items() for typeset in typesets}


@dataclass(frozen=True, slots=True)
class Token:
    """One token.

    Attributes
    ----------
    kind : {"number", "name", "string", "operator", "end"}
    value : str
        The text without quotes (``**`` is read as ``^``).
    span : tuple of int
        Where it stands in the formula.
    """

    kind: str
    value: str
    span: tuple[int, int]


def tokenize(text: str) -> list[Token]:
    """Split a formula into tokens; white space, line ends and ``# comments`` are dropped.

    Raises
    ------
    FormulaError
        At a character that no token can start with.

    Examples
    --------
    >>> [token.value for token in tokenize("y ~ `a b` + x^2  # why")]
    ['y', '~', 'a b', '+', 'x', '^', '2', '']
    """
    tokens, position = [], 0
    while position < len(text):
        match = _PATTERN.match(text, position)
        if match is None:
            raise _unexpected_character(text, position)
        if match.lastgroup != "skip":
            tokens.append(_token(str(match.lastgroup), match.group(), match.span()))
        position = match.end()
    return [*tokens, Token("end", "", (len(text), len(text)))]


def name_span(text: str, name: str) -> tuple[int, int] | None:
    """Return where `name` first stands as a name in `text`, or None.

    Examples
    --------
    >>> name_span("y ~ xx + x", "x")
    (9, 10)
    """
    return next((token.span for token in tokenize(text) if token.kind == "name" and token.value == name), None)


def _token(group: str, text: str, span: tuple[int, int]) -> Token:
    if group == "quoted":
        return Token("name", _unescape(text[1:-1]), span)
    if group == "string":
        return Token("string", _unescape(text[1:-1]), span)
    if group == "operator" and text == "**":
        return Token("operator", "^", span)
    return Token(group, text, span)


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match.group(1), match.group(1)), text, flags=re.DOTALL)


def _unexpected_character(text: str, position: int) -> FormulaError:
    character = text[position]
    plain = _PLAIN.get(character)
    hint = f"write {plain} instead" if plain else _HINTS.get(character, "it has no meaning in a formula")
    return FormulaError(f"unexpected character {character!r}: {hint}", text, (position, position + 1))
