"""What the body of a ``%%lmer`` cell means: formulas, their names, comments, continued lines. No IPython here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from keyword import iskeyword
from numbers import Number

from mixwidget.errors import FormulaError, nearest_name

_OPENING, _CLOSING = "([{", ")]}"
_TRAILING = ("+", "-", "*", "/", ":", "^", "|", "~", ",", "<<", "%in%")
_LEADING = ("+", "*", "/", ":", "^", "|", "~", ")", "]", "}", ",", "%in%")  # no formula begins with one of these
_NAMED = re.compile(r"\s*(?P<name>.*?)\s*<<\s*(?P<formula>.*)", re.DOTALL)
_ASSIGNED = re.compile(r"\s*(?P<name>[^\W\d][\w.]*)\s*(?P<sign><-|=(?!=))[^~]*~", re.DOTALL)
_QUOTED = r"""`[^`\n]*`|"[^"\n]*"|'[^'\n]*'"""
_PIECES = re.compile(rf"(?P<quoted>{_QUOTED})|(?P<comment>#[^\n]*)|(?<!\w)\$(?P<name>[^\W\d]\w*)")


@dataclass(frozen=True, slots=True)
class NamedFormula:
    """One formula of a cell and the name its fit gets, or None."""

    name: str | None
    formula: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A parsed cell.

    Attributes
    ----------
    formulas : tuple of NamedFormula
        At least one, in the order of writing.
    is_silent : bool
        Whether a semicolon at the end asks to show nothing.
    """

    formulas: tuple[NamedFormula, ...]
    is_silent: bool


def parse_cell(text: str, variables: Mapping[str, object] | None = None) -> Cell:
    r"""Split the body of a cell into formulas.

    A line continues after an open bracket or an operator at its end, and where the next one begins with an operator.
    ``$name`` is replaced by the value of a variable, outside quotes.

    Parameters
    ----------
    text : str
        The body of the cell.
    variables : mapping, optional
        Where ``$name`` is looked up.

    Raises
    ------
    FormulaError
        If there is no formula, a name cannot be a name or comes twice, or ``$name`` is not known.

    Examples
    --------
    >>> parse_cell("m1 << y ~ x +  # slope\n  (x | g)\ny ~ 1 + (1 | g);")
    Cell(formulas=(NamedFormula(name='m1', formula='y ~ x +\n  (x | g)'), NamedFormula(name=None,
    formula='y ~ 1 + (1 | g)')), is_silent=True)
    """
    plain = _substitute(text, variables or {}).rstrip()
    is_silent = plain.endswith(";")
    formulas = tuple(_named_formula(statement) for statement in _statements(plain))
    if not formulas:
        raise FormulaError("the cell holds no formula; write one, such as  Reaction ~ Days + (Days | Subject)")
    _check_names(formulas)
    return Cell(formulas, is_silent)


def _substitute(text: str, variables: Mapping[str, object]) -> str:
    """Drop comments and put in the values of ``$name``."""

    def replaced(match: re.Match[str]) -> str:
        if match.lastgroup == "quoted":
            return match.group()
        return "" if match.lastgroup == "comment" else _value_text(match, variables)

    return _PIECES.sub(replaced, text)


def _value_text(match: re.Match[str], variables: Mapping[str, object]) -> str:
    name, line, span = match["name"], *_line_at(match.string, match.span())
    if name not in variables:
        near = nearest_name(name, variables)
        hint = "assign it in a cell above" if near is None else f"did you mean '${near}'?"
        raise FormulaError(f"${name} is not a variable of the notebook; {hint}", line, span)
    value = variables[name]
    if isinstance(value, bool) or not isinstance(value, (str, Number)):
        message = f"${name} is a {type(value).__name__}; only a text or a number can be put into a formula"
        raise FormulaError(message, line, span)
    return str(value)


def _line_at(text: str, span: tuple[int, int]) -> tuple[str, tuple[int, int]]:
    start = text.rfind("\n", 0, span[0]) + 1
    return text[start:].split("\n", 1)[0], (span[0] - start, span[1] - start)


def _statements(text: str) -> list[str]:
    statements: list[str] = []
    is_open = False
    for line in text.split("\n"):
        if not line.strip():
            continue
        if statements and (is_open or line.lstrip().startswith(_LEADING)):
            statements[-1] += "\n" + line.rstrip()
        else:
            statements.append(line.strip())
        is_open = _is_continued(statements[-1])
    return [part.strip() for statement in statements for part in _split_semicolons(statement) if part.strip()]


def _is_continued(statement: str) -> bool:
    return _depth(statement) > 0 or statement.rstrip().endswith(_TRAILING)


def _depth(statement: str) -> int:
    bare = re.sub(_QUOTED, "", statement)
    return sum(bare.count(bracket) for bracket in _OPENING) - sum(bare.count(bracket) for bracket in _CLOSING)


def _split_semicolons(statement: str) -> list[str]:
    return re.findall(rf"(?:{_QUOTED}|[^;])+", statement)


def _named_formula(statement: str) -> NamedFormula:
    if found := _ASSIGNED.match(statement):
        message = f"a fit gets its name by '<<': write  {found['name']} << formula"
        raise FormulaError(message, statement, found.span("sign"))
    found = _NAMED.match(statement)
    if not found:
        return NamedFormula(None, statement)
    name = found["name"]
    if not name.isidentifier() or iskeyword(name):
        message = f"{name!r} cannot be the name of a fit; a name has letters, digits and _, and begins with no digit"
        raise FormulaError(message, statement, found.span("name"))
    if not found["formula"]:
        raise FormulaError(f"there is no formula after '{name} <<'", statement, found.span("name"))
    return NamedFormula(name, found["formula"])


def _check_names(formulas: tuple[NamedFormula, ...]) -> None:
    names = [formula.name for formula in formulas if formula.name]
    for name in names:
        if names.count(name) > 1:
            raise FormulaError(f"two fits of this cell are called {name!r}; give each its own name")
