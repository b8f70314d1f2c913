"""The grouping factors of an engine: levels and pairs of levels, counted where the rows are."""

from __future__ import annotations

from itertools import combinations

import narwhals.stable.v2 as nw
import numpy as np

from mixwidget.design.design import GroupingFactor
from mixwidget.design.grouping import crossed_levels
from mixwidget.design.table import Table
from mixwidget.dialect.values import Factor
from mixwidget.pushdown.prepared import Prepared
from mixwidget.sources.coded import Coder
from mixwidget.sources.levels import Levels
from mixwidget.sources.raw_columns import CHANGED


def grouping_levels(prepared: Prepared) -> Levels:
    """Return the levels of the grouping factors in R's order, and the pairs of them that occur."""
    factors: dict[str, GroupingFactor] = {}
    for label in prepared.request.groupings:
        table = _counted(prepared, prepared.keys(label))
        factors[label] = GroupingFactor(label, crossed_levels(parts_in(table, prepared, label)).levels)
    pairs: dict[tuple[str, str], np.ndarray] = {}
    for first, second in combinations(factors, 2):
        table = _counted(prepared, pair_keys(prepared, first, second))
        codes = [codes_in(table, prepared, factors[label]).astype(np.int64) for label in (first, second)]
        pairs[first, second] = np.unique(codes[0] * len(factors[second].levels) + codes[1])
    return Levels(factors, pairs)


def pair_keys(prepared: Prepared, first: str, second: str) -> list[str]:
    """Return the columns of two grouping factors, each once."""
    return list(dict.fromkeys([*prepared.keys(first), *prepared.keys(second)]))


def parts_in(table: Table, prepared: Prepared, label: str) -> list[Factor]:
    """Return the parts of a grouping factor in each row of a table that holds its columns."""
    return [prepared.groups[part].factor(table) for part in prepared.request.groupings[label]]


def codes_in(table: Table, prepared: Prepared, factor: GroupingFactor) -> np.ndarray:
    """Return the levels of a grouping factor in each row of a table that holds its columns, shape (m,)."""
    return Coder(factor).codes(parts_in(table, prepared, factor.label), CHANGED)


def _counted(prepared: Prepared, keys: list[str]) -> Table:
    return prepared.engine.table(prepared.fitted.group_by(*keys).agg(nw.len().alias("n")))
