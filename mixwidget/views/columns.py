"""The columns of a data frame in words: what each is, and whether it can be a response or a predictor by a click."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from mixwidget.design.column_facts import ColumnFacts
from mixwidget.views.formula_sum import backticked
from mixwidget.views.structure import MAX_CODED_LEVELS
from mixwidget.views.view import View

MAX_NAMED = 3  # levels that stand in the words of a factor
MIN_NUMBERED = 20  # fewer rows may well have 1, 2, 3, ... as a measurement, such as a dose
# what columns of labels are called, by the last word of their names
_LABEL_WORDS = """
    id ids code index idx nr no num number row obs key
    subj subject person participant patient pupil student teacher child animal worker employee rater judge reader
    school sch class classroom clinic hospital centre center site item batch herd family plot block litter team
"""
_LABELS = frozenset(_LABEL_WORDS.split())
_WORD = re.compile(r"[A-Z]*[a-z]+|[A-Z]+")


@dataclass(frozen=True, slots=True)
class ColumnView(View):
    """A column of the data.

    Attributes
    ----------
    name : str
        As a formula writes it, in backquotes where it needs them.
    kind : str
        In a word or two: "numbers", "factor".
    text : str
        What its values are.
    is_number : bool
        Whether it can be transformed.
    why_no_response, why_no_predictor : str
        Empty where a click is allowed.
    """

    name: str
    kind: str
    text: str
    n_levels: int
    n_missing: int
    is_number: bool
    why_no_response: str
    why_no_predictor: str


_KINDS = {
    "number": "numbers",
    "whole": "whole numbers",
    "logical": "yes or no",
    "factor": "factor",
    "ordered": "ordered factor",
    "moment": "dates",
    "empty": "empty",
    "unusable": "unusable",
}


def column_view(facts: ColumnFacts) -> ColumnView:
    """Return a column in words.

    Examples
    --------
    >>> import pandas as pd
    >>> from mixwidget.design.column_facts import column_facts
    >>> from mixwidget.design.table import read_table
    >>> table = read_table(pd.DataFrame({"days": [0, 1, 2, 0], "g": list("aabb")}))
    >>> [column_view(column_facts(table, name)).text for name in table.names]
    ['0 to 2, 3 different', 'a, b']
    """
    return ColumnView(
        backticked(facts.name),
        _KINDS[facts.kind],
        _text(facts),
        facts.n_levels,
        facts.n_missing,
        facts.kind in ("number", "whole"),
        _why_no_response(facts),
        _why_no_predictor(facts),
    )


def is_label(facts: ColumnFacts) -> bool:
    """Return whether numbers or ordered levels are labels: the column is called so, or they count the rows."""
    if facts.kind not in ("whole", "ordered"):
        return False
    words = _WORD.findall(facts.name)
    is_called_so = bool(words) and words[-1].lower() in _LABELS
    return is_called_so or (facts.kind == "whole" and _numbers_rows(facts))


def _numbers_rows(facts: ColumnFacts) -> bool:
    values = facts.values
    return len(values) >= MIN_NUMBERED and facts.n_missing == 0 and bool(np.all(np.diff(values) == 1))


def _text(facts: ColumnFacts) -> str:
    if facts.kind == "unusable":
        return facts.problem
    if facts.kind == "empty":
        return "all values are missing"
    missing = f", {facts.n_missing:,} missing" if facts.n_missing else ""
    return f"{_values_text(facts)}{missing}"


def _values_text(facts: ColumnFacts) -> str:
    if not facts.is_factor:
        known = facts.values[~np.isnan(facts.values)]
        low, high = (f"{value:.6g}" for value in (known.min(), known.max()))
        return f"always {low}" if facts.n_levels == 1 else f"{low} to {high}, {facts.n_levels:,} different"
    if facts.n_levels == 1:
        return f"always {facts.levels[0]}"
    if facts.kind == "logical":
        return f"{np.nanmean(facts.values):.0%} yes"
    if facts.n_levels <= MAX_NAMED:
        return ", ".join(facts.levels)
    return f"{facts.n_levels:,} levels: {', '.join(facts.levels[: MAX_NAMED - 1])}, \u2026, {facts.levels[-1]}"


def _why_no_response(facts: ColumnFacts) -> str:
    common = _why_nothing(facts)
    if common:
        return common
    if facts.kind == "moment":
        return "dates and times are no response; make a column of numbers first"
    if facts.is_factor and facts.n_levels > 2:
        return f"{facts.n_levels:,} levels: a response is a number, or has two levels"
    if is_label(facts) and facts.n_levels > 2:
        return "numbers that are labels"
    return ""


def _why_no_predictor(facts: ColumnFacts) -> str:
    common = _why_nothing(facts)
    if common:
        return common
    if facts.kind == "moment":
        return "dates and times: make a column of numbers first, such as the days since the start"
    if facts.is_factor and facts.n_levels > MAX_CODED_LEVELS:
        return f"{facts.n_levels:,} levels: a group rather than a predictor"
    if is_label(facts) and facts.n_levels > MAX_CODED_LEVELS:
        return "numbers that are labels: a group rather than a predictor"
    return ""


def _why_nothing(facts: ColumnFacts) -> str:
    if facts.kind == "unusable":
        return facts.problem
    if facts.kind == "empty":
        return "all values are missing"
    return "one value only" if facts.n_levels < 2 else ""
