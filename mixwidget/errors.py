"""The exceptions and warnings of mixwidget: one root, one class per stage."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any


class MixwidgetError(Exception):
    """Root of every error that mixwidget raises on purpose."""


class FormulaError(MixwidgetError, ValueError):
    """The formula cannot be read; the message points at the character.

    Parameters
    ----------
    message : str
        One sentence: what was found, what was expected, what to do.
    formula : str, optional
        The text of the formula, shown under the message.
    span : tuple of int, optional
        Start and end of the offending characters in `formula`, marked with carets.
    """

    def __init__(self, message: str, formula: str = "", span: tuple[int, int] | None = None) -> None:
        self.message = message
        self.formula = formula
        self.span = span
        super().__init__(self._with_carets())

    def _with_carets(self) -> str:
        if not self.formula or self.span is None:
            return self.message
        start, end = self.span
        line_start = self.formula.rfind("\n", 0, start) + 1
        line_end = self.formula.find("\n", start)
        line = self.formula[line_start : len(self.formula) if line_end < 0 else line_end]
        carets = " " * (start - line_start) + "^" * max(1, min(end, line_start + len(line)) - start)
        return f"{self.message}\n  {line}\n  {carets}"

    def __reduce__(self) -> tuple[type[FormulaError], tuple[str, str, tuple[int, int] | None]]:
        return type(self), (self.message, self.formula, self.span)


class DataError(MixwidgetError, ValueError):
    """The data do not allow the model: missing columns, wrong types, nothing left to fit."""


class OptionError(MixwidgetError, ValueError):
    """An option has a name or a value that is not known."""


def nearest(name: object, known: Iterable[object], lead: str = "there are", *, most: int | None = None) -> str:
    """Return the hint that follows a name which is not known: the nearest known one, or else what there is.

    Parameters
    ----------
    name : object
        What was given; compared as text.
    known : iterable
    lead : str
        The words before the list.
    most : int, optional
        How many of the known are listed; all by default.

    Examples
    --------
    >>> nearest("Dyas", ["Days", "Subject"]), nearest("z", ["Days", "Subject"], "it has")
    ("did you mean 'Days'?", "it has 'Days', 'Subject'")
    """
    texts = [str(text) for text in known]
    near = nearest_name(name, texts)
    return f"{lead} {', '.join(map(repr, texts[:most])) or 'none'}" if near is None else f"did you mean '{near}'?"


def nearest_name(name: object, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the known name that differs in capitals only, else the one with most letters in common, if any is near.

    Examples
    --------
    >>> nearest_name("DAYS", ["days", "DAY"])
    'days'
    """
    text, names = str(name), list(known)
    same = [other for other in names if other.casefold() == text.casefold()]
    return next(iter(same or difflib.get_close_matches(text, names, n=1, cutoff=cutoff)), None)


def listed(names: Sequence[str], limit: int = 8) -> str:
    """Return names in quotation marks for a message, and how many more there are."""
    shown = ", ".join(f"'{name}'" for name in names[:limit])
    return shown + (f" and {len(names) - limit} more" if len(names) > limit else "")


def refuse_unknown_options(owner: str, given: Iterable[str], known: list[str]) -> None:
    """Raise an `OptionError` that names the nearest known option, if a name is not one of them."""
    for name in given:
        if name not in known:
            near = nearest_name(name.lower(), known)
            hint = f"it has {', '.join(known)}" if near is None else f"did you mean '{near}'?"
            raise OptionError(f"{owner} has no option '{name}'; {hint}")


def refuse_unknown_arguments(function: Callable[..., Any], unknown: Iterable[str]) -> None:
    """Raise an `OptionError` if a function that takes any keyword was given one that it does not know."""
    if names := list(unknown):  # a signature takes longer to read than a small model to check
        known = [name for name in inspect.signature(function).parameters if name != "unknown"]
        refuse_unknown_options(function.__name__, names, known)


class ProblemTooLargeError(MixwidgetError, MemoryError):
    """The crossed part of the model, or what is asked of it, is larger than the Schur complement that it takes."""


class FitError(MixwidgetError, RuntimeError):
    """No fit is possible with these data and this model."""


class MissingProgramError(MixwidgetError, RuntimeError):
    """A program beside Python, or a package of an extra, is needed and is not there or does not do its work."""


class FitCancelled(MixwidgetError):
    """The fit was cancelled while it ran; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding that leaves the numbers standing but needs care.

    Attributes
    ----------
    code : str
        A noun phrase, e.g. ``"singular_fit"``.
    severity : {"info", "warning", "error"}
        How much care is needed.
    message : str
        One sentence that names the term or the column.
    hint : str
        What to do next.
    """

    code: str
    severity: str
    message: str
    hint: str = ""

    @property
    def text(self) -> str:
        """Message and hint in one line, as a warning has them."""
        if not self.hint:
            return self.message
        return f"{self.message}{'' if self.message.endswith('.') else ';'} {self.hint}"


class MixwidgetWarning(UserWarning):
    """Root of every warning of mixwidget.

    Parameters
    ----------
    message : str
    finding : Diagnostic, optional
        What was found, where it is kept nowhere else, as of a prediction.
    """

    def __init__(self, message: str = "", finding: Diagnostic | None = None) -> None:
        super().__init__(message)
        self.finding = finding
