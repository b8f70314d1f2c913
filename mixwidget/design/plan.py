"""A formula prepared for data: its terms expanded once, for every fit with the same formula."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from mixwidget.errors import FormulaError
from mixwidget.formula.algebra import TermSet, expand_terms
from mixwidget.formula.deparse import quote_name
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.nodes import variables_of
from mixwidget.formula.terms import Grouping, MixedFormula, RandomTerm


@dataclass(frozen=True, slots=True)
class RandomPlan:
    """One bar term of the formula: one or more grouping factors (of ``/`` with ``||``) that share their columns."""

    terms: TermSet
    groupings: tuple[Grouping, ...]
    is_correlated: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The expanded terms of a formula.

    Attributes
    ----------
    fixed : TermSet
    random : tuple of RandomPlan
    variables : tuple of str
        Every variable of fixed and random terms, in the order of writing, without the response.
    """

    fixed: TermSet
    random: tuple[RandomPlan, ...]
    variables: tuple[str, ...]


def make_plan(formula: MixedFormula, columns: tuple[str, ...]) -> Plan:
    """Expand the terms of a formula; ``.`` stands for the columns that are not otherwise in it.

    lme4 lets ``.`` stand for the grouping factors too, which makes them fixed effects besides their random
    ones and leaves nothing for the random ones; here it does not.
    """
    if "." not in variables_of(parse_expression(formula.fixed)):
        return _plan(formula, None)
    return _plan(formula, _dot(formula, columns))


@lru_cache(maxsize=512)
def _plan(formula: MixedFormula, dot: tuple[str, ...] | None) -> Plan:
    fixed = expand_terms(parse_expression(formula.fixed), formula.fixed, dot)
    random: list[RandomPlan] = []
    for _, group in groupby(formula.random, key=_shared):
        bars = list(group)
        terms = expand_terms(parse_expression(bars[0].columns), bars[0].columns)
        if any("." in term for term in terms.terms):
            raise FormulaError("'.' has no meaning inside a bar term; name the columns", formula.text, bars[0].span)
        random.append(RandomPlan(terms, tuple(bar.grouping for bar in bars), bars[0].correlated))
    variables = [label for terms in (fixed, *(plan.terms for plan in random)) for term in terms.terms for label in term]
    return Plan(fixed, tuple(random), tuple(dict.fromkeys(variables)))


def _shared(term: RandomTerm) -> tuple[object, ...]:
    """Bars that are expanded together: those of one ``||`` (their columns come before their factors in the order)."""
    return (term.span, term.columns) if not term.correlated else (term.span, term.columns, term.grouping.label)


def _dot(formula: MixedFormula, columns: tuple[str, ...]) -> tuple[str, ...]:
    texts = [formula.response, *(part for term in formula.random for part in term.grouping.parts)]
    used = {name for text in texts for name in variables_of(parse_expression(text))}
    names = [quote_name(name) for name in columns if name not in used]
    written = set(variables_of(parse_expression(formula.fixed))) - {"."}
    return tuple(name for name in names if name not in written or name in columns)
