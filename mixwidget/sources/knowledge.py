"""The variables and the grouping factors of a model, from what passes over a source have found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from mixwidget.control import Control
from mixwidget.design.design import GroupingFactor
from mixwidget.design.evaluate import tree_of
from mixwidget.design.frame import numbers_as_text, undefined_findings, unused_levels_finding
from mixwidget.design.labels import Known
from mixwidget.design.response import ResponseLabels
from mixwidget.dialect.values import Factor, Value, as_factor
from mixwidget.errors import Diagnostic
from mixwidget.formula.nodes import variables_of
from mixwidget.sources.first_pass import Learned

_NOTHING = np.zeros(0, dtype=np.intp)


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


def known_variables(learned: Learned, levels: Levels, control: Control) -> Known:
    """Return what the labels of a design are made from.

    Raises
    ------
    DataError
        If rows or levels allow no fit.
    """
    request, scan = learned.request, learned.scan
    dropped = scan.check(control.na_action)
    values: dict[str, Value] = {}
    unused: list[Diagnostic] = []
    for label in request.plan.variables:
        value = _prototype(learned, label)
        if isinstance(value, Factor):
            kept = scan.tallies[label].occurring(value.levels)
            lost = tuple(level for level in value.levels if level not in set(kept))
            unused += unused_levels_finding(label, value.levels, lost)
            value = replace(value, codes=_NOTHING.astype(np.int32), levels=kept)
        values[label] = value
    evaluator = learned.evaluator(learned.head)
    return Known(
        formula=request.formula,
        plan=request.plan,
        values=values,
        factors=levels.factors,
        columns=learned.known,
        memory=learned.memory,
        response=ResponseLabels("numbers", scan.n),
        reading=request.reading,
        weights=request.weights,
        offset=request.offset,
        contrasts=request.contrasts,
        diagnostics=(
            *dropped,
            *undefined_findings(scan.undefined, learned.source.names),
            *unused,
            *numbers_as_text(values, evaluator),
        ),
    )


def _prototype(learned: Learned, label: str) -> Value:
    """Return a variable on some rows: those that show all levels of its column, if it has one."""
    names = [name for name in variables_of(tree_of(label)) if name in learned.source.names]
    if len(names) == 1 and names[0] in learned.seen:
        value = as_factor(learned.evaluator(learned.on_levels(names[0])).vector(label))
        if isinstance(value, Factor):
            return value
    return as_factor(learned.evaluator(learned.head).vector(label))


def grouping_levels(learned: Learned) -> Levels:
    """Return the levels of the grouping factors in R's order, and the pairs of them that occur."""
    request, scan = learned.request, learned.scan
    joint = {
        label: scan.joints[label].factor(
            [scan.parts[part] for part in parts], [learned.part_levels(part) for part in parts]
        )
        for label, parts in request.groupings.items()
    }
    factors = {label: GroupingFactor(label, factor.levels) for label, factor in joint.items()}
    pairs: dict[tuple[str, str], np.ndarray] = {}
    for first, second in combinations(joint, 2):
        keys = scan.pairs[first, second].keys(joint[first].codes, joint[second].codes, len(joint[second].levels))
        pairs[first, second] = keys
    return Levels(factors, pairs)
