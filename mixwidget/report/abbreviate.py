"""Short names for the margins of a correlation matrix, as R's ``abbreviate`` makes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_VOWELS = frozenset("aeiou")


def abbreviate(names: Sequence[str], length: int) -> list[str]:
    """Shorten names to about `length` characters; they stay different from each other.

    Letters go from the right: lower-case vowels, other lower-case letters, then the rest; the first character of
    every word stays. Names that would become equal are allowed more characters.

    Examples
    --------
    >>> abbreviate(["(Intercept)", "Days"], 6)
    ['(Intr)', 'Days']
    >>> abbreviate(["poly(Days, 2)1", "poly(Days, 2)2"], 6)
    ['p(D,2)1', 'p(D,2)2']

    References
    ----------
    R's manual page ``abbreviate``; checked against R in tests/report/r_printing.json.
    """
    unique = list(dict.fromkeys(names))
    short = {name: _shorten(name, length) for name in unique}
    while clashing := _clashing(short):
        length += 1
        short |= {name: _shorten(name, length) for name in clashing}
    return [short[name] for name in names]


def _clashing(short: dict[str, str]) -> list[str]:
    texts = list(short.values())
    return [name for name, text in short.items() if texts.count(text) > 1 and text != name.strip()]


def _shorten(name: str, length: int) -> str:
    letters = list(name.strip())
    rules: tuple[Callable[[list[str], int], bool], ...] = (
        lambda text, i: text[i] in _VOWELS and _ends_word(text, i),
        lambda text, i: text[i] in _VOWELS and not _starts_word(text, i),
        lambda text, i: text[i].islower() and _ends_word(text, i),
        lambda text, i: text[i].islower() and not _starts_word(text, i),
        lambda text, i: not _starts_word(text, i) and text[i] != " ",
    )
    if len(letters) > length:
        for rule in rules:
            _strip_from_right(letters, rule, length)
    text = "".join(letters)
    return text.replace(" ", "") if len(text) > length else text


def _strip_from_right(letters: list[str], may_go: Callable[[list[str], int], bool], length: int) -> None:
    for i in range(len(letters) - 1, 0, -1):
        if len(letters) - letters.count(" ") <= length:
            return
        if may_go(letters, i):
            del letters[i]


def _starts_word(text: list[str], i: int) -> bool:
    return text[i - 1] == " "


def _ends_word(text: list[str], i: int) -> bool:
    return text[i - 1] != " " and (i + 1 == len(text) or text[i + 1] == " ")
