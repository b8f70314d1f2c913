"""What ``%lmer_handout`` is told: a file, a title, and the names of what goes into it. No IPython here."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mixwidget.errors import OptionError, nearest
from mixwidget.widgets.names import LAST_FIT

FILE = "handout.html"
TITLE = "title="


@dataclass(frozen=True, slots=True)
class HandoutLine:
    """A line that was read.

    Attributes
    ----------
    path : str
    title : str
    parts : tuple
        What the names stand for.
    """

    path: str
    title: str
    parts: tuple[Any, ...]


def read_handout_line(line: str, variables: Mapping[str, Any]) -> HandoutLine:
    """Return what a line asks for: the last fit in ``handout.html`` unless it says otherwise.

    Parameters
    ----------
    line : str
        Such as ``sleep.html fit picker title="Sleep"``.
    variables : mapping
        The notebook's names.

    Raises
    ------
    OptionError
        If the line cannot be split, a name is not known, or there is no fit yet.

    Examples
    --------
    >>> read_handout_line('day1.html m1 title="Day one"', {"m1": "a fit"})
    HandoutLine(path='day1.html', title='Day one', parts=('a fit',))
    """
    try:
        tokens = shlex.split(line)
    except ValueError as error:
        raise OptionError(f"%lmer_handout: {error}; close the quotes") from None
    files = [token for token in tokens if token.lower().endswith((".html", ".htm"))]
    titles = [token[len(TITLE) :] for token in tokens if token.startswith(TITLE)]
    if len(files) > 1 or len(titles) > 1:
        raise OptionError(
            '%lmer_handout takes one file and one title; write  %lmer_handout sleep.html fit title="Sleep"'
        )
    names = [token for token in tokens if token not in files and not token.startswith(TITLE)]
    parts = tuple(_value(name, variables) for name in names or [LAST_FIT])
    return HandoutLine(next(iter(files), FILE), next(iter(titles), ""), parts)


def _value(name: str, variables: Mapping[str, Any]) -> Any:
    if name in variables:
        return variables[name]
    if name == LAST_FIT:
        raise OptionError("%lmer_handout: no cell has fitted a model yet; fit one, or name a fit of the notebook")
    known = [other for other in variables if not other.startswith("_")]
    raise OptionError(f"%lmer_handout: {name!r} is no variable of the notebook; {nearest(name, known, most=8)}")
