"""What a click, or a typed formula, makes of a draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast, get_args

from mixwidget.errors import FormulaError, OptionError, nearest
from mixwidget.formula.choice import FormulaChoice, read_choice
from mixwidget.formula.moves import (
    Form,
    has_term,
    replace_atom,
    set_form,
    set_groups,
    toggle_bar_intercept,
    toggle_group,
    toggle_slope,
    toggle_term,
)
from mixwidget.formula.parse import column_named
from mixwidget.formula.transformation import log_of, read_transformation
from mixwidget.widgets.draft import Draft
from mixwidget.widgets.explore_command import ExploreCommand
from mixwidget.widgets.frame_source import FrameSource


def moved(draft: Draft, command: ExploreCommand, source: FrameSource) -> Draft:
    """Return what a command makes of a draft.

    Raises
    ------
    OptionError
        If it names a bar term, a family or a pair that is not there.
    """
    if command.action == "write":
        return _written(draft, command.value, source)
    if command.action in _SETTINGS:
        return _SETTINGS[command.action](draft, command, source)
    choice = _MOVES[command.action](draft.choice, command, source)
    return _with_response(draft, replace(draft, choice=choice, typed=None, error=None), source)


def _written(draft: Draft, text: str, source: FrameSource) -> Draft:
    try:
        choice = read_choice(text)
    except FormulaError as error:
        return replace(draft, typed=text, error=error)
    return _with_response(draft, replace(draft, choice=choice, typed=text, error=None), source)


def _with_response(old: Draft, new: Draft, source: FrameSource) -> Draft:
    """Let the family follow the response, unless it was chosen."""
    if new.choice.response == old.choice.response:
        return new
    options = source.families(new.choice.response)
    keeps = new.is_family_given and any(option.name == new.family and option.allowed for option in options)
    if keeps:
        return new
    proposed = next(option for option in options if option.is_proposed)
    weights = source.trials(new.choice.response) if proposed.name == "binomial" else ""
    return replace(new, family=proposed.name, link=proposed.link, weights=weights, is_family_given=False)


def _predictor(choice: FormulaChoice, command: ExploreCommand, source: FrameSource) -> FormulaChoice:
    """Put a column in, or take out all that is made of it alone."""
    del source
    column = column_named(command.value)
    made = [atom for atom in choice.atoms if (found := read_transformation(atom)) is not None and found[0] == column]
    for atom in made:
        choice = toggle_term(choice, (atom,)) if has_term(choice.terms, (atom,)) else choice
    return choice if made else toggle_term(choice, (command.value,))


def _transform(choice: FormulaChoice, command: ExploreCommand, source: FrameSource) -> FormulaChoice:
    del source
    first, *more = command.parts
    choice = replace_atom(choice, command.value, first)
    for other in more:
        choice = choice if has_term(choice.terms, (other,)) else toggle_term(choice, (other,))
    return choice


def _form(choice: FormulaChoice, command: ExploreCommand, source: FrameSource) -> FormulaChoice:
    _check_bar(choice, command.bar)
    bar = choice.bars[command.bar]
    offered = [term for term in choice.terms if source.slope(term, bar.group).allowed]
    if command.value not in get_args(Form):
        raise OptionError(f"{command.value!r} is no form of a bar term; {nearest(command.value, get_args(Form))}")
    return set_form(choice, command.bar, cast(Form, command.value), offered)


def _pair(choice: FormulaChoice, command: ExploreCommand, source: FrameSource) -> FormulaChoice:
    option = source.pair(*command.parts)
    picked = next((one for one in option.choices if one.name == command.value), None) if option else None
    if option is None or picked is None:
        raise OptionError(f"{' and '.join(command.parts)} have no relation {command.value!r}")
    terms = {option.groups[0]: (option.a,), option.groups[1]: (option.b,), option.groups[2]: (option.a, option.b)}
    return set_groups(choice, list(terms.values()), [terms[group] for group in picked.groups])


def _slope(choice: FormulaChoice, command: ExploreCommand, source: FrameSource) -> FormulaChoice:
    del source
    _check_bar(choice, command.bar)
    return toggle_slope(choice, command.bar, command.parts)


def _bar_intercept(choice: FormulaChoice, command: ExploreCommand, source: FrameSource) -> FormulaChoice:
    del source
    _check_bar(choice, command.bar)
    return toggle_bar_intercept(choice, command.bar)


def _check_bar(choice: FormulaChoice, at: int) -> None:
    if not 0 <= at < len(choice.bars):
        raise OptionError(f"the model has {len(choice.bars)} bar terms, no number {at + 1}")


Move = Callable[[FormulaChoice, ExploreCommand, FrameSource], FormulaChoice]
Setting = Callable[[Draft, ExploreCommand, FrameSource], Draft]


def _family(draft: Draft, command: ExploreCommand, source: FrameSource) -> Draft:
    options = source.families(draft.choice.response)
    option = next((one for one in options if one.name == command.value), None)
    if option is None:
        raise OptionError(f"{command.value!r} is no family; {nearest(command.value, [one.name for one in options])}")
    weights = source.trials(draft.choice.response) if option.name == "binomial" else ""
    return replace(draft, family=option.name, link=option.link, weights=weights, is_family_given=True)


_MOVES: dict[str, Move] = {
    "response": lambda choice, command, _: replace(choice, response=command.value),
    "log_response": lambda choice, _command, _: replace(choice, response=log_of(choice.response)),
    "predictor": _predictor,
    "transform": _transform,
    "interaction": lambda choice, command, _: toggle_term(choice, command.parts),
    "intercept": lambda choice, _command, _: replace(choice, intercept=not choice.intercept),
    "group": lambda choice, command, _: toggle_group(choice, command.parts),
    "form": _form,
    "slope": _slope,
    "bar_intercept": _bar_intercept,
    "pair": _pair,
}
_SETTINGS: dict[str, Setting] = {
    "family": _family,
    "link": lambda draft, command, _: replace(draft, link=command.value, is_family_given=True),
    "weights": lambda draft, command, _: replace(draft, weights=command.value),
    "criterion": lambda draft, command, _: replace(draft, reml=command.value == "REML"),
}
