"""Batches coded by levels that are known: the variables of the columns, and the grouping factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from mixwidget.design.design import GroupingFactor
from mixwidget.design.grouping import crossed_levels
from mixwidget.dialect.known_factor import known_factor
from mixwidget.dialect.values import Factor, Value, as_factor, take_rows
from mixwidget.errors import DataError
from mixwidget.sources.fitted_rows import FittedRows


@dataclass(frozen=True, slots=True, eq=False)
class Coding:
    """The levels by which the rows of a batch are coded.

    Attributes
    ----------
    variables : mapping of Factor
        The variables of the model that are factors.
    factors : tuple of GroupingFactor
    parts : tuple of tuple of str
        The expressions of each.
    unknown : str
        What to say of a level that is not known; ``{what}`` names it.
    """

    variables: Mapping[str, Factor]
    factors: tuple[GroupingFactor, ...]
    parts: tuple[tuple[str, ...], ...]
    unknown: str
    _positions: tuple[dict[str, int], ...] = field(init=False)

    def __post_init__(self) -> None:
        positions = tuple({level: i for i, level in enumerate(factor.levels)} for factor in self.factors)
        object.__setattr__(self, "_positions", positions)

    def values(self, found: FittedRows) -> dict[str, Value]:
        """Return the variables on the rows that are fitted."""
        return {label: self._value(label, take_rows(value, found.rows)) for label, value in found.values.items()}

    def _value(self, label: str, value: Value) -> Value:
        known = self.variables.get(label)
        if known is None:
            return value
        recoded = known_factor(as_factor(value), known, label)
        if recoded.unknown:
            raise DataError(self.unknown.format(what=f"'{label}' has a level '{recoded.unknown[0]}' that is new"))
        return recoded

    def codes(self, found: FittedRows) -> tuple[np.ndarray, ...]:
        """Return the levels of each grouping factor in the rows that are fitted, shape (m,)."""
        every = zip(self.factors, self.parts, self._positions, strict=True)
        return tuple(self._codes(found, factor, parts, position) for factor, parts, position in every)

    def _codes(
        self, found: FittedRows, factor: GroupingFactor, parts: tuple[str, ...], position: dict[str, int]
    ) -> np.ndarray:
        groupings = [found.groupings[part] for part in parts]
        joint = crossed_levels([Factor(part.codes[found.rows], part.levels) for part in groupings])
        if joint.levels == factor.levels:
            return joint.codes
        mapping = np.array([position.get(level, -1) for level in joint.levels], dtype=np.int32)
        if mapping.min() < 0:
            new = joint.levels[int(np.argmin(mapping))]
            raise DataError(self.unknown.format(what=f"'{factor.label}' has a level '{new}' that is new"))
        return mapping[joint.codes]
