"""A factor of new data, in the levels of the fit."""

from __future__ import annotations

from typing import Any

import numpy as np

from mixwidget.dialect.values import Factor
from mixwidget.errors import DataError, listed


def known_factor(value: Any, known: Factor, label: str) -> Factor:
    """Return a factor of new data coded by the levels of the fit; others become -1 and are listed in `unknown`.

    Raises
    ------
    DataError
        If the new values are numbers where the fit had a factor.
    """
    if not isinstance(value, Factor):
        message = f"'{label}' was a factor in the fit (levels {listed(known.levels)}) but holds numbers in the new data"
        raise DataError(message)
    if value.levels == known.levels:
        return Factor(value.codes, known.levels, known.is_ordered, known.is_logical, known.coding)
    position = {level: i for i, level in enumerate(known.levels)}
    mapping = np.array([position.get(level, -1) for level in value.levels] + [-1], dtype=np.int32)
    occurring = np.unique(value.codes[value.codes >= 0]).tolist()
    unknown = tuple(value.levels[code] for code in occurring if mapping[code] < 0)
    return Factor(mapping[value.codes], known.levels, known.is_ordered, known.is_logical, known.coding, unknown)
