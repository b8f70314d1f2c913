"""The choices that one click of the structure picker leads to, as core/choice.ts makes them in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mixwidget.views.factor_pairs import PairOption
from mixwidget.views.structure import FactorOption, StructureView
from mixwidget.widgets.choice import Choice, Form, GroupChoice

WITH_SLOPES = ("full", "diagonal")


def clicks(choice: Choice, structure: StructureView) -> Iterator[Choice]:
    """Yield what each control of the picker makes of a choice, those first that a lesson is about.

    Random terms of factors that are in the model come first, then REML or ML, fixed terms that are in the model,
    pairs, and last what would come into it. Choices that are no mixed model are left out.

    Parameters
    ----------
    choice : Choice
        What is switched on.
    structure : StructureView
        What the data allow.
    """
    on = {group.group for group in choice.groups if group.form != "off"}
    own = [factor for factor in structure.factors if factor.name in on]
    yield from _valid(_of_factors(choice, own))
    if structure.has_reml:
        yield replace(choice, reml=not choice.reml)
    fixed = [option.name for option in structure.fixed if option.allowed and not {*option.within} & {*choice.fixed}]
    yield from (_with_fixed(choice, structure, name) for name in fixed if name in choice.fixed)
    for pair in structure.pairs:
        yield from _valid(_of_pair(choice, pair))
    yield from (_with_fixed(choice, structure, name) for name in fixed if name not in choice.fixed)
    others = [factor for factor in structure.factors if factor.allowed and factor.name not in on]
    yield from _valid(_of_factors(choice, others))


def _valid(choices: Iterator[Choice]) -> Iterator[Choice]:
    return (choice for choice in choices if any(group.form != "off" for group in choice.groups))


def _of_factors(choice: Choice, factors: list[FactorOption]) -> Iterator[Choice]:
    for factor in factors:
        group = next(group for group in choice.groups if group.group == factor.name)
        offered = _offered(choice, group, factor)
        forms: list[Form] = [*(("full", "diagonal") if offered else ()), "intercept", "off"]
        if factor.written:
            forms.append("written")
        changed = [_with_form(group, form, offered) for form in forms]
        changed += [_without_intercept(group), *(_with_slope(group, factor, slope) for slope in offered)]
        yield from (_with_group(choice, new) for new in changed if new != group)


def _offered(choice: Choice, group: GroupChoice, factor: FactorOption) -> list[str]:
    """Return slopes that are allowed: of terms in the fixed part, and those in use."""
    known = {*choice.fixed, *group.slopes}
    return [slope.name for slope in factor.slopes if slope.allowed and slope.name in known]


def _with_form(group: GroupChoice, form: Form, offered: list[str]) -> GroupChoice:
    slopes = group.slopes
    if form in WITH_SLOPES:
        slopes = tuple(slope for slope in slopes if slope in offered) or tuple(offered)
    return replace(group, form=form, slopes=slopes, intercept=group.intercept or form == "intercept" or not slopes)


def _without_intercept(group: GroupChoice) -> GroupChoice:
    if group.form == "off":
        return replace(group, form="intercept", intercept=True)
    if group.form == "intercept":
        return replace(group, form="off")
    return replace(group, intercept=not group.intercept)


def _with_slope(group: GroupChoice, factor: FactorOption, slope: str) -> GroupChoice:
    now = group.slopes if group.form in WITH_SLOPES else ()
    slopes = tuple(other.name for other in factor.slopes if (other.name in now) != (other.name == slope))
    if not slopes:
        return replace(group, form="intercept" if group.intercept else "off", slopes=())
    return replace(group, form=group.form if group.form in WITH_SLOPES else "full", slopes=slopes)


def _with_fixed(choice: Choice, structure: StructureView, name: str) -> Choice:
    """Switch a fixed term; one that comes in brings the terms that it contains."""
    if name in choice.fixed:
        on = set(choice.fixed) - {name}
    else:
        on = {*choice.fixed, name, *(option.name for option in structure.fixed if name in option.within)}
    return replace(choice, fixed=tuple(option.name for option in structure.fixed if option.name in on))


def _of_pair(choice: Choice, pair: PairOption) -> Iterator[Choice]:
    for relation in pair.choices:
        if relation.allowed:
            groups = tuple(_in_pair(group, pair, relation.groups) for group in choice.groups)
            if groups != choice.groups:
                yield replace(choice, groups=groups)


def _in_pair(group: GroupChoice, pair: PairOption, wanted: tuple[str, ...]) -> GroupChoice:
    if group.group not in pair.groups:
        return group
    if group.group not in wanted:
        return replace(group, form="off")
    return group if group.form != "off" else replace(group, form="intercept", intercept=True)


def _with_group(choice: Choice, new: GroupChoice) -> Choice:
    return replace(choice, groups=tuple(new if group.group == new.group else group for group in choice.groups))
