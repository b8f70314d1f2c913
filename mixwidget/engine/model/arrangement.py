"""Cross products in the standardised basis, arranged as a chain of nested factors and the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from mixwidget.engine.model.assembly import Pieces, assemble, assemble_rest
from mixwidget.engine.model.basis import Basis, standard_basis
from mixwidget.engine.model.basis import with_response as basis_with_response
from mixwidget.engine.model.order import Crossed, choose_order
from mixwidget.engine.model.prior import Prior
from mixwidget.engine.model.prior_basis import prior_basis
from mixwidget.engine.model.scattered import assemble_scattered
from mixwidget.engine.model.theta import ThetaLayout, theta_layout
from mixwidget.engine.sums.cross_products import CrossProducts, Entries
from mixwidget.linalg import levelwise
from mixwidget.linalg.blocks import Blocks, ChainBlock
from mixwidget.linalg.by_factor import ByFactor
from mixwidget.linalg.iterative_rest import IterativeMethod
from mixwidget.linalg.rest import Rest
from mixwidget.linalg.sparse_pattern import SparsePattern


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A model ready for the criterion.

    Attributes
    ----------
    cross : CrossProducts
    basis : Basis
    layout : ThetaLayout
    chain, rest : tuple of int
        The factors that are eliminated level by level, finest first (none in small problems with several factors),
        and those that remain.
    blocks : Blocks
    by_factor : ByFactor
        The blocks by factor, whether it is eliminated or remains.
    """

    cross: CrossProducts
    basis: Basis
    layout: ThetaLayout
    chain: tuple[int, ...]
    rest: tuple[int, ...]
    blocks: Blocks
    by_factor: ByFactor = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_factor", ByFactor(self.chain, self.rest, self.blocks))

    @property
    def crossed(self) -> Crossed | None:
        """How crossed factors are dealt with; None where there are none."""
        if self.blocks.rest is None:
            return None
        if isinstance(self.blocks.rest, Rest):
            return "dense"
        return "iterative" if isinstance(self.blocks.rest.method, IterativeMethod) else "sparse"

    @property
    def n_random(self) -> int:
        """Number of random effects."""
        sizes = self.layout.factor_sizes
        return sum(k * factor.n_levels for k, factor in zip(sizes, self.cross.factors, strict=True))


def arrange(
    cross: CrossProducts,
    max_dense_columns: int,
    known: Basis | None = None,
    *,
    prior: Prior | None = None,
    crossed: Crossed = "dense",
) -> Arrangement:
    """Choose the order of elimination and build the blocks.

    Parameters
    ----------
    cross : CrossProducts
    max_dense_columns : int
    known : Basis, optional
        Used as `standard_basis` says.
    prior : Prior, optional
        Changes the basis as `prior_basis` says.
    crossed : {"auto", "dense", "sparse", "iterative"}
        How crossed factors are dealt with; *auto* takes the dense way up to `max_dense_columns` random effects.

    Raises
    ------
    ProblemTooLargeError
        As `choose_order`, or if a sparse factor was asked for that is too large.
    """
    basis = standard_basis(cross, known)
    if prior is not None:
        basis = prior_basis(basis, prior)
    sizes = tuple(term.shape[1] for term in cross.terms)
    layout = theta_layout(sizes, cross.term_factor, len(cross.factors))
    pieces = _Projected(cross, basis, layout)
    order = choose_order(pieces.sizes, pieces.n_levels, pieces.pairs, max_dense_columns, crossed)
    chain, rest = order.chain, order.rest
    scattered = order.is_scattered
    blocks = assemble_scattered(pieces, chain, rest, crossed) if scattered else assemble(pieces, chain, rest)
    return Arrangement(cross, basis, layout, chain, rest, blocks)


def with_sums(arrangement: Arrangement, cross: CrossProducts) -> Arrangement:
    """Return the arrangement with another response, that of the sums; nothing else is formed again.

    Parameters
    ----------
    arrangement : Arrangement
    cross : CrossProducts
        The arrangement's own but for the response.
    """
    basis = basis_with_response(arrangement.basis, cross)
    pieces = _Projected(cross, basis, arrangement.layout)
    scores = tuple(pieces.panel(f, basis.y[:, None])[:, 0] for f in range(len(cross.factors)))
    right = np.column_stack([basis.X, basis.y]).T @ cross.total @ basis.y
    return replace(with_scores(arrangement, basis, scores, right), cross=cross)


def with_scores(
    arrangement: Arrangement, basis: Basis, scores: tuple[np.ndarray, ...], right: np.ndarray
) -> Arrangement:
    """Return the arrangement with other sums of products with the response.

    Parameters
    ----------
    arrangement : Arrangement
    basis : Basis
        With the unit and the least-squares coefficients of the new response.
    scores : tuple of ndarray, shape (K, J)
        Z'y of each factor.
    right : ndarray, shape (p + 1,)
        [X y]'y.
    """
    blocks = arrangement.blocks
    of_chain, of_rest = arrangement.by_factor.scattered([score[:, None] for score in scores])
    chain = tuple(
        ChainBlock(block.k, _with_last(block.panel, score[:, 0]), block.ancestors, block.cross)
        for score, block in zip(of_chain, blocks.chain, strict=True)
    )
    rest = blocks.rest
    if rest is not None:
        rest = replace(rest, right=_with_last(rest.right, of_rest[:, 0]))
    corner = blocks.right.copy()
    corner[-1], corner[:, -1] = right, right
    return replace(arrangement, basis=basis, blocks=Blocks(chain, rest, corner))


def _with_last(array: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Return a copy whose last column along the second axis is another."""
    changed = array.copy()
    changed[:, -1] = column
    return changed


def dense_blocks(arrangement: Arrangement) -> Rest:
    """Return the cross products with all factors side by side, none eliminated: shape (q, q) for q random effects."""
    everything = tuple(range(len(arrangement.cross.factors)))
    return assemble_rest(_Projected(arrangement.cross, arrangement.basis, arrangement.layout), everything)


class _Projected(Pieces):
    """The pool's sums projected onto the standardised columns."""

    def __init__(self, cross: CrossProducts, basis: Basis, layout: ThetaLayout) -> None:
        self.cross = cross
        self.sizes = layout.factor_sizes
        self.n_levels = tuple(factor.n_levels for factor in cross.factors)
        self.pairs = {place: sums.pairs for place, sums in cross.pairs.items()}
        self.right = np.column_stack([basis.X, basis.y])
        self.columns = [
            np.column_stack([b for b, f in zip(basis.terms, cross.term_factor, strict=True) if f == factor])
            for factor in range(len(cross.factors))
        ]

    @property
    def corner(self) -> np.ndarray:
        return self.right.T @ self.cross.total @ self.right

    def own_and_right(self, factor: int) -> np.ndarray:
        return self.panel(factor, np.column_stack([self.columns[factor], self.right]))

    def panel(self, factor: int, right: np.ndarray) -> np.ndarray:
        """Project a factor's panel: rows on its columns, columns on the given pool coordinates."""
        panel = levelwise.right_multiply(self.cross.factors[factor].panel, right)
        return levelwise.left_multiply(self._own(factor).T, panel)

    def pair(self, first: int, second: int) -> np.ndarray:
        values = self.cross.pairs[first, second].values
        return levelwise.left_multiply(self._own(first).T, levelwise.right_multiply(values, self._own(second)))

    def pattern_of(self, entries: Entries, find: Callable[[], SparsePattern]) -> SparsePattern:
        return self.cross.pattern_of(entries, find)

    def _own(self, factor: int) -> np.ndarray:
        return self.columns[factor][self.cross.factors[factor].own]
