"""Random-effects terms and grouping factors, in lme4's order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mixwidget.design.design import GroupingFactor
from mixwidget.design.layout import Column, Layout
from mixwidget.design.plan import RandomPlan


@dataclass(frozen=True, slots=True)
class BlockPlan:
    """One random-effects term: the label of its factor and its columns."""

    label: str
    columns: tuple[Column, ...]


def ordered_blocks(
    plans: Sequence[RandomPlan], layouts: Sequence[Layout], factors: dict[str, GroupingFactor]
) -> tuple[BlockPlan, ...]:
    """Return the terms by falling number of levels; where they are not so already, ties are reversed, as in lme4."""
    blocks = [block for plan, layout in zip(plans, layouts, strict=True) for block in _blocks(plan, layout)]
    sizes = [len(factors[block.label].levels) for block in blocks]
    if all(a >= b for a, b in pairwise(sizes)):
        return tuple(blocks)
    rising = sorted(range(len(blocks)), key=sizes.__getitem__)
    return tuple(blocks[i] for i in reversed(rising))


def _blocks(plan: RandomPlan, layout: Layout) -> list[BlockPlan]:
    """Return the blocks of one bar term; with ``||`` each column stands alone, its factors side by side."""
    groups = [layout.columns] if plan.is_correlated else [(column,) for column in layout.columns]
    return [BlockPlan(grouping.label, columns) for columns in groups for grouping in plan.groupings]
