"""What R needs to be told to fit the same model: its formula, its contrasts, and which columns are factors.

R reads a formula as this package does but for three things: it keeps the columns of a factor in ``(f || g)``
correlated, it has no ``(1 | a * b)``, and ``.`` stands for the grouping factors too. And a data frame in R does not
know the order of levels that a categorical has here.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from mixwidget.design.design import Design
from mixwidget.dialect.contrasts import coding_of, own_coding
from mixwidget.dialect.values import Coding, Factor, is_number
from mixwidget.errors import FormulaError, OptionError
from mixwidget.fit.bars import bar_columns, bars_of
from mixwidget.fit.call import Call
from mixwidget.fit.data_frame import has_column, logical_columns
from mixwidget.fit.fit import Fit
from mixwidget.fit.r_call import r_call
from mixwidget.fit.recipe_layout import matrices_of
from mixwidget.fit.row_summaries import facts_of
from mixwidget.formula.deparse import number_text, quote_name
from mixwidget.formula.grammar import parse_expression
from mixwidget.formula.nodes import Name, variables_of
from mixwidget.formula.terms import RandomTerm

OWN_FUNCTIONS = {  # of our formula language, and what they are in R
    "center": "center <- function(x) scale(x, scale = FALSE)",
    "column": "column <- function(m, k) m[, k]",
}


def r_arguments(fit: Fit) -> dict[str, Any]:
    """Return the arguments of a fit as texts that R understands, see `mixwidget.report.r_code.r_code`.

    Raises
    ------
    OptionError
        If weights, offset or subset were given as values, which have no name in R, or a subset is no R expression.
    """
    call, design = fit.call, fit.design
    texts = {name: _expression(fit, name) for name in ("weights", "offset", "subset")}
    written = r_formula(design) or design.formula.text
    used = {name for text in (written, *filter(None, texts.values())) for name in _called(text)}
    function = r_call(fit)
    return {
        "formula": written,
        "data": call.data,
        "function": function.name,
        "arguments": function.arguments,
        "remark": "; ".join(filter(None, (function.remark, _engine_remark(fit)))),
        "contrasts": _contrasts(call, design),
        "columns": _columns_made(fit, tuple(filter(None, texts.values()))),
        "before": [code for name, code in OWN_FUNCTIONS.items() if name in used],
        "packages": [*function.packages, *(["splines"] if used & {"ns", "bs"} else [])],
        **texts,
    }


def _engine_remark(fit: Fit) -> str:
    """Say that sums were formed where R cannot; empty where they were formed here."""
    facts = facts_of(fit)
    if facts is None or facts.engine is None:
        return ""
    return f"mixwidget had the sums formed in {facts.engine}; R needs the rows in a data frame"


def matrix_code(coding: Coding, n_levels: int) -> str:
    """Return contrasts as R's ``matrix(...)``, one row for each level.

    Examples
    --------
    >>> matrix_code(Coding(("1",), np.array([[-1.0], [0.5], [0.5]])), 3)
    'matrix(c(-1, 0.5, 0.5), 3, dimnames = list(NULL, c("1")))'
    """
    matrix = np.eye(n_levels)[:, list(coding.positions)] if coding.matrix is None else coding.matrix
    numbers = ", ".join(_number(value) for value in matrix.ravel(order="F").tolist())
    return f"matrix(c({numbers}), {n_levels}, dimnames = list(NULL, {_texts(coding.names)}))"


def _number(value: float) -> str:
    text = number_text(value)
    return text if float(text) == value else repr(value)


def _expression(fit: Fit, name: str) -> str | None:
    given = fit.call.options.get(name)
    if given is None:
        return None
    if not isinstance(given, str):
        raise OptionError(f"to_r: {name} was given as values; name a column, so that R finds it too")
    if has_column(fit, given):
        return quote_name(given)
    try:
        parse_expression(given)
    except FormulaError:
        raise OptionError(f"to_r: {name} {given!r} is no expression of R; write it as in a formula") from None
    return given


def r_formula(design: Design) -> str | None:
    """Return the formula with its terms written out, where R would read it in another way; else None."""
    formula = design.formula
    has_dot = "." in variables_of(parse_expression(formula.fixed))
    bars = bars_of(design)
    if not has_dot and not any(_is_read_otherwise(design, position, bar) for position, bar in bars):
        return None
    fixed = _terms(design) if has_dot else formula.fixed
    texts = [
        f"({bar_columns(design.recipe, design.recipe.random[i])} | {_group(bar.grouping.parts)})" for i, bar in bars
    ]
    return f"{formula.response} ~ {' + '.join([fixed, *texts])}"


def _group(parts: tuple[str, ...]) -> str:
    return ":".join(f"`{part}`" if _is_expression(part) else part for part in parts)


def _is_expression(text: str) -> bool:
    return not isinstance(parse_expression(text), Name)


def _is_read_otherwise(design: Design, position: int, bar: RandomTerm) -> bool:
    """Return whether R splits ``||`` by variables that have several columns here, or cannot read the groups."""
    labels = {part.label for column in design.recipe.random[position] for part in column.parts}
    written = design.formula.text[slice(*bar.span)]
    has_several = bool(labels & (design.recipe.factors.keys() | matrices_of(design.recipe).keys()))
    return (
        ("||" in written and has_several)
        or any(map(_is_expression, bar.grouping.parts))
        or "*" in written.rpartition("|")[2]
    )


def _terms(design: Design) -> str:
    labels = [label for label, _ in design.x_assign]
    intercept = "1" if "(Intercept)" in labels else "0"
    offsets = [f"offset({text})" for text in design.recipe.offsets if f"offset({text})" in design.formula.fixed]
    return " + ".join([intercept, *(label for label in labels if label != "(Intercept)"), *offsets])


def _contrasts(call: Call, design: Design) -> dict[str, str]:
    given = call.options.get("contrasts") or {}
    return {label: _contrast_code(value, design.recipe.factors[label], label) for label, value in given.items()}


def _contrast_code(value: Any, factor: Factor, label: str) -> str:
    if isinstance(value, str):
        return json.dumps("contr." + value.removeprefix("contr."))
    return matrix_code(coding_of(value, factor.levels, label), len(factor.levels))


def _columns_made(fit: Fit, texts: tuple[str, ...]) -> dict[str, tuple[str, str | None]]:
    """Return for each column that R would take for something else, or lacks, how it is made, and its contrasts."""
    design = fit.design
    return _logicals(fit, texts) | _factors(design) | _response(design) | _groups(design)


def _logicals(fit: Fit, texts: tuple[str, ...]) -> dict[str, tuple[str, str | None]]:
    """Files have ``True`` where R writes ``TRUE``."""
    design, formula = fit.design, fit.design.formula
    texts = (
        *texts,
        formula.response,
        *design.recipe.factors,
        *(label for label, _ in design.x_assign),
        *_random(design),
    )
    names = {name for text in texts if text != "(Intercept)" for name in variables_of(parse_expression(text))}
    logical = [name for name in logical_columns(fit) if name in names]
    return dict.fromkeys(logical, ("as.logical({column})", None))


def _random(design: Design) -> list[str]:
    return [part.label for term in design.recipe.random for column in term for part in column.parts]


def _factors(design: Design) -> dict[str, tuple[str, str | None]]:
    labels = {label: parse_expression(label) for label in design.recipe.factors}
    used = {name for tree in labels.values() for name in variables_of(tree)}
    inside = {name for tree in labels.values() if not isinstance(tree, Name) for name in variables_of(tree)}
    found: dict[str, tuple[str, str | None]] = {}
    for name, factor in design.recipe.columns.items():
        if name in used and not factor.is_logical and (name in inside or _is_unlike_text(factor)):
            ordered = ", ordered = TRUE" if factor.is_ordered else ""
            code = None if factor.coding is None else matrix_code(own_coding(name, factor), len(factor.levels))
            found[name] = (f"factor({{column}}, levels = {_texts(factor.levels)}{ordered})", code)
    return found


def _response(design: Design) -> dict[str, tuple[str, str | None]]:
    """Return a response of two levels that are texts as a factor: R takes no texts."""
    labels, tree = design.response, parse_expression(design.formula.response)
    pair = (labels.failure, labels.success)
    if labels.kind != "binary" or pair in (("0", "1"), ("FALSE", "TRUE")) or not isinstance(tree, Name):
        return {}
    return {tree.name: (f"factor({{column}}, levels = {_texts(tuple(str(level) for level in pair))})", None)}


def _groups(design: Design) -> dict[str, tuple[str, str | None]]:
    """Return groups that are expressions as columns: lme4 finds no variables inside them."""
    parts = dict.fromkeys(part for parts in design.recipe.groupings for part in parts)
    return {part: (f"with({{frame}}, {part})", None) for part in parts if _is_expression(part)}


def _is_unlike_text(factor: Factor) -> bool:
    """Return whether R would find other levels, or another order, in the texts of a column."""
    levels = list(factor.levels)
    in_order = levels == sorted(levels) and levels == sorted(levels, key=str.casefold)
    return factor.is_ordered or factor.coding is not None or not in_order or all(map(is_number, levels))


def _texts(values: tuple[str, ...]) -> str:
    return f"c({', '.join(json.dumps(value, ensure_ascii=False) for value in values)})"


def _called(text: str) -> set[str]:
    """Return the names that stand before a bracket."""
    return set(re.findall(r"([\w.]+)\(", text))
