"""Columns that may be grouping factors: what they are, how they stand to each other, which are proposed and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import pandas as pd

from mixwidget.design.column_facts import ColumnFacts
from mixwidget.views.columns import is_label
from mixwidget.views.factor_pairs import PairOption, pair_option
from mixwidget.views.formula_sum import backticked
from mixwidget.views.partition import Partition, crossed, interaction, partition
from mixwidget.views.structure import MAX_FACTORS, MIN_CANDIDATE_LEVELS
from mixwidget.views.view import View

MIN_MEAN_ROWS = 1.5  # below, most levels have one row, and the group is told from the residual by few of them
Role = Literal["proposed", "possible", "observation"]


@dataclass(frozen=True, slots=True)
class GroupView(View):
    """A column that can be a grouping factor.

    Attributes
    ----------
    name : str
        As a formula writes it.
    role : str
        Whether it is proposed; "observation" is a level for each row, which only some families can use.
    text : str
        Levels and rows in each.
    reason : str
        Why it is not proposed.
    relations : tuple of str
        How it stands to the others that are proposed.
    """

    name: str
    role: Role
    n_levels: int
    text: str
    reason: str
    relations: tuple[str, ...]


def group_views(facts: Sequence[ColumnFacts]) -> tuple[GroupView, ...]:
    """Return the candidates, those that are proposed first."""
    bare = [view for one in facts if (view := _candidate(one)) is not None]
    proposed = [view.name for view in bare if view.role == "proposed"][:MAX_FACTORS]
    found = {backticked(one.name): rows_by_level(one) for one in facts if backticked(one.name) in proposed}
    relations: dict[str, list[str]] = {name: [] for name in proposed}
    for first, second in combinations(found.values(), 2):
        one, other = _relation(first, second)
        relations[first.name].append(one)
        relations[second.name].append(other)
    order = ("proposed", "possible", "observation")
    views = [_related(view, relations.get(view.name, [])) for view in bare]
    return tuple(sorted(views, key=lambda view: order.index(view.role)))


def pair_of(first: Partition, second: Partition, facts: Sequence[ColumnFacts]) -> PairOption:
    """Return the relations that two grouping factors can have in a model."""
    inner, outer = (first, second) if first.n_levels < second.n_levels else (second, first)
    if crossed(inner, outer).second_in_first:
        inner, outer = outer, inner
    cells = interaction(f"{inner.name}:{outer.name}", inner, outer)
    others = {one.name: rows_by_level(one) for one in facts if one.is_factor and one.n_levels == cells.n_levels}
    others = {name: other for name, other in others.items() if name not in (first.name, second.name)}
    return pair_option(inner, outer, cells, others)


def rows_by_level(facts: ColumnFacts) -> Partition:
    """Return how a column divides the rows, by the name that a formula has for it."""
    return partition(backticked(facts.name), pd.Series(facts.values))


def _candidate(facts: ColumnFacts) -> GroupView | None:
    """Return a column as a candidate; None for what is no label: measurements, yes or no, constants."""
    is_labelled = facts.kind in ("factor", "ordered", "moment", "whole")
    if not is_labelled or facts.n_levels < 2:
        return None
    if facts.kind == "whole" and not is_label(facts) and not _repeats(facts):
        return None
    role, reason = _role(facts)
    return GroupView(backticked(facts.name), role, facts.n_levels, _rows_text(facts), reason, ())


def _role(facts: ColumnFacts) -> tuple[Role, str]:
    if facts.has_level_per_row:
        return "observation", "a level for each row: for overdispersed counts and proportions only"
    if facts.n_levels < MIN_CANDIDATE_LEVELS:
        return "possible", f"{facts.n_levels} levels say too little about a variance"
    if not _repeats(facts):
        return "possible", "most levels have one row"
    if facts.kind == "ordered" and not is_label(facts):
        return "possible", "ordered levels: a predictor rather than a group"
    if facts.kind == "moment":
        return "possible", "dates and times"
    if facts.kind == "whole" and not is_label(facts):
        return "possible", "whole numbers: a group only if they are labels"
    return "proposed", ""


def _repeats(facts: ColumnFacts) -> bool:
    """Whether levels have several rows on average; yes or no as numbers is no group either."""
    return facts.n_levels > 2 and len(facts.values) - facts.n_missing >= MIN_MEAN_ROWS * facts.n_levels


def _rows_text(facts: ColumnFacts) -> str:
    sizes = np.bincount(pd.factorize(facts.values)[0][~np.isnan(facts.values)])
    low, high, middle = int(sizes.min()), int(sizes.max()), np.median(sizes)
    if low == high:
        rows = "one row each" if low == 1 else f"{low:,} rows each"
    else:
        rows = f"{low:,} to {high:,} rows each (median {middle:,.0f})"
    return f"{facts.n_levels:,} levels, {rows}"


def _related(view: GroupView, relations: Sequence[str]) -> GroupView:
    return GroupView(view.name, view.role, view.n_levels, view.text, view.reason, tuple(relations))


def _relation(first: Partition, second: Partition) -> tuple[str, str]:
    """Return how the first stands to the second, and the other way round."""
    found = crossed(first, second)
    a, b = first.name, second.name
    if found.is_same:
        return f"the same groups as {b}", f"the same groups as {a}"
    if found.first_in_second:
        return f"nested in {b}", f"has levels of {a} within"
    if found.second_in_first:
        return f"has levels of {b} within", f"nested in {a}"
    how = "crossed with" if found.share == 1 else "partly crossed with"
    return f"{how} {b}", f"{how} {a}"
