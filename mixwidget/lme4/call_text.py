"""A call of R as a user wrote it, taken apart: which function, and which arguments at which characters."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mixwidget.errors import FormulaError, nearest_name

FUNCTIONS = ("lmer", "glmer", "glmer.nb", "blmer", "bglmer")
_BEFORE_THE_CALL = ("library", "require", "suppressPackageStartupMessages")
_PIECE = re.compile(
    r"""
      (?P<skip>[^\S\n]+|\#[^\n]*)
    | (?P<line>\n)
    | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    | (?P<name>`[^`]+`|(?:[^\W\d]|\.(?!\d))[\w.]*)
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?L?)
    | (?P<arrow><<-|<-|->>|->)
    | (?P<pipe>\|>|%>%)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<operator>:::|::|==|!=|<=|>=|\|\||&&|%[^%\n]*%|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ENDS = ("string", "name", "number", "close")  # a line that ends with one of these is complete


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str
    text: str
    start: int
    depth: int  # brackets that are open around it

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class GivenArgument:
    """One argument of a call, as it is written.

    Attributes
    ----------
    name : str or None
    value : str
        Its text.
    start : int
        Where `value` begins in `source`.
    begin : int
        Where the argument begins, with its name if it has one.
    source : str
        The text of the whole call.
    """

    name: str | None
    value: str
    start: int
    begin: int
    source: str

    def error(self, message: str, span: tuple[int, int] | None = None) -> FormulaError:
        """Return an error that points at the argument, or at a part of it (a span of `value`)."""
        start, end = span or (0, len(self.value))
        return FormulaError(message, self.source, (self.start + start, self.start + end))

    def error_of_name(self, message: str) -> FormulaError:
        """Return an error that points at the argument's name."""
        return FormulaError(message, self.source, (self.begin, self.begin + len(self.name or "")))


@dataclass(frozen=True, slots=True)
class RCallText:
    """A call of one of `FUNCTIONS`.

    Attributes
    ----------
    function : str
        Without its package.
    arguments : tuple of GivenArgument
    source : str
    span : tuple of int
        Where the name of the function stands.
    """

    function: str
    arguments: tuple[GivenArgument, ...]
    source: str
    span: tuple[int, int]


def read_call(text: str) -> RCallText:
    r"""Take a call apart; an assignment, the package's name, comments and ``library(...)`` before it are passed over.

    Raises
    ------
    FormulaError
        At the character where something else stands than one call of one of `FUNCTIONS`.

    Examples
    --------
    >>> call = read_call("m <- lme4::lmer(y ~ x + (1 | g),  # a comment\n  REML = FALSE)")
    >>> call.function, [(each.name, each.value) for each in call.arguments]
    ('lmer', [(None, 'y ~ x + (1 | g)'), ('REML', 'FALSE')])
    """
    if not isinstance(text, str):
        raise FormulaError(f"from_lme4_call takes the text of a call, not {type(text).__name__}")
    statement = _without_assignment(_one_statement(_pieces(text), text), text)
    return _call(_without_package(statement), text)


def _pieces(text: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    opened: list[_Piece] = []
    for match in _PIECE.finditer(text):
        kind = str(match.lastgroup)
        if kind == "close" and not opened:
            raise FormulaError("this bracket closes nothing; remove it", text, match.span())
        if kind == "close":
            opened.pop()
        piece = _Piece(kind, match.group(), match.start(), len(opened))
        if kind == "open":
            opened.append(piece)
        if kind == "operator" and piece.text in "\"'`":
            raise FormulaError("the quote is never closed", text, piece.span)
        pieces.append(piece)
    if opened:
        raise FormulaError("this bracket is never closed", text, opened[-1].span)
    return [piece for piece in pieces if piece.kind != "skip"]


def _one_statement(pieces: list[_Piece], text: str) -> list[_Piece]:
    statements: list[list[_Piece]] = [[]]
    for piece in pieces:
        is_end = piece.depth == 0 and (piece.kind == "line" or piece.text == ";")
        if is_end and statements[-1] and (piece.text == ";" or statements[-1][-1].kind in _ENDS):
            statements.append([])
        elif piece.kind != "line" and not is_end:
            statements[-1].append(piece)
    calls = [found for found in statements if found and found[0].text not in _BEFORE_THE_CALL]
    if not calls:
        raise FormulaError("there is no call; write one such as lmer(y ~ x + (x | g), data = d)")
    if len(calls) > 1:
        raise FormulaError("a second statement begins here; give one call at a time", text, calls[1][0].span)
    return calls[0]


def _without_assignment(pieces: list[_Piece], text: str) -> list[_Piece]:
    piped = next((piece for piece in pieces if piece.kind == "pipe" and piece.depth == 0), None)
    if piped is not None:
        raise FormulaError("R's pipe is not read; write data = NAME into the call", text, piped.span)
    at = [i for i, piece in enumerate(pieces) if piece.depth == 0 and (piece.kind == "arrow" or piece.text == "=")]
    if not at:
        return pieces
    points_right = pieces[at[0]].text.startswith("->")
    return pieces[: at[0]] if points_right else pieces[at[-1] + 1 :]


def _without_package(pieces: list[_Piece]) -> list[_Piece]:
    has_package = len(pieces) > 2 and pieces[1].text in ("::", ":::")
    return pieces[2:] if has_package else pieces


def _call(pieces: list[_Piece], text: str) -> RCallText:
    if len(pieces) < 2 or pieces[0].kind != "name" or pieces[1].text != "(":
        span = pieces[0].span if pieces else (0, len(text))
        raise FormulaError("a call is expected here, such as lmer(y ~ x + (x | g), data = d)", text, span)
    name = pieces[0].text.strip("`")
    if name not in FUNCTIONS:
        raise FormulaError(_other_function(name, pieces), text, pieces[0].span)
    end = next(i for i, piece in enumerate(pieces) if piece.kind == "close" and piece.depth == 0)
    if end + 1 < len(pieces):
        raise FormulaError("the call has ended before this; give the call alone", text, pieces[end + 1].span)
    arguments = tuple(_argument(part, text) for part in _parts(pieces[2:end]) if part)
    return RCallText(name, arguments, text, pieces[0].span)


def _other_function(name: str, pieces: list[_Piece]) -> str:
    inside = next((piece.text for piece in pieces[1:] if piece.text in FUNCTIONS), None)
    if inside is not None:
        return f"'{name}()' stands around the call; give {inside}(...) alone"
    near = nearest_name(name, FUNCTIONS)
    known = f"{', '.join(FUNCTIONS[:-1])} and {FUNCTIONS[-1]} are"
    hint = f"{known} read" if near is None else f"did you mean '{near}'? ({known} read)"
    return f"'{name}()' is not read; {hint}" if near is None else f"'{name}()' is not read: {hint}"


def _parts(pieces: list[_Piece]) -> list[list[_Piece]]:
    parts: list[list[_Piece]] = [[]]
    for piece in pieces:
        if piece.text == "," and piece.depth == 1:
            parts.append([])
        else:
            parts[-1].append(piece)
    return parts


def _argument(pieces: list[_Piece], text: str) -> GivenArgument:
    is_named = len(pieces) > 1 and pieces[0].kind in ("name", "string") and pieces[1].text == "="
    value = pieces[2:] if is_named else pieces
    if not value:
        raise FormulaError("nothing follows this '='", text, pieces[1].span)
    start, end = value[0].start, value[-1].span[1]
    name = pieces[0].text.strip("`\"'") if is_named else None
    return GivenArgument(name, text[start:end], start, pieces[0].start, text)
