"""A formula with R's spacing, whatever the user's was."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""(?P<quoted>`[^`]*`|"[^"]*"|'[^']*')
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<name>[^\W\d][\w.]*|\.[\w.]*)
      | (?P<operator>%[^%]*%|\|\||&&|==|!=|<=|>=|<<|[-+*/^:|~<>&!=,$@])
      | (?P<open>[(\[{]) | (?P<close>[)\]}])
      | (?P<space>\s+) | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_TIGHT = frozenset(":/^$@!")


def formula_text(formula: str) -> str:
    """Return a formula on one line, spaced as R deparses it.

    Parameters
    ----------
    formula : str
        As the user wrote it.

    Examples
    --------
    >>> formula_text("Reaction~Days+(Days|Subject)")
    'Reaction ~ Days + (Days | Subject)'
    >>> formula_text("y ~ (a+b)^2 - 1 + ns(z,df=3) + (1|g / h)")
    'y ~ (a + b)^2 - 1 + ns(z, df = 3) + (1 | g/h)'
    """
    tokens = formula_tokens(formula)
    return "".join(tokens).strip()


def formula_tokens(text: str) -> list[str]:
    """Return the tokens of a formula with their spaces; binary operators end in one space, where a line may break.

    Examples
    --------
    >>> formula_tokens("y~x+(1|g)")
    ['y', ' ~ ', 'x', ' + ', '(', '1', ' | ', 'g', ')']
    """
    spaced: list[str] = []
    before = ""
    for match in _TOKEN.finditer(text):
        kind, token = str(match.lastgroup), match.group()
        if kind == "space":
            continue
        spaced.append(_with_spaces(kind, token, is_unary=before in ("", "operator", "open")))
        before = kind
    return spaced


def _with_spaces(kind: str, token: str, *, is_unary: bool) -> str:
    if kind != "operator":
        return token
    if token == ",":
        return ", "
    if token in _TIGHT or (is_unary and token in "+-~"):
        return token
    return f" {token} "
