"""A draft as the browser draws it: what is switched on, what can be switched, and what the clicks cannot say."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from mixwidget.errors import FormulaError
from mixwidget.family.read_family import ALLOWED_LINKS
from mixwidget.formula.choice import BarChoice, FormulaChoice
from mixwidget.formula.moves import Form, has_term
from mixwidget.views.factor_pairs import PairOption
from mixwidget.views.response_family import FamilyOption
from mixwidget.views.view import View
from mixwidget.widgets.atom_view import AtomView, atom_views
from mixwidget.widgets.draft import Draft
from mixwidget.widgets.draft_notes import draft_notes
from mixwidget.widgets.frame_source import FrameSource
from mixwidget.widgets.snippets import Snippet, linear_call, named_family_call, snippets

MAX_CROSSED = 6  # variables whose interactions are offered; more pairs than 15 are no choice by clicks
MAX_PAIRED = 4  # grouping factors whose relations are offered


@dataclass(frozen=True, slots=True)
class TermOption(View):
    """A term that can be switched.

    Attributes
    ----------
    parts : tuple of str
        Its variables.
    reason : str
        Why it cannot be switched on, or in how many levels it varies.
    """

    parts: tuple[str, ...]
    is_on: bool
    allowed: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BarView(View):
    """A bar term.

    Attributes
    ----------
    n_levels : int or None
        None where its grouping factor is no column or combination of columns.
    form : str
    """

    label: str
    n_levels: int | None
    form: Form
    intercept: bool
    slopes: tuple[TermOption, ...]


@dataclass(frozen=True, slots=True)
class PairNow(View):
    """Two grouping factors of the model, and the name of the relation that they have in it."""

    option: PairOption
    now: str


@dataclass(frozen=True, slots=True)
class Flaw(View):
    """Why a formula cannot be fitted; the place of it in the text, or 0 and 0."""

    message: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DraftView(View):
    """The model as it is chosen.

    Attributes
    ----------
    request : int
        The number of the last command that this answers.
    is_typed : bool
        Whether the formula stands as somebody typed it.
    can_log : bool
        Whether the logarithm of the response is on offer.
    groups : tuple of str
        The columns that stand behind bars.
    family, link, weights : str
        Of a generalized model; ``"gaussian"`` with ``"identity"`` is a linear one.
    flaw : Flaw or None
        What keeps it from being fitted.
    notes : tuple of str
        What the clicks cannot say.
    """

    request: int
    formula: str
    is_typed: bool
    response: str
    can_log: bool
    intercept: bool
    atoms: tuple[AtomView, ...]
    interactions: tuple[TermOption, ...]
    groups: tuple[str, ...]
    bars: tuple[BarView, ...]
    pairs: tuple[PairNow, ...]
    families: tuple[FamilyOption, ...]
    family: str
    link: str
    links: tuple[str, ...]
    weights: str
    reml: bool
    flaw: Flaw | None
    notes: tuple[str, ...]
    snippets: tuple[Snippet, ...]


def draft_view(draft: Draft, source: FrameSource, request: int) -> DraftView:
    """Return a draft for the browser.

    Parameters
    ----------
    draft : Draft
    source : FrameSource
    request : int
        The number of the command that led to it.
    """
    choice, problem = draft.choice, draft.problem
    groups = tuple(dict.fromkeys(part for bar in choice.bars for part in bar.group))
    return DraftView(
        request,
        draft.formula,
        draft.typed is not None,
        choice.response,
        _can_log(choice.response, source),
        choice.intercept,
        atom_views(choice, source),
        _interactions(choice),
        groups,
        tuple(_bar(choice, bar, source) for bar in choice.bars),
        _pairs(choice, groups, source),
        source.families(choice.response),
        draft.family,
        draft.link,
        ALLOWED_LINKS[draft.family],
        draft.weights,
        draft.reml,
        None if problem is None else _flaw(problem),
        draft_notes(choice, source),
        () if problem is not None else _snippets(draft, source),
    )


def _can_log(response: str, source: FrameSource) -> bool:
    column = source.column(response)
    if column is None or column.is_factor or column.n_levels <= 2:
        return response.startswith("log(")
    return source.once(("log", response), lambda: bool((column.values > 0).all()))


def _interactions(choice: FormulaChoice) -> tuple[TermOption, ...]:
    """Return the pairs of variables, the triples whose pairs are in, and what is in beside them."""
    atoms = choice.atoms[:MAX_CROSSED]
    pairs = list(combinations(atoms, 2))
    triples = [
        three for three in combinations(atoms, 3) if all(has_term(choice.terms, two) for two in combinations(three, 2))
    ]
    offered = [*pairs, *triples]
    more = [term for term in choice.terms if len(term) > 1 and not has_term(offered, term)]
    return tuple(TermOption(term, has_term(choice.terms, term)) for term in (*offered, *more))


def _bar(choice: FormulaChoice, bar: BarChoice, source: FrameSource) -> BarView:
    n_levels = source.n_levels(bar.group)
    form: Form = "intercept" if not bar.slopes else "full" if bar.is_correlated else "diagonal"
    more = [term for term in bar.slopes if not has_term(choice.terms, term)]
    slopes = tuple(_slope(term, bar, source) for term in (*choice.terms, *more))
    return BarView(bar.label, n_levels, form, bar.intercept, slopes)


def _slope(term: tuple[str, ...], bar: BarChoice, source: FrameSource) -> TermOption:
    option = source.slope(term, bar.group)
    return TermOption(term, has_term(bar.slopes, term), option.allowed, option.reason)


def _pairs(choice: FormulaChoice, groups: tuple[str, ...], source: FrameSource) -> tuple[PairNow, ...]:
    options = [source.pair(*pair) for pair in combinations(groups[:MAX_PAIRED], 2)]
    return tuple(PairNow(option, _relation(choice, option)) for option in options if option is not None)


def _relation(choice: FormulaChoice, option: PairOption) -> str:
    """Return the name of the relation that a pair has in the model, empty where none of those on offer says it."""
    terms = {option.groups[0]: {option.a}, option.groups[1]: {option.b}, option.groups[2]: {option.a, option.b}}
    is_on = {group for group, parts in terms.items() if any(set(bar.group) == parts for bar in choice.bars)}
    return next((one.name for one in option.choices if set(one.groups) == is_on), "")


def _flaw(error: FormulaError) -> Flaw:
    start, end = error.span or (0, 0)
    return Flaw(error.message, start, end)


def _snippets(draft: Draft, source: FrameSource) -> tuple[Snippet, ...]:
    is_linear = draft.request.is_linear
    call = linear_call(reml=draft.reml) if is_linear else named_family_call(draft.family, draft.link)
    options = {"weights": draft.weights} if draft.weights else {}
    return snippets(draft.formula, call, data=source.view.name, options=options)
