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
    _coders: tuple[Coder, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_coders", tuple(map(Coder, self.factors)))

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
        every = zip(self._coders, self.parts, strict=True)
        return tuple(coder.codes(self._taken(found, parts), self.unknown) for coder, parts in every)

    @staticmethod
    def _taken(found: FittedRows, parts: tuple[str, ...]) -> list[Factor]:
        groupings = (found.groupings[part] for part in parts)
        return [Factor(part.codes[found.rows], part.levels) for part in groupings]


class Coder:
    """Codes rows by the levels of one grouping factor; what each level of a batch becomes is kept for the next one.

    Parameters
    ----------
    factor : GroupingFactor
    """

    def __init__(self, factor: GroupingFactor) -> None:
        self.label = factor.label
        self._position = {level: i for i, level in enumerate(factor.levels)}
        self._levels: tuple[str, ...] = ()
        self._mapping = np.zeros(0, dtype=np.int32)

    def codes(self, parts: list[Factor], unknown: str) -> np.ndarray:
        """Return the level of each row, shape (m,).

        Parameters
        ----------
        parts : list of Factor
            The parts of the factor in some rows, none of them missing.
        unknown : str
            What to say of a level that is not known; ``{what}`` names it.

        Raises
        ------
        DataError
            If there is one.
        """
        joint = parts[0] if len(parts) == 1 else crossed_levels(parts)
        if joint.levels is not self._levels:
            self._levels = joint.levels
            self._mapping = np.array([self._position.get(level, -1) for level in joint.levels], dtype=np.int32)
        codes = self._mapping[joint.codes]
        if codes.min() < 0:
            new = joint.levels[joint.codes[int(np.argmin(codes))]]
            raise DataError(unknown.format(what=f"'{self.label}' has a level '{new}' that is new"))
        return codes
