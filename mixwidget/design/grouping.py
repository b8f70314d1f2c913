"""Grouping factors: the interaction of columns, with lme4's labels and levels."""

from __future__ import annotations

import numpy as np

from mixwidget.dialect.values import Factor, drop_unused_levels
from mixwidget.errors import DataError

_TABLE_SPAN = 4  # pairs of levels are marked in a table up to this many times longer than the data


def crossed_levels(parts: list[Factor]) -> Factor:
    """Return the interaction of factors with the levels that occur, the first factor varying slowest.

    Parameters
    ----------
    parts : list of Factor
        Without missing values.

    Returns
    -------
    Factor
        Levels ``"h1:g1"``, ``"h1:g2"``, ... as lme4 has them for ``(1 | h:g)``.

    Raises
    ------
    DataError
        If two of them read the same, because levels of the factors contain ``:`` (lme4 makes them one).
    """
    joint, _ = drop_unused_levels(parts[0])
    for part in parts[1:]:
        joint = _cross(joint, drop_unused_levels(part)[0])
    has_colons = len(parts) > 1 and any(":" in level for part in parts for level in part.levels)
    if has_colons and len(set(joint.levels)) < len(joint.levels):
        twice = next(level for i, level in enumerate(joint.levels) if level in joint.levels[:i])
        message = f"two levels of crossed grouping factors both read '{twice}'"
        raise DataError(f"{message}; take the ':' out of the levels of these factors")
    return joint


def codes_in(parts: list[Factor], levels: tuple[str, ...]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the positions in `levels` of the interaction of factors on new data.

    Returns
    -------
    codes : ndarray of int32, shape (n,)
        -1 where the level is missing; that of `unknown` plus the number of `levels` where it is not among these.
    unknown : tuple of str
        The levels that are not among `levels`.
    """
    missing = np.zeros(len(parts[0].codes), dtype=bool)
    for part in parts:
        missing |= part.codes < 0
    rows = np.flatnonzero(~missing)
    codes = np.full(len(missing), -1, dtype=np.int32)
    if not len(rows):
        return codes, ()
    joint = crossed_levels([Factor(part.codes[rows], part.levels) for part in parts])
    position = {level: i for i, level in enumerate(levels)}
    unknown = tuple(level for level in joint.levels if level not in position)
    position |= {level: len(levels) + i for i, level in enumerate(unknown)}
    mapping = np.array([position[level] for level in joint.levels], dtype=np.int32)
    codes[rows] = mapping[joint.codes]
    return codes, unknown


def _cross(slow: Factor, fast: Factor) -> Factor:
    n_fast = len(fast.levels)
    pairs = slow.codes.astype(np.int64) * n_fast + fast.codes
    n_pairs = len(slow.levels) * n_fast
    if n_pairs <= _TABLE_SPAN * len(pairs) + 1024:
        present = np.zeros(n_pairs, dtype=bool)
        present[pairs] = True
        used = np.flatnonzero(present)
        codes = (np.cumsum(present, dtype=np.int32) - 1)[pairs].astype(np.int32, copy=False)
    else:
        used, inverse = np.unique(pairs, return_inverse=True)
        codes = inverse.astype(np.int32).reshape(-1)
    slow_codes, fast_codes = np.divmod(used, n_fast)
    levels = tuple(
        f"{slow.levels[i]}:{fast.levels[j]}" for i, j in zip(slow_codes.tolist(), fast_codes.tolist(), strict=True)
    )
    return Factor(codes, levels)
