"""What is needed to build the columns of a design again on other data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mixwidget.design.layout import Column
from mixwidget.design.response import ResponseReading
from mixwidget.dialect.values import Factor


@dataclass(frozen=True, slots=True)
class Recipe:
    """The columns of a design without their numbers.

    Attributes
    ----------
    fixed, dropped : tuple of Column
        The kept columns of X, and those that they determine.
    aliases : ndarray, shape (p, n_dropped)
        How: dropped columns = kept columns @ aliases.
    sizes : ndarray, shape (n_dropped,)
        The size of the values that each dropped column has where its variables are combined freely: the product of the
        largest weights of its factors and the spread of its covariates.
    random : tuple of tuple of Column
        The columns of each random term.
    groupings : tuple of tuple of str
        The expressions of each grouping factor.
    offsets : tuple of str
        Expressions whose sum is the offset.
    has_offset_array : bool
        Whether an offset was also given as an array, which new data cannot know.
    weights : str or None
        The column or expression of the weights, where they were named.
    has_weights_array : bool
        Whether the weights were given as an array.
    factors : dict of Factor
        The variables of the model that are factors, with their levels (no codes).
    columns : dict of Factor
        The columns of the data that were factors, with their levels (no codes).
    memory : dict
        What stateful functions found.
    reading : ResponseReading
        How the response was read.
    """

    fixed: tuple[Column, ...]
    dropped: tuple[Column, ...]
    aliases: np.ndarray
    sizes: np.ndarray
    random: tuple[tuple[Column, ...], ...]
    groupings: tuple[tuple[str, ...], ...]
    offsets: tuple[str, ...]
    has_offset_array: bool
    weights: str | None
    has_weights_array: bool
    factors: dict[str, Factor]
    columns: dict[str, Factor]
    memory: dict[str, Any]
    reading: ResponseReading

    @property
    def has_weights(self) -> bool:
        """Whether the rows have prior weights."""
        return self.weights is not None or self.has_weights_array

    @property
    def has_offset(self) -> bool:
        """Whether an offset is part of the mean."""
        return bool(self.offsets) or self.has_offset_array
