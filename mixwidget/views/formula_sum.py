"""A sum of terms in a formula, taken apart and put together; enough for what the picker writes and reads."""

from __future__ import annotations

import re

_OPEN, _CLOSE = "([{", ")]}"
_NAME = re.compile(r"(?:[^\W\d_]|\.(?!\d))[\w.]*\Z")


def split_at(text: str, sign: str) -> list[str]:
    """Split at a sign that stands outside brackets and quotes.

    Examples
    --------
    >>> split_at("Days + poly(x, 2 + 1) + `a + b`", "+")
    ['Days', 'poly(x, 2 + 1)', '`a + b`']
    """
    parts, depth, quote, start = [], 0, "", 0
    for i, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "`\"'":
            quote = character
        elif character in _OPEN:
            depth += 1
        elif character in _CLOSE:
            depth -= 1
        elif character == sign and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    return [*parts, text[start:].strip()]


def sum_terms(text: str) -> tuple[bool, tuple[str, ...]] | None:
    """Return whether there is an intercept, and the labels of the terms; None for a formula that is no plain sum.

    Products are expanded: ``a * b`` is ``a``, ``b``, ``a:b``.

    Examples
    --------
    >>> sum_terms("0 + Days"), sum_terms("a * b"), sum_terms("(a + b)^2"), sum_terms("x - 1")
    ((False, ('Days',)), (True, ('a', 'b', 'a:b')), None, None)
    """
    has_intercept, labels = True, list[str]()
    for piece in split_at(text, "+"):
        if piece in ("0", "1"):
            has_intercept = piece == "1"
            continue
        factors = split_at(piece, "*")
        if any(factor.startswith("(") or len(split_at(factor, sign)) > 1 for factor in factors for sign in "-/^"):
            return None
        labels += _expanded(factors)
    return has_intercept, tuple(dict.fromkeys(labels))


def _expanded(factors: list[str]) -> list[str]:
    subsets = [[factors[i] for i in range(len(factors)) if mask >> i & 1] for mask in range(1, 1 << len(factors))]
    return [":".join(":".join(split_at(factor, ":")) for factor in subset) for subset in sorted(subsets, key=len)]


def backticked(name: str) -> str:
    """Return a column name as a formula writes it.

    Examples
    --------
    >>> backticked("sch.id"), backticked("test score")
    ('sch.id', '`test score`')
    """
    if _NAME.match(name):
        return name
    escaped = name.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{escaped}`"
