"""What a click makes of the choices of a formula: pure functions, the old choices stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Literal

from mixwidget.formula.choice import BarChoice, FormulaChoice, Term

Form = Literal["full", "diagonal", "intercept"]


def toggle_term(choice: FormulaChoice, term: Term) -> FormulaChoice:
    """Put a fixed term in with all that it contains, or take it out with all that contains it, slopes too.

    Examples
    --------
    >>> toggle_term(FormulaChoice("y"), ("a", "b")).terms
    (('a',), ('b',), ('a', 'b'))
    """
    if has_term(choice.terms, term):
        gone = [other for other in choice.terms if set(term) <= set(other)]
        bars = tuple(_without_slopes(bar, gone) for bar in choice.bars)
        return replace(choice, terms=_less(choice.terms, gone), bars=bars)
    parts = [part for size in range(1, len(term) + 1) for part in combinations(term, size)]
    new = [part for part in parts if not has_term(choice.terms, part)]
    return replace(choice, terms=tuple(sorted([*choice.terms, *new], key=len)))


def replace_atom(choice: FormulaChoice, old: str, new: str) -> FormulaChoice:
    """Put another expression in the place of a variable, in all terms and slopes.

    Examples
    --------
    >>> replace_atom(toggle_term(FormulaChoice("y"), ("a", "b")), "a", "log(a)").terms
    (('log(a)',), ('b',), ('log(a)', 'b'))
    """
    bars = tuple(replace(bar, slopes=_renamed(bar.slopes, old, new)) for bar in choice.bars)
    return replace(choice, terms=_renamed(choice.terms, old, new), bars=bars)


def toggle_group(choice: FormulaChoice, group: Term) -> FormulaChoice:
    """Put a grouping factor in with an intercept, or take all its bar terms out."""
    kept = tuple(bar for bar in choice.bars if set(bar.group) != set(group))
    added = (BarChoice(group),) if len(kept) == len(choice.bars) else ()
    return replace(choice, bars=(*kept, *added))


def set_groups(choice: FormulaChoice, of: Sequence[Term], wanted: Sequence[Term]) -> FormulaChoice:
    """Leave of some grouping factors those that are wanted; what is new comes with an intercept."""
    change = choice
    for group in of:
        is_on = any(set(bar.group) == set(group) for bar in change.bars)
        if is_on != any(set(group) == set(one) for one in wanted):
            change = toggle_group(change, group)
    return change


def set_form(choice: FormulaChoice, at: int, form: Form, offered: Sequence[Term]) -> FormulaChoice:
    """Give a bar term another form; one with slopes takes all that are offered if it has none."""

    def changed(bar: BarChoice) -> BarChoice:
        if form == "intercept":
            return replace(bar, intercept=True, slopes=(), is_correlated=True)
        return replace(bar, is_correlated=form == "full", slopes=bar.slopes or tuple(offered))

    return _with_bar(choice, at, changed)


def toggle_slope(choice: FormulaChoice, at: int, term: Term) -> FormulaChoice:
    """Let a term vary by a grouping factor, or no more; the intercept comes back when nothing is left."""

    def changed(bar: BarChoice) -> BarChoice:
        if has_term(bar.slopes, term):
            slopes = _less(bar.slopes, [term])
        else:
            slopes = tuple(one for one in choice.terms if has_term(bar.slopes, one) or set(one) == set(term))
        return replace(bar, slopes=slopes, intercept=bar.intercept or not slopes)

    return _with_bar(choice, at, changed)


def toggle_bar_intercept(choice: FormulaChoice, at: int) -> FormulaChoice:
    """Switch the intercept of a bar term that has slopes; one without keeps it."""
    return _with_bar(choice, at, lambda bar: replace(bar, intercept=not bar.intercept or not bar.slopes))


def has_term(terms: Sequence[Term], term: Term) -> bool:
    """Return whether a term is among others, its variables in whatever order."""
    return any(set(one) == set(term) for one in terms)


def _with_bar(choice: FormulaChoice, at: int, change: Callable[[BarChoice], BarChoice]) -> FormulaChoice:
    bars = tuple(change(bar) if i == at else bar for i, bar in enumerate(choice.bars))
    return replace(choice, bars=bars)


def _without_slopes(bar: BarChoice, gone: Sequence[Term]) -> BarChoice:
    slopes = _less(bar.slopes, gone)
    is_empty = not slopes and not bar.intercept
    return replace(bar, slopes=slopes, intercept=bar.intercept or is_empty)


def _less(terms: Sequence[Term], gone: Sequence[Term]) -> tuple[Term, ...]:
    return tuple(term for term in terms if not has_term(gone, term))


def _renamed(terms: Sequence[Term], old: str, new: str) -> tuple[Term, ...]:
    renamed = (tuple(dict.fromkeys(new if atom == old else atom for atom in term)) for term in terms)
    return tuple(dict.fromkeys(renamed))
