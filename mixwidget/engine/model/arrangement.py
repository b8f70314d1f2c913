"""Cross products in the standardised basis, arranged as a chain of nested factors and the rest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from mixwidget.engine.model.basis import Basis, standard_basis
from mixwidget.engine.model.basis import with_response as basis_with_response
from mixwidget.engine.model.prior import Prior
from mixwidget.engine.model.prior_basis import prior_basis
from mixwidget.engine.model.theta import ThetaLayout, theta_layout
from mixwidget.engine.sums.cross_products import CrossProducts, Entries
from mixwidget.errors import ProblemTooLargeError
from mixwidget.linalg import levelwise
from mixwidget.linalg.blocks import Blocks, ChainBlock
from mixwidget.linalg.by_factor import ByFactor
from mixwidget.linalg.cross import Cross, DenseCross, SparseCross, sparse_is_cheaper
from mixwidget.linalg.rest import Rest, RestFactor
from mixwidget.linalg.sparse_pattern import sparse_pattern

ALL_DENSE_BELOW = 150  # random effects of several factors; below, one dense system costs fewer calls than a chain


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
    def n_random(self) -> int:
        """Number of random effects."""
        sizes = self.layout.factor_sizes
        return sum(k * factor.n_levels for k, factor in zip(sizes, self.cross.factors, strict=True))


def arrange(
    cross: CrossProducts, max_dense_columns: int, known: Basis | None = None, *, prior: Prior | None = None
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

    Raises
    ------
    ProblemTooLargeError
        If more than `max_dense_columns` random effects remain after the best chain.
    """
    basis = standard_basis(cross, known)
    if prior is not None:
        basis = prior_basis(basis, prior)
    sizes = tuple(term.shape[1] for term in cross.terms)
    layout = theta_layout(sizes, cross.term_factor, len(cross.factors))
    widths = [size * factor.n_levels for size, factor in zip(layout.factor_sizes, cross.factors, strict=True)]
    is_small = len(widths) > 1 and sum(widths) <= min(ALL_DENSE_BELOW, max_dense_columns)
    chain = () if is_small else _best_chain(cross, widths)
    rest = tuple(f for f in range(len(widths)) if f not in chain)
    n_rest = sum(widths[f] for f in rest)
    if n_rest > max_dense_columns:
        listed = ", ".join(f"{widths[f]:,}" for f in rest)
        raise ProblemTooLargeError(
            f"the crossed random effects beside the largest factor have {n_rest:,} columns ({listed}), more than "
            f"max_dense_columns={max_dense_columns:,}; their Schur complement would take "
            f"{5 * 8 * n_rest**2 / 1e9:.1f} GB. Drop a crossed term, or raise Control(max_dense_columns=...)"
        )
    return Arrangement(cross, basis, layout, chain, rest, _Builder(cross, basis, layout).build(chain, rest))


def with_sums(arrangement: Arrangement, cross: CrossProducts) -> Arrangement:
    """Return the arrangement with another response, that of the sums; nothing else is formed again.

    Parameters
    ----------
    arrangement : Arrangement
    cross : CrossProducts
        The arrangement's own but for the response.
    """
    basis = basis_with_response(arrangement.basis, cross)
    builder = _Builder(cross, basis, arrangement.layout)
    scores = tuple(builder.panel(f, basis.y[:, None])[:, 0] for f in range(len(cross.factors)))
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
        rest = Rest(rest.factors, rest.own, _with_last(rest.right, of_rest[:, 0]))
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
    return _Builder(arrangement.cross, arrangement.basis, arrangement.layout).rest(everything)


def _best_chain(cross: CrossProducts, widths: list[int]) -> tuple[int, ...]:
    """Return the chain of nested factors that leaves the fewest random effects to the dense rest."""
    best: tuple[int, ...] = ()
    for start in range(len(widths)):
        chain = [start]
        while coarser := [f for f in range(len(widths)) if f not in chain and _is_nested(cross, chain[-1], f)]:
            chain.append(max(coarser, key=lambda f: (cross.factors[f].n_levels, widths[f])))
        if sum(widths[f] for f in chain) > sum(widths[f] for f in best):
            best = tuple(chain)
    return best


def _is_nested(cross: CrossProducts, fine: int, coarse: int) -> bool:
    sums = cross.pairs.get((fine, coarse))
    return sums is not None and sums.pairs.kind == "nested"


class _Builder:
    """Projects the pool's sums onto the standardised columns."""

    def __init__(self, cross: CrossProducts, basis: Basis, layout: ThetaLayout) -> None:
        self.cross = cross
        self.layout = layout
        self.right = np.column_stack([basis.X, basis.y])
        self.columns = [
            np.column_stack([b for b, f in zip(basis.terms, cross.term_factor, strict=True) if f == factor])
            for factor in range(len(cross.factors))
        ]

    def build(self, chain: tuple[int, ...], rest: tuple[int, ...]) -> Blocks:
        crosses = self._crosses(chain, rest)
        blocks = tuple(self._chain_block(chain, position, cross) for position, cross in enumerate(crosses))
        right = self.right.T @ self.cross.total @ self.right
        return Blocks(blocks, self.rest(rest) if rest else None, right)

    def _own(self, factor: int) -> np.ndarray:
        return self.columns[factor][self.cross.factors[factor].own]

    def panel(self, factor: int, right: np.ndarray) -> np.ndarray:
        """Project a factor's panel: rows on its columns, columns on the given pool coordinates."""
        panel = levelwise.right_multiply(self.cross.factors[factor].panel, right)
        return levelwise.left_multiply(self._own(factor).T, panel)

    def _pair(self, first: int, second: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the levels of each pair, first and second factor as asked, and the projected values."""
        swapped = (first, second) not in self.cross.pairs
        sums = self.cross.pairs[(second, first) if swapped else (first, second)]
        levels = (sums.pairs.second, sums.pairs.first) if swapped else (sums.pairs.first, sums.pairs.second)
        values = sums.values.transpose(1, 0, 2) if swapped else sums.values
        projected = levelwise.left_multiply(self._own(first).T, levelwise.right_multiply(values, self._own(second)))
        return *levels, projected

    def _chain_block(self, chain: tuple[int, ...], position: int, cross: Cross | None) -> ChainBlock:
        factor = chain[position]
        size = self.layout.factor_sizes[factor]
        panel = self.panel(factor, np.column_stack([self.columns[factor], self.right]))
        ancestors, between = [], []
        for later in chain[position + 1 :]:
            _, parent, values = self._pair(factor, later)
            ancestors.append(parent)
            between.append(values)
        panel = np.concatenate([panel[:, :size], *between, panel[:, size:]], axis=1) if between else panel
        return ChainBlock(size, np.ascontiguousarray(panel), tuple(ancestors), cross)

    def _places(self, rest: tuple[int, ...]) -> tuple[RestFactor, ...]:
        places, offset = [], 0
        for factor in rest:
            place = RestFactor(self.layout.factor_sizes[factor], self.cross.factors[factor].n_levels, offset)
            places.append(place)
            offset += place.k * place.n_levels
        return tuple(places)

    def rest(self, rest: tuple[int, ...]) -> Rest:
        places = self._places(rest)
        m = places[-1].columns.stop
        own, right = np.zeros((m, m)), np.empty((m, self.right.shape[1]))
        for i, (factor, place) in enumerate(zip(rest, places, strict=True)):
            panel = self.panel(factor, np.column_stack([self.columns[factor], self.right]))
            levels = np.arange(place.n_levels)
            for a, b in np.ndindex(place.k, place.k):
                start = place.offset
                own[start + a * place.n_levels + levels, start + b * place.n_levels + levels] = panel[a, b]
            right[place.columns] = panel[:, place.k :].transpose(0, 2, 1).reshape(-1, right.shape[1])
            for other, other_place in zip(rest[:i], places[:i], strict=True):
                first, second, values = self._pair(factor, other)
                for a, b in np.ndindex(values.shape[:2]):
                    rows = place.offset + a * place.n_levels + first
                    columns = other_place.offset + b * other_place.n_levels + second
                    own[rows, columns] = values[a, b]
                    own[columns, rows] = values[a, b]
        return Rest(places, own, right)

    def _crosses(self, chain: tuple[int, ...], rest: tuple[int, ...]) -> list[Cross | None]:
        if not rest or not chain:
            return [None] * len(chain)
        places = self._places(rest)
        entries = [self._entries(factor, rest, places) for factor in chain]
        m = places[-1].columns.stop
        finest = self.cross.factors[chain[0]].n_levels
        per_level = np.bincount(entries[0][0], minlength=finest)
        sparse = sparse_is_cheaper(per_level, self.layout.factor_sizes[chain[0]], m)
        crosses: list[Cross | None] = []
        for factor, (level, column, values) in zip(chain, entries, strict=True):
            n_levels = self.cross.factors[factor].n_levels
            if sparse:
                find = partial(sparse_pattern, level, column, n_levels, m)
                pattern = self.cross.pattern_of(self._entries_of(factor, rest, places), find)
                crosses.append(SparseCross(pattern, np.ascontiguousarray(values[:, pattern.order])))
            else:
                dense = np.zeros((len(values), n_levels, m))
                dense[:, level, column] = values
                crosses.append(DenseCross(dense))
        return crosses

    def _entries_of(self, factor: int, rest: tuple[int, ...], places: tuple[RestFactor, ...]) -> Entries:
        """Return what the places of the entries between a chain factor and the rest depend on."""
        pairs = self.cross.pairs
        return tuple(
            (pairs[factor, other].pairs, False, place.k)
            if (factor, other) in pairs
            else (pairs[other, factor].pairs, True, place.k)
            for other, place in zip(rest, places, strict=True)
        )

    def _entries(
        self, factor: int, rest: tuple[int, ...], places: tuple[RestFactor, ...]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """List the occupied entries of the block between a chain factor and the rest."""
        levels, columns, entries = [], [], []
        for other, place in zip(rest, places, strict=True):
            first, second, values = self._pair(factor, other)
            for b in range(place.k):
                levels.append(first)
                columns.append(place.offset + b * place.n_levels + second)
                entries.append(values[:, b])
        return np.concatenate(levels), np.concatenate(columns), np.concatenate(entries, axis=1)
