"""Directions in which the variances can move without a trace in the likelihood, from the algebra of the design.

The covariance matrix ``sigma^2 W^-1 + sum_r G_r Z E_r Z'`` is linear in its parameters, and the likelihood sees it
whole, the REML criterion only between contrasts u with ``X'u = 0`` (Harville 1977, JASA 72, section 3). So the
parameters that the data can never determine are the null space of the linear map from (sigma^2, G) to all ``u'V u*``;
neither the response nor a theta comes into it. Random contrasts span that space with probability 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mixwidget.engine.sums.arrays import ModelArrays, TermArrays

EQUATIONS_PER_PARAMETER = 4  # random ones; one and a few would do
NULL_RTOL = 1e-9  # singular values below this share of the largest are rounding; weak but real information has more
CLEAN_RTOL = 1e-8  # entries of a direction below this share of its largest are rounding
DEPENDENT_RTOL = 1e-10  # what is left of a column after those before it in its term, relative to it: rounding


@dataclass(frozen=True, slots=True)
class FreeDirections:
    """A basis of the directions that change no likelihood, in reduced echelon form.

    Attributes
    ----------
    rows : ndarray, shape (r, 1 + n_theta)
        Each changes sigma^2 and the elements of the absolute covariance matrices (lower triangles by columns, term
        after term), in units of their columns' root mean squares.
    pivots : ndarray of int, shape (r,)
        The element of which each row alone changes the value, by 1: chosen where zero says most, so in a term that
        repeats another and not in the one that is repeated.
    units : ndarray, shape (1 + n_theta,)
        What an element in the user's units is multiplied with.
    """

    rows: np.ndarray
    pivots: np.ndarray
    units: np.ndarray

    @property
    def is_free(self) -> np.ndarray:
        """Whether each element changes in some direction, shape (1 + n_theta,)."""
        return (self.rows != 0.0).any(axis=0)

    def without(self, held: np.ndarray) -> FreeDirections:
        """Return the directions that leave the elements `held` (a mask) as they are."""
        if not len(self.rows) or not self.rows[:, held].any():
            return self
        left, sizes, _ = np.linalg.svd(self.rows[:, held])
        kept = left[:, np.append(sizes, np.zeros(len(left)))[: len(left)] <= CLEAN_RTOL]
        rows, pivots = _echelon(kept.T @ self.rows, list(self.pivots) + list(range(len(self.units) - 1, -1, -1)))
        return FreeDirections(rows, pivots, self.units)


def free_directions(arrays: ModelArrays, *, reml: bool) -> FreeDirections:
    """Find the directions that change no likelihood.

    Parameters
    ----------
    arrays : ModelArrays
    reml : bool
        Whether only contrasts without fixed effects count.

    Examples
    --------
    >>> import numpy as np
    >>> from mixwidget.engine.sums.arrays import FactorArrays
    >>> groups, ones = FactorArrays(np.repeat(np.arange(4), 3), 4), np.ones((12, 1))
    >>> twice = ModelArrays(np.zeros(12), ones, (TermArrays(0, ones), TermArrays(0, ones)), (groups,))
    >>> free_directions(twice, reml=True).rows
    array([[ 0., -1.,  1.]])
    """
    units = _element_units(arrays)
    if not arrays.terms:
        return FreeDirections(np.zeros((0, 1)), np.zeros(0, dtype=int), units)
    contrasts = _contrasts(arrays, n_contrasts(len(units)), reml=reml)
    roots, columns = zip(*map(_standardised, arrays.terms), strict=True)
    sizes = _natural_sizes(arrays, columns)
    return directions_of(_equations(arrays, columns, contrasts) / sizes, sizes, roots, units)


def directions_of(
    equations: np.ndarray, natural_sizes: np.ndarray, roots: tuple[np.ndarray, ...], units: np.ndarray
) -> FreeDirections:
    """Return the directions that no equation sees.

    Parameters
    ----------
    equations : ndarray, shape (m, 1 + n_theta)
        In natural sizes.
    natural_sizes : ndarray, shape (1 + n_theta,)
    roots : tuple of ndarray, shape (k, k)
        R of each term: raw columns = the columns of the equations @ R.
    units : ndarray, shape (1 + n_theta,)
        As `FreeDirections` has them.
    """
    _, sizes, axes = np.linalg.svd(equations, full_matrices=False)
    null = axes[sizes <= NULL_RTOL * sizes[0]] / natural_sizes
    if not len(null):
        return FreeDirections(null, np.zeros(0, dtype=int), units)
    raw = move_elements(null, tuple(np.linalg.inv(root) for root in roots)) * units
    rows, pivots = _echelon(raw, _pivot_order([len(root) for root in roots], raw))
    return FreeDirections(rows, pivots, units)


def n_contrasts(n_parameters: int) -> int:
    """Return how many random contrasts make enough equations."""
    return int(np.ceil(np.sqrt(2 * EQUATIONS_PER_PARAMETER * n_parameters))) + 2


def _contrasts(arrays: ModelArrays, count: int, *, reml: bool) -> np.ndarray:
    """Return random columns, under REML without what the fixed effects span, shape (n, count)."""
    random = np.random.default_rng(0).standard_normal((len(arrays.y), count))
    if not reml or not arrays.X.shape[1]:
        return random
    norms = np.linalg.norm(arrays.X, axis=0)
    basis, _ = np.linalg.qr(arrays.X[:, norms > 0.0] / norms[norms > 0.0])
    for _ in range(2):  # the second pass takes out the rounding of the first
        random = random - basis @ (basis.T @ random)
    return random


def _standardised(term: TermArrays) -> tuple[np.ndarray, np.ndarray]:
    """Return R and the columns of a term with ``z = columns @ R``: orthogonal as far as they are independent."""
    z, shifts = term.z, np.eye(term.z.shape[1])
    if z[0, 0] and (z[:, 0] == z[0, 0]).all():  # exact, so that a column far from zero keeps its digits
        shifts[0, 1:] = z[:, 1:].mean(axis=0) / z[0, 0]
        z = np.column_stack([z[:, 0], z[:, 1:] - z[0, 0] * shifts[0, 1:]])
    _, root = np.linalg.qr(z / np.sqrt(len(z)))
    norms = np.sqrt((z * z).mean(axis=0))
    if len(root) < z.shape[1] or (np.abs(np.diagonal(root)) <= DEPENDENT_RTOL * norms).any():
        norms = np.sqrt((term.z * term.z).mean(axis=0))
        norms[norms == 0.0] = 1.0
        return np.diag(norms), term.z / norms
    return root @ shifts, np.linalg.solve(root.T, z.T).T


def _equations(arrays: ModelArrays, columns: tuple[np.ndarray, ...], contrasts: np.ndarray) -> np.ndarray:
    """Return ``u_i'W^-1 u_j`` and ``u_i'Z E_r Z'u_j`` for all pairs of contrasts, in natural sizes."""
    first, second = np.triu_indices(contrasts.shape[1])
    weighted = contrasts if arrays.weights is None else contrasts / arrays.weights[:, None]
    found = [(contrasts.T @ weighted)[first, second]]
    for term, z in zip(arrays.terms, columns, strict=True):
        sums = [_by_level(arrays, term, contrasts * column[:, None]) for column in z.T]
        found += products_of(sums, first, second)
    return np.column_stack(found)


def products_of(sums: Sequence[np.ndarray], first: np.ndarray, second: np.ndarray) -> list[np.ndarray]:
    """Return ``u'Z E_r Z'u*`` of one term for some pairs of contrasts.

    Parameters
    ----------
    sums : sequence of ndarray, shape (J, contrasts)
        ``Z'u`` for each column of the term.
    first, second : ndarray of int
        The contrasts of each pair.
    """
    found: list[np.ndarray] = []
    for a, b in elements(len(sums)):
        product = sums[a].T @ sums[b]
        found.append((product if a == b else product + product.T)[first, second])
    return found


def _natural_sizes(arrays: ModelArrays, columns: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return the size that an equation's coefficients would have with plain random columns for the contrasts."""
    sizes = [float(np.linalg.norm(np.ones(len(arrays.y)) if arrays.weights is None else 1.0 / arrays.weights))]
    for term, z in zip(arrays.terms, columns, strict=True):
        squares = _by_level(arrays, term, z * z)
        sizes += [float(np.sqrt(squares[:, a] @ squares[:, b])) or 1.0 for a, b in elements(z.shape[1])]
    return np.array(sizes)


def _by_level(arrays: ModelArrays, term: TermArrays, values: np.ndarray) -> np.ndarray:
    """Return the sums of each column by level, shape (J, columns)."""
    factor = arrays.factors[term.factor]
    sums = [np.bincount(factor.codes, column, minlength=factor.n_levels) for column in values.T]
    return np.column_stack(sums)


def elements(k: int) -> list[tuple[int, int]]:
    """Return row and column of a lower triangle by columns."""
    return [(a, b) for b in range(k) for a in range(b, k)]


def move_elements(directions: np.ndarray, turns: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return directions after ``G -> A G A'`` for each term; the first column, sigma^2, stays."""
    moved, start = directions.copy(), 1
    for turn in turns:
        places = elements(len(turn))
        for row, direction in zip(moved, directions, strict=True):
            change = turn @ symmetric(direction[start : start + len(places)], len(turn)) @ turn.T
            row[start : start + len(places)] = [change[a, b] for a, b in places]
        start += len(places)
    return moved


def symmetric(values: np.ndarray, k: int) -> np.ndarray:
    """Return the symmetric matrix with the lower triangle `values`, by columns."""
    matrix = np.empty((k, k))
    for value, (a, b) in zip(values, elements(k), strict=True):
        matrix[a, b] = matrix[b, a] = value
    return matrix


def _element_units(arrays: ModelArrays) -> np.ndarray:
    """Return what an element is multiplied with to be free of the columns' units."""
    units = [1.0]
    for term in arrays.terms:
        norms = np.sqrt((term.z * term.z).mean(axis=0))
        norms[norms == 0.0] = 1.0
        units += [float(norms[a] * norms[b]) for a, b in elements(len(norms))]
    return np.array(units)


def _pivot_order(term_sizes: list[int], directions: np.ndarray) -> list[int]:
    """Return the elements in the order in which they are best set to zero.

    Elements that no determined covariance holds up come first, then those of a term with few columns, then those of a
    later term, covariances before variances; sigma^2 comes last.
    """
    axes, _ = np.linalg.qr(directions.T)
    is_free_alone = np.linalg.norm(axes, axis=1) > 1.0 - CLEAN_RTOL
    keys: list[tuple[tuple[int, ...], int]] = []
    start = 1
    for position, k in enumerate(term_sizes):
        place = {pair: start + i for i, pair in enumerate(elements(k))}
        held = [
            sum(not is_free_alone[place[max(a, b), min(a, b)]] for b in range(k) if b != a)  # covariances of a column
            for a in range(k)
        ]
        for (a, b), column in place.items():
            keys.append(((max(held[a], held[b]), k, -position, int(a == b), -a), column))
        start += len(place)
    return [column for _, column in sorted(keys)] + [0]


def _echelon(directions: np.ndarray, order: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the reduced echelon form with pivots in that order, and the pivots."""
    basis, _ = np.linalg.qr(directions.T)
    rows = basis.T
    pivots: list[int] = []
    for column in order:
        used = len(pivots)
        if used == len(rows):
            break
        best = used + int(np.argmax(np.abs(rows[used:, column])))
        if abs(rows[best, column]) <= CLEAN_RTOL:
            continue
        rows[[used, best]] = rows[[best, used]]
        rows[used] /= rows[used, column]
        others = np.arange(len(rows)) != used
        rows[others] -= np.outer(rows[others, column], rows[used])
        pivots.append(column)
    rows[np.abs(rows) <= CLEAN_RTOL * np.abs(rows).max(axis=1, keepdims=True)] = 0.0
    return rows + 0.0, np.array(pivots, dtype=int)
