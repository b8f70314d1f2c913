"""The grouping factors of a source, and the pairs of their levels that occur."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mixwidget.design.design import GroupingFactor
from mixwidget.sources.request import Request
from mixwidget.sources.row_scan import RowScan


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """The grouping factors of a source and how they meet.

    Attributes
    ----------
    factors : dict of GroupingFactor
    pairs : dict of ndarray of int
        For each pair of labels the sorted pairs of levels, ``first * n_second + second``.
    """

    factors: dict[str, GroupingFactor]
    pairs: dict[tuple[str, str], np.ndarray]

    def keys_of(self, first: str, second: str) -> np.ndarray:
        """Return the pairs of two factors with the first one first."""
        if (first, second) in self.pairs:
            return self.pairs[first, second]
        n_first, n_second = len(self.factors[first].levels), len(self.factors[second].levels)
        other, one = np.divmod(self.pairs[second, first], n_first)
        return np.sort(one * n_second + other)


def grouping_levels(request: Request, scan: RowScan, part_levels: Mapping[str, tuple[str, ...]]) -> Levels:
    """Return the levels of the grouping factors in R's order, and the pairs of them that occur.

    Parameters
    ----------
    request : Request
    scan : RowScan
    part_levels : mapping
        For each expression of the grouping factors its levels in R's order.
    """
    joint = {
        label: scan.joints[label].factor([scan.parts[part] for part in parts], [part_levels[part] for part in parts])
        for label, parts in request.groupings.items()
    }
    factors = {label: GroupingFactor(label, factor.levels) for label, factor in joint.items()}
    pairs: dict[tuple[str, str], np.ndarray] = {}
    for first, second in combinations(joint, 2):
        keys = scan.pairs[first, second].keys(joint[first].codes, joint[second].codes, len(joint[second].levels))
        pairs[first, second] = keys
    return Levels(factors, pairs)
