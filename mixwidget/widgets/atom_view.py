"""The variables of the fixed terms, and the simple ways in which each could be used instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

import numpy as np

from mixwidget.design.column_facts import ColumnFacts
from mixwidget.formula.choice import FormulaChoice
from mixwidget.formula.transformation import Transformation, read_transformation, write_transformation
from mixwidget.views.formula_sum import backticked
from mixwidget.views.structure import MAX_CODED_LEVELS
from mixwidget.views.view import KeptView, View
from mixwidget.widgets.frame_source import FrameSource

MAX_GROUPS = 4  # proposed groups within which a predictor can be centred while none is chosen


@dataclass(frozen=True, slots=True)
class TransformOption(View):
    """One way to use a column.

    Attributes
    ----------
    expressions : tuple of str
        What stands in the formula then; the second is a term of its own.
    """

    label: str
    expressions: tuple[str, ...]
    allowed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class AtomView(KeptView):
    """A variable of the fixed terms.

    Attributes
    ----------
    column : str
        The column that it is made of; empty for what the clicks keep as it is written.
    options : tuple of TransformOption
        Empty where there is no choice.
    """

    expression: str
    column: str
    options: tuple[TransformOption, ...]


def atom_views(choice: FormulaChoice, source: FrameSource) -> tuple[AtomView, ...]:
    """Return the variables of the fixed terms.

    Parameters
    ----------
    choice : FormulaChoice
    source : FrameSource
    """
    groups = _groups(choice, source)
    return tuple(
        source.once(("atom", expression, groups), partial(_atom, expression, groups, source))
        for expression in choice.atoms
    )


def _groups(choice: FormulaChoice, source: FrameSource) -> tuple[str, ...]:
    """Return the columns within which a predictor may be centred: those behind bars, else those that are proposed."""
    used = dict.fromkeys(part for bar in choice.bars for part in bar.group if source.column(part) is not None)
    proposed = (group.name for group in source.view.groups if group.role == "proposed")
    return tuple(used) or tuple(islice(proposed, MAX_GROUPS))


def _atom(expression: str, groups: tuple[str, ...], source: FrameSource) -> AtomView:
    found = read_transformation(expression)
    facts = None if found is None else source.facts.get(found[0])
    if found is None or facts is None:
        return AtomView(expression, "" if found is None else backticked(found[0]), ())
    column = backticked(facts.name)
    if facts.is_factor or facts.n_levels < 3:
        return AtomView(expression, column, ())
    return AtomView(expression, column, tuple(_options(facts, groups, source)))


def _options(facts: ColumnFacts, groups: tuple[str, ...], source: FrameSource) -> Iterator[TransformOption]:
    def option(label: str, *kinds: str, by: str = "", reason: str = "") -> TransformOption:
        group = "" if not by else source.column(by).name  # type: ignore[union-attr]  # `_groups` asked for it
        written = tuple(write_transformation(facts.name, Transformation(kind, group)) for kind in kinds)
        return TransformOption(label, written, not reason, reason)

    yield option("as it is", "plain")
    yield option("log", "log", reason="" if np.nanmin(facts.values) > 0 else "not all values are positive")
    yield option("centred", "center")
    yield option("scaled: centred, SD 1", "scale")
    yield option("quadratic curve", "poly2")
    yield option("cubic curve", "poly3", reason="" if facts.n_levels > 3 else "three different values only")
    if facts.kind == "whole" and facts.n_levels <= MAX_CODED_LEVELS:
        yield option("as a factor", "factor")
    for group in groups:
        slope = source.slope((backticked(facts.name),), (group,))
        reason = "" if slope.allowed else slope.reason
        yield option(f"centred within {group}", "within", by=group, reason=reason)
        yield option(f"centred within {group}, and its means", "within", "mean", by=group, reason=reason)
        yield option(f"means of {group}", "mean", by=group, reason=reason)
