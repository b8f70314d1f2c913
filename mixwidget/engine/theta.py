"""The covariance parameters: one lower-triangular template T per term, stacked into a vector theta."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


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
    """

    term_sizes: tuple[int, ...]
    term_factor: tuple[int, ...]
    term_offset: tuple[int, ...]
    factor_sizes: tuple[int, ...]
    factor: np.ndarray
    row: np.ndarray
    column: np.ndarray

    @property
    def n_theta(self) -> int:
        return len(self.factor)

    def templates(self, theta: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return T of each factor, shape (K, K)."""
        result = tuple(np.zeros((size, size)) for size in self.factor_sizes)
        for value, f, a, b in zip(theta, self.factor, self.row, self.column, strict=True):
            result[f][a, b] = value
        return result

    def term_template(self, templates: tuple[np.ndarray, ...], term: int) -> np.ndarray:
        """Return the block of one term, shape (k, k)."""
        place = self.term_slice(term)
        return templates[self.term_factor[term]][place, place]

    def term_slice(self, term: int) -> slice:
        """Return where a term stands in its factor's template."""
        return slice(self.term_offset[term], self.term_offset[term] + self.term_sizes[term])

    def gather(self, matrices: tuple[np.ndarray, ...]) -> np.ndarray:
        """Return the elements of one matrix per factor at the places of theta."""
        return np.array([matrices[f][a, b] for f, a, b in zip(self.factor, self.row, self.column, strict=True)])

    def from_terms(self, templates: list[np.ndarray]) -> np.ndarray:
        """Stack the lower triangles of one template per term into theta."""
        return np.concatenate([t.T[np.triu_indices(len(t))] for t in templates]) if templates else np.zeros(0)


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
    places = (np.array(values, dtype=int) for values in (factor, row, column))
    return ThetaLayout(term_sizes, term_factor, tuple(offsets), tuple(filled), *places)
