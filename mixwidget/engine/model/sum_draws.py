"""Responses drawn as the sums of products in which a linear model sees them, without the rows.

A response enters only by its sums with the columns, by level, and by its own square. Of y = X beta + Z b + e these are
known from the sums of products of the columns, but for those of e, which are jointly normal with the covariance
``sigma^2 C'WC``, C all columns, by level: a root of C'WC (`mixwidget.linalg.semidefinite_root`) draws them exactly.
What C does not span of e has the square ``sigma^2`` times chi-square with n - rank(C) degrees of freedom,
independently. So the draws have the distribution of rows drawn one by one, whatever n is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.model.assembly import Pieces, assemble
from mixwidget.engine.model.order import choose_order
from mixwidget.engine.model.responses import Responses
from mixwidget.engine.sums.cross_products import CrossProducts, Entries, FactorSums
from mixwidget.linalg import levelwise
from mixwidget.linalg.by_factor import ByFactor
from mixwidget.linalg.semidefinite_root import semidefinite_root
from mixwidget.linalg.sparse_pattern import SparsePattern


@dataclass(frozen=True, slots=True)
class DrawnSums:
    """The sums of B responses ``pool @ fixed + remainder`` with the columns of a pool.

    Attributes
    ----------
    fixed : ndarray, shape (c,)
        Pool coordinates of what all responses have in common, 0 for the response's own column.
    total : ndarray, shape (c - 1, B)
        Weighted sums of the remainders with the pool columns.
    panels : tuple of ndarray, shape (h, B, J)
        The same by level, for the own columns of each factor.
    squares : ndarray, shape (B,)
        Weighted sums of squares of the remainders.
    """

    fixed: np.ndarray
    total: np.ndarray
    panels: tuple[np.ndarray, ...]
    squares: np.ndarray

    @property
    def n_draws(self) -> int:
        """The number B of responses."""
        return len(self.squares)


def joined(draws: Sequence[DrawnSums]) -> DrawnSums:
    """Return the draws of all parts as those of one."""
    return DrawnSums(
        draws[0].fixed,
        np.concatenate([some.total for some in draws], axis=1),
        tuple(np.concatenate(panels, axis=1) for panels in zip(*(some.panels for some in draws), strict=True)),
        np.concatenate([some.squares for some in draws]),
    )


def with_drawn(cross: CrossProducts, drawn: DrawnSums, i: int) -> CrossProducts:
    """Return cross products with draw i in the place of the response."""
    total = cross.total.copy()
    total[:-1, -1] = total[-1, :-1] = drawn.total[:, i]
    total[-1, -1] = drawn.squares[i]
    factors: list[FactorSums] = []
    for sums, panel in zip(cross.factors, drawn.panels, strict=True):
        changed = sums.panel.copy()
        changed[:, -1] = panel[:, i]
        factors.append(FactorSums(sums.own, changed))
    y = drawn.fixed.copy()
    y[-1] = 1.0
    return replace(cross, total=total, factors=tuple(factors), y=y)


def drawn_responses(arrangement: Arrangement, drawn: DrawnSums) -> Responses:
    """Return the sums of draws in the standardised basis of a model with the columns of their pool."""
    cross, basis = arrangement.cross, arrangement.basis
    X, gram = basis.X[:-1], cross.total[:-1, :-1]
    left = np.repeat(drawn.fixed[:-1, None], drawn.n_draws, axis=1)  # of the fixed part, in pool coordinates
    ols = np.zeros((X.shape[1], drawn.n_draws))
    for _ in range(2):  # the second pass removes the rounding of the first
        step = X.T @ (gram @ left + drawn.total) / cross.n
        ols, left = ols + step, left - X @ step
    squares = np.einsum("cb,cb->b", left, gram @ left + 2.0 * drawn.total) + drawn.squares
    scale = np.sqrt(squares / cross.n)
    scores = tuple(
        _scores(arrangement, f, levelwise.right_multiply(sums.panel[:, :-1], left) + panel) / scale[:, None]
        for f, (sums, panel) in enumerate(zip(cross.factors, drawn.panels, strict=True))
    )
    return Responses(scores, np.full(drawn.n_draws, float(cross.n)), ols.T, scale)


def _scores(arrangement: Arrangement, factor: int, panel: np.ndarray) -> np.ndarray:
    """Return sums with the own columns of a factor as those with its standardised columns."""
    cross = arrangement.cross
    terms = zip(arrangement.basis.terms, cross.term_factor, strict=True)
    columns = np.column_stack([term[cross.factors[factor].own] for term, f in terms if f == factor])
    return levelwise.left_multiply(columns.T, panel)


class SumDraws:
    """What draws the sums of products of responses with the columns of some cross products.

    Parameters
    ----------
    cross : CrossProducts
    max_dense_columns : int

    Raises
    ------
    ProblemTooLargeError
        If more than `max_dense_columns` columns of crossed factors remain.
    """

    def __init__(self, cross: CrossProducts, max_dense_columns: int) -> None:
        self.cross = cross
        pieces = _OwnColumns(cross)
        order = choose_order(pieces.sizes, pieces.n_levels, pieces.pairs, max_dense_columns)
        self._by_factor = ByFactor(order.chain, order.rest, assemble(pieces, order.chain, order.rest))
        self._root = semidefinite_root(self._by_factor.blocks)

    @property
    def n_numbers(self) -> int:
        """How many numbers a response is drawn as."""
        return len(self.cross.total) + sum(len(sums.own) * sums.n_levels for sums in self.cross.factors)

    def draw(
        self,
        n_draws: int,
        sigma: float,
        beta: np.ndarray,
        templates: Sequence[np.ndarray],
        generator: np.random.Generator,
    ) -> DrawnSums:
        """Draw responses of the model with some parameters.

        Parameters
        ----------
        n_draws : int
        sigma : float
        beta : ndarray, shape (p,)
        templates : sequence of ndarray, shape (k, k)
            The relative covariance factor of each term, in the units of its columns.
        generator : numpy.random.Generator
        """
        effects = self._effects(n_draws, [sigma * template for template in templates], generator)
        panels, total, squares = self.errors(n_draws, generator)
        panels, total, squares = [sigma * panel for panel in panels], sigma * total, sigma**2 * squares
        squares += 2.0 * sum(np.einsum("hbj,hbj->b", a, panel) for a, panel in zip(effects, panels, strict=True))
        explained = self._products(effects)
        squares += sum(np.einsum("hbj,hbj->b", a, panel) for a, panel in zip(effects, explained, strict=True))
        for a, sums in zip(effects, self.cross.factors, strict=True):
            total += levelwise.sum_products(sums.panel[:, :-1], a)
        return DrawnSums(
            self.cross.X @ beta, total, tuple(e + z for e, z in zip(panels, explained, strict=True)), squares
        )

    def _effects(self, n_draws: int, roots: Sequence[np.ndarray], generator: np.random.Generator) -> list[np.ndarray]:
        """Return new random effects as coefficients of the own columns of each factor, shape (h, B, J)."""
        cross = self.cross
        drawn = [np.zeros((len(sums.own), n_draws, sums.n_levels)) for sums in cross.factors]
        for term, f, root in zip(cross.terms, cross.term_factor, roots, strict=True):
            own, n_levels = cross.factors[f].own, cross.factors[f].n_levels
            spherical = generator.standard_normal((len(root), n_draws, n_levels))
            drawn[f] += levelwise.left_multiply(term[own] @ root, spherical)
        return drawn

    def errors(self, n_draws: int, generator: np.random.Generator) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
        """Draw the sums of independent errors of variance 1 / weight.

        Returns
        -------
        list of ndarray, shape (h, B, J); ndarray, shape (c - 1, B); ndarray, shape (B,)
            With the own columns of each factor by level; with all columns; their sums of squares.
        """
        panels, rest, right, squares = self._root.drawn(n_draws, generator)
        df = self.cross.n - self._root.rank
        squares += generator.chisquare(df, n_draws) if df > 0 else 0.0
        return list(self._by_factor.gathered(panels, rest)), right, squares

    def contrasts(
        self, n_draws: int, generator: np.random.Generator
    ) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
        """Draw as `errors` does, with all products of the draws, shape (B, B), in the place of their squares."""
        panels, rest, right, products = self._root.drawn(n_draws, generator, products=True)
        df = self.cross.n - self._root.rank
        left = generator.standard_normal((n_draws, min(df, n_draws))) if df > 0 else np.zeros((n_draws, 0))
        left *= np.sqrt(max(df, 1) / max(left.shape[1], 1))  # as many directions as show all that df have
        return list(self._by_factor.gathered(panels, rest)), right, products + left @ left.T

    def _products(self, effects: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return ``Z'W Z b`` of each factor, shape (h, B, J)."""
        factors = self.cross.factors
        found = [levelwise.multiply(sums.panel[:, sums.own], a) for sums, a in zip(factors, effects, strict=True)]
        for (f, g), sums in self.cross.pairs.items():
            pairs = sums.pairs
            for i, j in np.ndindex(sums.values.shape[:2]):
                matrix = sparse.csr_matrix(
                    (sums.values[i, j], (pairs.first, pairs.second)), shape=(pairs.n_first, pairs.n_second)
                )
                found[f][i] += (matrix @ effects[g][j].T).T
                found[g][j] += (matrix.T @ effects[f][i].T).T
        return found


class _OwnColumns(Pieces):
    """The sums of the own columns of each factor as they are in the pool, with all pool columns as right sides."""

    def __init__(self, cross: CrossProducts) -> None:
        self.cross = cross
        self.sizes = tuple(len(sums.own) for sums in cross.factors)
        self.n_levels = tuple(sums.n_levels for sums in cross.factors)
        self.pairs = {place: sums.pairs for place, sums in cross.pairs.items()}

    @property
    def corner(self) -> np.ndarray:
        return self.cross.total[:-1, :-1]

    def own_and_right(self, factor: int) -> np.ndarray:
        sums = self.cross.factors[factor]
        return np.concatenate([sums.panel[:, sums.own], sums.panel[:, :-1]], axis=1)

    def pair(self, first: int, second: int) -> np.ndarray:
        return self.cross.pairs[first, second].values

    def pattern_of(self, entries: Entries, find: Callable[[], SparsePattern]) -> SparsePattern:
        return self.cross.pattern_of(entries, find)
