"""Completion in cells of our magics: data frames after ``data=``, families, columns in formulas, names of options."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

from mixwidget.errors import MixwidgetError
from mixwidget.magic.family import family_names, link_names
from mixwidget.magic.namespace import columns_of, find_data, named_data
from mixwidget.magic.options import LAPLACE, LMER, PRIORS, Option, options_of
from mixwidget.sources.files import paths_beginning_with

IDENTIFIER = "mixwidget.lmer"
_CELL = re.compile(r"\s*%%g?lmer\b")
_LINE = re.compile(r"(?:^|=)\s*%g?lmer\b")
_MAGIC = re.compile(r"%(g?lmer)\b")
_DATA = re.compile(r"""(?<![\w.])data=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<plain>[^\s"']+))""")
_QUOTED_DATA = re.compile(r"""(?<![\w.])data=(?:"([^"]*)|'([^']*))$""")
_FAMILY = re.compile(r"(?<![\w.])family=[\"']?([\w.]+)")
_SETTING = re.compile(r"(?<![\w.])(data|family|link|laplace|weights|offset|subset|prior)=[\"']?([\w.]*)$")
_WORDS = {"prior": PRIORS, "laplace": LAPLACE}
_FLAG = re.compile(r"(?:^|\s)(--?[\w-]*)$")
_WORD = re.compile(r"[\w.]*$")
_BACKQUOTED = re.compile(r"[^`]*(?:`[^`]*`[^`]*)*(`[^`]*)")
_PLAIN_NAME = re.compile(r"[^\W\d_][\w.]*|\.[\w.]*")


def formula_matcher(variables: Mapping[str, Any]) -> Any:
    """Return the matcher (IPython's API v2) of a notebook whose names are `variables`."""

    def match(context: CompletionContext) -> SimpleMatcherResult:
        fragment, texts = complete(context.full_text, context.cursor_line, context.cursor_position, variables)
        found = [SimpleCompletion(text=text, type="lmer") for text in texts]
        return {
            "completions": found,
            "matched_fragment": fragment,
            "suppress": bool(found),
            "do_not_suppress": set(),
            "ordered": True,
        }

    return context_matcher(identifier=IDENTIFIER, priority=100)(cast("Any", match))


def complete(text: str, line: int, column: int, variables: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return the fragment before the cursor and what it can become; nothing outside our magics.

    Parameters
    ----------
    text : str
        The whole cell.
    line, column : int
        Where the cursor stands.
    variables : mapping
        The names of the notebook.
    """
    lines = text.split("\n")
    before = lines[line][:column]
    first = next((i for i, content in enumerate(lines) if content.strip()), 0)
    if _CELL.match(lines[first]):
        complete_here = _in_options if line == first else _in_formula
        return complete_here(before, lines[first], variables)
    if found := _LINE.search(before):
        return _in_line_magic(before[found.end() :], lines[line], variables)
    return "", []


def _in_line_magic(before: str, line: str, variables: Mapping[str, Any]) -> tuple[str, list[str]]:
    is_option = _QUOTED_DATA.search(before) or _SETTING.search(before) or _FLAG.search(before)
    word, found = ("", []) if is_option else _in_formula(before, line, variables)
    return (word, found) if found else _in_options(before, line, variables)


def _in_options(before: str, line: str, variables: Mapping[str, Any]) -> tuple[str, list[str]]:
    if found := _QUOTED_DATA.search(before):
        begun = found[1] or found[2] or ""
        return begun, [*_beginning_with(begun, named_data(variables)), *paths_beginning_with(begun)]
    if found := _SETTING.search(before):
        return found[2], _beginning_with(found[2], _values(found[1], line, variables))
    if found := _FLAG.search(before):
        flags = [spelling for option in _options(line) for spelling in option.spellings if spelling.startswith("-")]
        return found[1], _beginning_with(found[1], flags)
    word = _word(before)
    if not word and "data=" in line:
        return "", []
    settings = [option.spellings[0] for option in _options(line) if option.spellings[0].endswith("=")]
    return word, [text for text in _beginning_with(word, settings) if text not in line]


def _values(setting: str, line: str, variables: Mapping[str, Any]) -> list[str]:
    if setting == "link":
        family = _FAMILY.search(line)
        return link_names(family[1] if family else "binomial")
    if setting in _WORDS:
        return list(_WORDS[setting])
    if setting == "family":
        return family_names()
    return named_data(variables) if setting == "data" else _columns(line, variables)


def _options(line: str) -> tuple[Option, ...]:
    found = _MAGIC.search(line)
    return options_of(found[1] if found else LMER)


def _in_formula(before: str, first_line: str, variables: Mapping[str, Any]) -> tuple[str, list[str]]:
    if "#" in before:
        return "", []
    if found := _BACKQUOTED.fullmatch(before):  # the cursor stands within a backquoted name
        begun = found[1]
        return begun, _beginning_with(begun[1:], [f"`{name}`" for name in _columns(first_line, variables)])
    word = _word(before)
    if before.endswith("$" + word):
        names = [name for name, value in variables.items() if isinstance(value, (str, int, float)) and name[0] != "_"]
        return word, _beginning_with(word, sorted(names))
    return word, _beginning_with(word, [_quoted(name) for name in _columns(first_line, variables)])


def _columns(line: str, variables: Mapping[str, Any]) -> list[str]:
    """Return the columns of the data that a line names; none where there are no such data, or only a function."""
    found = _DATA.search(line)
    if found is None:
        return []
    name = found["double"] or found["single"] or found["plain"] or ""
    try:
        data = find_data(name, variables)
        return [] if callable(data) else columns_of(data)
    except MixwidgetError:
        return []


def _quoted(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else f"`{name}`"


def _word(before: str) -> str:
    found = _WORD.search(before)
    return found.group() if found else ""


def _beginning_with(word: str, texts: list[str]) -> list[str]:
    exact = [text for text in texts if text.lstrip("`").startswith(word)]
    return exact or [text for text in texts if text.lstrip("`").lower().startswith(word.lower())]
