"""A formula as choices: response, fixed terms, bar terms; read from a text, and written as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from mixwidget.errors import FormulaError
from mixwidget.formula.algebra import TermSet, expand_terms
from mixwidget.formula.bars import split_bars
from mixwidget.formula.deparse import deparse
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.grouping import expand_grouping
from mixwidget.formula.nodes import FunctionCall, Node, unwrap
from mixwidget.formula.parse import parse_formula

Term = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BarChoice:
    """One bar term.

    Attributes
    ----------
    group : tuple of str
        The expressions whose combinations are the levels.
    is_correlated : bool
        ``|``, or ``||`` where it is false.
    slopes : tuple of tuple of str
        The terms that vary by group, each as its variables.
    """

    group: Term
    is_correlated: bool = True
    intercept: bool = True
    slopes: tuple[Term, ...] = ()

    @property
    def label(self) -> str:
        """The grouping factor, ``"cask:batch"``."""
        return ":".join(self.group)


@dataclass(frozen=True, slots=True)
class FormulaChoice:
    """What a formula says, each piece of it a choice; what is still to be chosen is empty.

    Attributes
    ----------
    response : str
        An expression, ``"log(y)"``.
    terms : tuple of tuple of str
        The fixed terms, each as its variables; an interaction has several.
    offsets : tuple of str
        The arguments of ``offset()``.
    """

    response: str = ""
    intercept: bool = True
    terms: tuple[Term, ...] = ()
    offsets: tuple[str, ...] = ()
    bars: tuple[BarChoice, ...] = ()

    @property
    def atoms(self) -> tuple[str, ...]:
        """The variables of the fixed terms, each once, in the order of writing."""
        return tuple(dict.fromkeys(atom for term in self.terms for atom in term))


def read_choice(text: str) -> FormulaChoice:
    """Read a formula, which need not be complete, as choices.

    Raises
    ------
    FormulaError
        Where it cannot be read.

    Examples
    --------
    >>> choice = read_choice("y ~ a * b + (a || g/h)")
    >>> choice.response, choice.terms, [bar.label for bar in choice.bars]
    ('y', (('a',), ('b',), ('a', 'b')), ['h:g', 'g'])
    >>> read_choice("~ a").response
    ''
    """
    if not text.strip():
        return FormulaChoice()
    tree = parse_expression(text)
    if not _is_formula(tree) or any(map(_is_formula, tree.operands)):  # type: ignore[union-attr]
        parse_formula(text)  # says what is wrong with it
    response, right = tree.operands if len(tree.operands) == 2 else (None, tree.operands[0])  # type: ignore[union-attr]
    split = split_bars(right, text)
    fixed = TermSet(True, (), ()) if split.fixed is None else expand_terms(split.fixed, text)
    bars = tuple(bar for node in split.bars for bar in _bars(node, text))
    written = "" if response is None else deparse(response)
    return FormulaChoice(written, fixed.intercept, fixed.terms, fixed.offsets, bars)


def why_incomplete(text: str) -> FormulaError | None:
    """Return what keeps a text from being the formula of a mixed model, None if nothing does.

    Examples
    --------
    >>> print(why_incomplete("y ~ x"))
    the formula has no random term; add one such as (1 | g), or use a model without random effects
      y ~ x
          ^
    """
    try:
        parse_formula(text)
    except FormulaError as error:
        return error
    return None


def write_choice(choice: FormulaChoice) -> str:
    """Return the formula of choices, with R's spacing; products stand for terms and their interaction.

    Examples
    --------
    >>> write_choice(read_choice("y ~ a + b + a:b + (1 | g) + (1 | h:g)"))
    'y ~ a * b + (1 | g/h)'
    """
    offsets = [f"offset({expression})" for expression in choice.offsets]
    bars = [_bar_text(bar, label) for bar, label in _nested(choice.bars)]
    fixed = _sum_text(choice.terms, intercept=choice.intercept)
    right = " + ".join([*([] if fixed == "1" and offsets else [fixed]), *offsets, *bars])
    if not choice.response and right == "1":
        return ""
    return f"{choice.response} ~ {right}".strip()


def _is_formula(node: Node) -> bool:
    return isinstance(node, FunctionCall) and node.function == "~"


def _bars(node: FunctionCall, text: str) -> list[BarChoice]:
    left, right = node.operands
    terms = expand_terms(left, text)
    shape = BarChoice((), node.function == "|" or not terms.terms, terms.intercept, terms.terms)
    return [replace(shape, group=grouping.parts) for grouping in expand_grouping(unwrap(right), text)]


def _sum_text(terms: Sequence[Term], *, intercept: bool) -> str:
    """Return a sum of terms, those of a full product as the product."""
    known = {frozenset(term) for term in terms}
    products = [term for term in terms if len(term) > 1 and _parts(term) <= known]
    widest = [term for term in products if not any(set(term) < set(other) for other in products)]
    pieces: dict[str, None] = {} if intercept else {"0": None}
    for term in terms:
        within = [product for product in widest if set(term) <= set(product)]
        pieces |= dict.fromkeys([" * ".join(product) for product in within] or [":".join(term)])
    return " + ".join(pieces) or "1"


def _parts(term: Term) -> set[frozenset[str]]:
    return {frozenset(part) for size in range(1, len(term)) for part in combinations(term, size)}


def _bar_text(bar: BarChoice, label: str) -> str:
    is_diagonal = not bar.is_correlated and bool(bar.slopes)
    return f"({_sum_text(bar.slopes, intercept=bar.intercept)} {'||' if is_diagonal else '|'} {label})"


def _nested(bars: Iterable[BarChoice]) -> list[tuple[BarChoice, str]]:
    """Return the bar terms with what stands behind their bars; ``g`` and ``h:g`` of one shape are ``g/h``."""
    left = list(bars)
    alone = {bar.group for bar in left if len(bar.group) == 1}
    labelled: list[tuple[BarChoice, str]] = []
    while left:
        bar = min(left, key=lambda one: len(one.group))
        bar = next(one for one in left if len(one.group) == len(bar.group))
        left.remove(bar)
        label = bar.label
        outer = bar
        while (found := next((one for one in left if _is_within(one, outer, alone)), None)) is not None:
            label += f"/{(set(found.group) - set(outer.group)).pop()}"
            left.remove(found)
            outer = found
        labelled.append((bar, label))
    order = [bar.group for bar in bars]
    return sorted(labelled, key=lambda pair: order.index(pair[0].group))


def _is_within(bar: BarChoice, outer: BarChoice, alone: set[Term]) -> bool:
    more = set(bar.group) - set(outer.group)
    is_one_more = len(bar.group) == len(outer.group) + 1 and set(outer.group) < set(bar.group)
    return is_one_more and tuple(more) not in alone and replace(bar, group=()) == replace(outer, group=())
