"""A formula text to its response, fixed and random terms."""

from __future__ import annotations

from functools import lru_cache

from mixwidget.errors import FormulaError
from mixwidget.formula.algebra import expand_terms
from mixwidget.formula.bars import call_of_bar, random_terms, split_bars
from mixwidget.formula.deparse import deparse
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.nodes import Constant, FunctionCall, Name, Node, Number, String, unwrap, variables_of
from mixwidget.formula.terms import MixedFormula
from mixwidget.formula.tokens import tokenize


def parse_formula(text: str, *, double_bar: str = "zero") -> MixedFormula:
    """Read a mixed-model formula, as ``lme4::lFormula`` does.

    Parameters
    ----------
    text : str
        For example ``"Reaction ~ Days + (Days | Subject)"``; line ends and ``# comments`` are allowed.
    double_bar : {"zero", "lme4"}
        What ``||`` means for a factor, see `mixwidget.Control`.

    Returns
    -------
    MixedFormula

    Raises
    ------
    FormulaError
        With a caret under the offending characters.

    Examples
    --------
    >>> formula = parse_formula("y ~ x + (x || g/h)")
    >>> formula.response, formula.fixed, [term.grouping.label for term in formula.random]
    ('y', 'x', ['h:g', 'g'])
    """
    if not isinstance(text, str):
        raise FormulaError(f"a formula must be text, not {type(text).__name__}")
    return _parse(text, double_bar)


def column_named(label: str) -> str | None:
    """Return the column of the data that a label stands for, None where it is an expression.

    Examples
    --------
    >>> column_named("`my column`"), column_named("log(x)"), column_named("poly(x, 2)1")
    ('my column', None, None)
    """
    try:
        tree = parse_expression(label)
    except FormulaError:
        return None
    return tree.name if isinstance(tree, Name) else None


@lru_cache(maxsize=512)
def _parse(text: str, double_bar: str) -> MixedFormula:
    response, right = _sides(parse_expression(text), text)
    split = split_bars(right, text)
    if not split.bars:
        raise _no_random_term(right, text)
    if split.fixed is not None:
        _check_fixed(split.fixed, response, text)
    _check_groupings(split.bars, response, text)
    terms = tuple(term for bar in split.bars for term in random_terms(bar, text, double_bar))
    return MixedFormula(text, deparse(response), "1" if split.fixed is None else deparse(split.fixed), terms)


def _sides(tree: Node, text: str) -> tuple[Node, Node]:
    if not isinstance(tree, FunctionCall) or tree.function != "~":
        raise FormulaError(f"{_why_no_tilde(tree)}, for example y ~ x + (1 | g)", text, (0, len(text)))
    if len(tree.arguments) == 1:
        message = "the formula has no response; write its name before '~'"
        raise FormulaError(message, text, (tree.span[0], tree.span[0] + 1))
    response, right = tree.operands
    tildes = [token.span for token in tokenize(text) if token.kind == "operator" and token.value == "~"]
    if len(tildes) > 1:
        raise FormulaError("a formula has one '~' only", text, tildes[1])
    if isinstance(unwrap(response), Number | String | Constant):
        raise FormulaError("the response must be a column or an expression of columns", text, response.span)
    return response, right


def _why_no_tilde(tree: Node) -> str:
    if isinstance(tree, String) and "~" in tree.value:
        return "the formula stands in quotes of its own; write it without them"
    if isinstance(tree, FunctionCall) and any(isinstance(x, FunctionCall) and x.function == "~" for x in tree.operands):
        if tree.function == "(":
            return "the formula stands in brackets of its own; write it without them"
        return f"'{tree.function}()' is not part of a formula; write what is inside its brackets alone"
    return "the formula has no '~'; write response ~ terms"


def _no_random_term(right: Node, text: str) -> FormulaError:
    call = call_of_bar(right)
    if call is not None:
        message = f"'{deparse(call)}' reads as a call of a function '{call.function}'; write '+' before the bracket"
        return FormulaError(message, text, call.span)
    message = "the formula has no random term; add one such as (1 | g), or use a model without random effects"
    return FormulaError(message, text, right.span)


def _check_fixed(fixed: Node, response: Node, text: str) -> None:
    terms = expand_terms(fixed, text)
    label = deparse(response)
    if any(label in term for term in terms.terms):
        message = f"the response '{label}' also stands among the terms; take it out of the right side"
        raise FormulaError(message, text, fixed.span)


def _check_groupings(bars: tuple[FunctionCall, ...], response: Node, text: str) -> None:
    names = variables_of(response)
    for bar in bars:
        shared = [name for name in variables_of(bar.operands[1]) if name in names]
        if shared:
            message = f"the grouping factor '{shared[0]}' is the response; name another column after the bar"
            raise FormulaError(message, text, bar.operands[1].span)
