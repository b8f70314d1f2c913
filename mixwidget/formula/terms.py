"""What a mixed-model formula says: a response, fixed terms, random terms."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grouping:
    """A grouping factor: the interaction of one or more expressions.

    Attributes
    ----------
    parts : tuple of str
        The expressions whose interaction is the factor, in the order of the label.
    label : str
        The name as lme4 writes it: ``"g"``, ``"h:g"`` (for ``g/h``), ``"a:(h:g)"`` (for ``g/h/a``).
    """

    parts: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class RandomTerm:
    """One bar term after ``/`` and ``||`` are resolved.

    Attributes
    ----------
    columns : str
        The left side of the bar as a formula without response: ``"1 + Days"``, ``"0 + x"``.
    grouping : Grouping
        The right side.
    correlated : bool
        False where `columns` came from ``||`` and every column gets a variance of its own.
    span : tuple of int
        Where the bar term stands in the text of the formula.
    """

    columns: str
    grouping: Grouping
    correlated: bool
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class MixedFormula:
    """A parsed formula.

    Attributes
    ----------
    text : str
        As the user wrote it.
    response : str
        The left side, an expression: ``"Reaction"``, ``"log(y)"``.
    fixed : str
        The right side without the bar terms, ``"1"`` if nothing is left.
    random : tuple of RandomTerm
        In the order of writing.
    """

    text: str
    response: str
    fixed: str
    random: tuple[RandomTerm, ...]
