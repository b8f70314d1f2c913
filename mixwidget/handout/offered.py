"""What the picker of a handout offers: of what the data allow, what the file holds; the rest says that it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mixwidget.views.factor_pairs import PairOption
from mixwidget.views.structure import FactorOption, FixedOption, SlopeOption, StructureView
from mixwidget.widgets.choice import Choice, GroupChoice

NOT_HERE = "not in this file"
WITH_SLOPES = ("full", "diagonal")


def offered(structure: StructureView, choices: Sequence[Choice]) -> StructureView:
    """Return a structure without the controls that lead to none of the choices.

    Parameters
    ----------
    structure : StructureView
        What the data allow.
    choices : sequence of Choice
        What the file holds.
    """
    on = {group.group for choice in choices for group in _on(choice)}
    pairs = tuple(found for pair in structure.pairs if (found := _pair(pair, choices)) is not None)
    factors = tuple(_factor(factor, choices) for factor in structure.factors if factor.name in on)
    return replace(
        structure,
        has_reml=structure.has_reml and len({choice.reml for choice in choices}) > 1,
        fixed=tuple(found for option in structure.fixed if (found := _fixed(option, choices)) is not None),
        factors=factors,
        pairs=pairs,
    )


def _on(choice: Choice) -> list[GroupChoice]:
    return [group for group in choice.groups if group.form != "off"]


def _fixed(option: FixedOption, choices: Sequence[Choice]) -> FixedOption | None:
    n_with = sum(option.name in choice.fixed for choice in choices)
    if n_with == 0:
        return None
    if n_with == len(choices) and option.allowed:
        return replace(option, allowed=False, reason=f"a model without it is {NOT_HERE}")
    return option


def _factor(factor: FactorOption, choices: Sequence[Choice]) -> FactorOption:
    used = {
        slope for choice in choices for group in _on(choice) if group.group == factor.name for slope in _used(group)
    }
    return replace(factor, slopes=tuple(_slope(slope, used) for slope in factor.slopes))


def _used(group: GroupChoice) -> tuple[str, ...]:
    return group.slopes if group.form in WITH_SLOPES else ()


def _slope(slope: SlopeOption, used: set[str]) -> SlopeOption:
    return slope if slope.name in used or not slope.allowed else replace(slope, allowed=False, reason=NOT_HERE)


def _pair(pair: PairOption, choices: Sequence[Choice]) -> PairOption | None:
    """Return a pair with the relations that the file holds; None where there is nothing to choose."""
    held = {frozenset(group.group for group in _on(choice) if group.group in pair.groups) for choice in choices}
    relations = tuple(
        relation
        if not relation.allowed or frozenset(relation.groups) in held
        # of what the data do allow
        else replace(relation, allowed=False, reason=NOT_HERE)
        for relation in pair.choices
    )
    return replace(pair, choices=relations) if sum(relation.allowed for relation in relations) > 1 else None
