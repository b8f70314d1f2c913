"""For each pair of grouping factors: nested, crossed or with an interaction, and what the data say about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mixwidget.design.crossing import Crossing
from mixwidget.views.partition import Partition, are_same, crossed
from mixwidget.views.view import View


@dataclass(frozen=True, slots=True)
class PairChoice(View):
    """One relation that a pair of factors can have in the model.

    Attributes
    ----------
    name : str
        ``"crossed"``, ``"nested"``, ``"nested_other"``, ``"interaction"``.
    label : str
        In words.
    allowed : bool
    reason : str
        Why not, if not.
    groups : tuple of str
        The grouping factors of the pair that are in the model then.
    """

    name: str
    label: str
    allowed: bool
    reason: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairOption(View):
    """A pair of grouping factors.

    Attributes
    ----------
    a, b : str
    groups : tuple of str
        Both and their interaction.
    text : str
        What the data say.
    choices : tuple of PairChoice
    """

    a: str
    b: str
    groups: tuple[str, ...]
    text: str
    choices: tuple[PairChoice, ...]


def pair_option(inner: Partition, outer: Partition, cells: Partition, others: Mapping[str, Partition]) -> PairOption:
    """Return the relations of two grouping factors.

    Parameters
    ----------
    inner, outer : Partition
        `inner` is the one that would usually be nested in the other.
    cells : Partition
        Their interaction.
    others : mapping of str to Partition
        Further columns of the data; one that labels the combinations is a sign of implicit nesting.
    """
    found = crossed(inner, outer)
    labels = [name for name, other in others.items() if are_same(cells, other)]
    groups = (inner.name, outer.name, cells.name)
    text = _text(inner, outer, cells, found, labels)
    return PairOption(inner.name, outer.name, groups, text, _choices(inner, outer, cells, found))


def _choices(inner: Partition, outer: Partition, cells: Partition, found: Crossing) -> tuple[PairChoice, ...]:
    a, b, ab = inner.name, outer.name, cells.name
    if found.first_in_second or found.second_in_first:
        low, high = (a, b) if found.first_in_second else (b, a)
        redundant = f"each level of {low} lies in one level of {high}, so {ab} would have the same levels as {low}"
        return (
            PairChoice("nested", f"{low} within {high}", True, "", (a, b)),
            PairChoice("interaction", f"both and {ab}", False, redundant, (a, b, ab)),
        )
    too_many = cells.n_levels >= len(cells.codes)
    reason = f"{ab} has a level for each row and cannot be told from the residual" if too_many else ""
    return (
        PairChoice("crossed", "crossed", True, "", (a, b)),
        PairChoice("nested", f"{a} within {b}", not too_many, reason, (b, ab)),
        PairChoice("nested_other", f"{b} within {a}", not too_many, reason, (a, ab)),
        PairChoice("interaction", "crossed with interaction", not too_many, reason, (a, b, ab)),
    )


def _text(inner: Partition, outer: Partition, cells: Partition, found: Crossing, labels: Sequence[str]) -> str:
    a, b = inner.name, outer.name
    if found.is_same:
        return f"The same groups here: {a} and {b} have one level each for the other."
    if found.first_in_second or found.second_in_first:
        low, high = (inner, outer) if found.first_in_second else (outer, inner)
        return f"Nested here: each of the {low.n_levels:,} levels of {low.name} lies in one level of {high.name}."
    possible = inner.n_levels * outer.n_levels
    text = (
        f"Crossed here: all {possible:,} combinations occur, {_rows(cells)}."
        if found.n_cells == possible
        else f"Partly crossed here: {cells.n_levels:,} of {possible:,} combinations occur, {_rows(cells)}."
    )
    if labels:
        text += f" But {labels[0]} labels each {a} within {b}: {a} is implicitly nested, its labels are used again."
    return text


def _rows(cells: Partition) -> str:
    sizes = np.bincount(cells.codes)
    if sizes.min() == sizes.max():
        return "one row in each" if sizes[0] == 1 else f"{sizes[0]} rows in each"
    return f"{sizes.min()} to {sizes.max()} rows in each"
