"""How two grouping factors stand to each other in the rows: the same groups, nested or crossed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.linalg.pairs import level_pairs


@dataclass(frozen=True, slots=True)
class Crossing:
    """How often the levels of two factors meet.

    Attributes
    ----------
    n_first, n_second : int
        Levels of each, all of which occur.
    n_cells : int
        Combinations that occur.
    """

    n_first: int
    n_second: int
    n_cells: int

    @property
    def first_in_second(self) -> bool:
        """Whether each level of the first factor occurs in one level of the second only."""
        return self.n_cells == self.n_first

    @property
    def second_in_first(self) -> bool:
        """Whether each level of the second factor occurs in one level of the first only."""
        return self.n_cells == self.n_second

    @property
    def is_same(self) -> bool:
        """Whether both divide the rows in the same way."""
        return self.first_in_second and self.second_in_first

    @property
    def share(self) -> float:
        """The part of all combinations that occurs."""
        return self.n_cells / (self.n_first * self.n_second)


def crossing(first: np.ndarray, second: np.ndarray, n_first: int, n_second: int) -> Crossing:
    """Return whether two factors are nested or crossed.

    Parameters
    ----------
    first, second : ndarray of int, shape (n,)
        The level of each row; every level occurs.
    n_first, n_second : int

    Examples
    --------
    >>> strain, geno = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 0, 0, 0, 1, 1])
    >>> found = crossing(strain, geno, 3, 2)
    >>> found.first_in_second, found.second_in_first
    (True, False)
    """
    return Crossing(n_first, n_second, level_pairs(first, second, n_first, n_second)[0].n_pairs)
