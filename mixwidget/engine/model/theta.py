"""The covariance parameters: one lower-triangular template T per term, stacked into a vector theta."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

SINGULAR_SD = 1e-4  # as lme4::isSingular: a relative standard deviation below this counts as zero


@dataclass(frozen=True, slots=True)
class ThetaLayout:
    """Where each element of theta stands.

    The terms of one grouping factor share one block-diagonal template.

    Attributes
    ----------
    term_sizes : tuple of int
        k of each term.
    term_factor : tuple of int
        Grouping factor of each term.
    term_offset : tuple of int
        First row of each term in its factor's template.
    factor_sizes : tuple of int
        K of each factor: the sum over its terms.
    factor, row, column : ndarray of int, shape (n_theta,)
        The place of each parameter in its factor's template: lower triangle by columns, term after term.
    members : tuple of slice or ndarray
        The parameters of each factor.
    term_triangles : tuple of (ndarray, ndarray)
        Rows and columns of each term's lower triangle, in the order of theta.
    places : tuple of (ndarray, ndarray)
        Row and column of each of a factor's parameters, in the order of `members`.
    is_diagonal : ndarray of bool, shape (n_theta,)
    head : ndarray of int, shape (n_theta,)
        The diagonal element that stands in the same column of the same template.
    same_column : (ndarray, ndarray)
        All pairs of parameters that stand in one column of one template.
    column_pairs : tuple of (ndarray, ndarray, ndarray, ndarray)
        Those of each factor, and the rows of their first and second parameters.
    """

    term_sizes: tuple[int, ...]
    term_factor: tuple[int, ...]
    term_offset: tuple[int, ...]
    factor_sizes: tuple[int, ...]
    factor: np.ndarray
    row: np.ndarray
    column: np.ndarray

    members: tuple[slice | np.ndarray, ...]
    term_triangles: tuple[tuple[np.ndarray, np.ndarray], ...]
    places: tuple[tuple[np.ndarray, np.ndarray], ...]
    is_diagonal: np.ndarray
    head: np.ndarray
    same_column: tuple[np.ndarray, np.ndarray]
    column_pairs: tuple[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray], ...]

    @property
    def n_theta(self) -> int:
        return len(self.factor)

    def templates(self, theta: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return T of each factor, shape (K, K)."""
        result = []
        for size, members, place in zip(self.factor_sizes, self.members, self.places, strict=True):
            template = np.zeros((size, size))
            template[place] = theta[members]
            result.append(template)
        return tuple(result)

    def term_template(self, templates: tuple[np.ndarray, ...], term: int) -> np.ndarray:
        """Return the block of one term, shape (k, k)."""
        place = self.term_slice(term)
        return templates[self.term_factor[term]][place, place]

    def term_slice(self, term: int) -> slice:
        """Return where a term stands in its factor's template."""
        return slice(self.term_offset[term], self.term_offset[term] + self.term_sizes[term])

    def gather(self, matrices: tuple[np.ndarray, ...]) -> np.ndarray:
        """Return the elements of one matrix per factor at the places of theta."""
        values = np.empty(self.n_theta)
        for matrix, members, place in zip(matrices, self.members, self.places, strict=True):
            values[members] = matrix[place]
        return values

    def from_terms(self, templates: list[np.ndarray]) -> np.ndarray:
        """Stack the lower triangles of one template per term into theta."""
        parts = [t[place] for t, place in zip(templates, self.term_triangles, strict=True)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def with_terms(self, theta: np.ndarray, templates: list[np.ndarray]) -> np.ndarray:
        """Return theta with other templates; further parameters that follow stay as they are."""
        return np.concatenate([self.from_terms(templates), theta[self.n_theta :]])


@lru_cache(maxsize=256)
def theta_layout(term_sizes: tuple[int, ...], term_factor: tuple[int, ...], n_factors: int) -> ThetaLayout:
    """Lay out theta for terms of given sizes on given factors.

    Examples
    --------
    >>> theta_layout((2,), (0,), 1).row
    array([0, 1, 1])
    """
    filled = [0] * n_factors
    offsets, factor, row, column = [], [], [], []
    for size, f in zip(term_sizes, term_factor, strict=True):
        offsets.append(filled[f])
        for b in range(size):
            for a in range(b, size):
                factor.append(f)
                row.append(filled[f] + a)
                column.append(filled[f] + b)
        filled[f] += size
    factors, rows, columns = (np.array(values, dtype=int) for values in (factor, row, column))
    triangles = {size: _triangle(size) for size in set(term_sizes)}
    first, second = np.nonzero((factors[:, None] == factors) & (columns[:, None] == columns))
    members = tuple(_members(factors, f) for f in range(n_factors))
    of_factor = [factors[first] == f for f in range(n_factors)]
    return ThetaLayout(
        term_sizes=term_sizes,
        term_factor=term_factor,
        term_offset=tuple(offsets),
        factor_sizes=tuple(filled),
        factor=factors,
        row=rows,
        column=columns,
        members=members,
        term_triangles=tuple(triangles[size] for size in term_sizes),
        places=tuple((rows[mine], columns[mine]) for mine in members),
        is_diagonal=rows == columns,
        head=np.maximum.accumulate(np.where(rows == columns, np.arange(len(rows)), 0)) if len(rows) else rows,
        same_column=(first, second),
        column_pairs=tuple((first[m], second[m], rows[first[m]], rows[second[m]]) for m in of_factor),
    )


def relative_moves(template: np.ndarray) -> np.ndarray:
    """Return the changes ``T E`` of one term's template, E one element of the lower triangle, as columns, shape (m, m).

    Whatever the units of the columns and however correlated they are, an E of order 1 changes ``G = TT'`` by its own
    size: in ``(I + E)(I + E)'`` no unit is left.
    """
    columns, rows = np.triu_indices(len(template))
    moves = np.zeros((len(rows), len(rows)))
    for i, (a, b) in enumerate(zip(rows, columns, strict=True)):
        moves[columns == b, i] = template[rows[columns == b], a]
    return moves


def tangents(layout: ThetaLayout, templates: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return the derivative of the elements of G = TT' with respect to theta, shape (n_theta, n_theta elements)."""
    jacobian = np.zeros((layout.n_theta, layout.n_theta))
    for i, (f, a, b) in enumerate(zip(layout.factor, layout.row, layout.column, strict=True)):
        change = np.zeros_like(templates[f])
        change[a] += templates[f][:, b]
        change[:, a] += templates[f][:, b]
        same = layout.factor == f
        jacobian[i, same] = change[layout.row[same], layout.column[same]]
    return jacobian


def _triangle(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and columns of a lower triangle, by columns."""
    columns, rows = np.triu_indices(size)
    return rows, columns


def _members(factors: np.ndarray, factor: int) -> slice | np.ndarray:
    """Return the positions of one factor's parameters, as a slice where they are contiguous."""
    positions = np.flatnonzero(factors == factor)
    if len(positions) and positions[-1] - positions[0] + 1 == len(positions):
        return slice(int(positions[0]), int(positions[-1]) + 1)
    return positions
