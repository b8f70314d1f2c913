"""The sums of products of a model's rows, which fits of the same rows share."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mixwidget.design.design import Design
from mixwidget.design.rows import Rows
from mixwidget.engine.sums.arrays import FactorArrays, ModelArrays, TermArrays
from mixwidget.engine.sums.cross_products import CrossProducts, select_terms, sum_rows, with_response
from mixwidget.engine.sums.pooled_rows import PooledRows, pool_rows

KEPT_BYTES = 64_000_000  # of standardised columns beside the rows' own; above, they are formed again when needed


@dataclass(frozen=True, slots=True)
class Sums:
    """The rows of a model, ready to be summed, and their sums of products.

    Attributes
    ----------
    pooled : PooledRows or None
        What sums with another response, with other weights or over fewer rows start from; None where it would take
        much memory beside the rows themselves.
    cross : CrossProducts
    """

    pooled: PooledRows | None
    cross: CrossProducts

    def select(self, factors: tuple[int, ...], terms: list[np.ndarray], term_factor: tuple[int, ...]) -> Sums:
        """Return the sums of other terms on some of the factors, see `select_terms`."""
        return self._with(select_terms(self.cross, factors, terms, term_factor), factors)

    def with_fixed(self, kept: list[int]) -> Sums:
        """Return the sums with some of the fixed-effects columns."""
        every = tuple(range(len(self.cross.factors)))
        return self._with(replace(self.cross, X=self.cross.X[:, kept]), every)

    def with_combined(self, known: np.ndarray) -> Sums:
        """Return the sums with combinations of the fixed-effects columns, shape (p, p_new), in their place."""
        return Sums(None, replace(self.cross, X=self.cross.X @ known))

    def with_constant(self) -> Sums:
        """Return the sums with a column of ones for the only fixed effect."""
        return Sums(None, replace(self.cross, X=np.eye(len(self.cross.total))[:, :1]))

    def with_response(self, design: Design, rows: Rows) -> Sums:
        """Return the sums of rows that are the same but for the response; only its own are formed."""
        pooled = self.pooled_rows(design, rows).with_response(rows.y_less_offset)
        return Sums(_kept(pooled), with_response(self.cross, pooled))

    def pooled_rows(self, design: Design, rows: Rows) -> PooledRows:
        """Return the rows ready to be summed, standardised again where they were not kept."""
        return pool_rows(model_arrays(design, rows)) if self.pooled is None else self.pooled

    def _with(self, cross: CrossProducts, factors: tuple[int, ...]) -> Sums:
        return Sums(None if self.pooled is None else self.pooled.select(factors, cross.X, cross.terms), cross)


def read_sums(design: Design, rows: Rows) -> Sums:
    """Form all sums of products of a model's rows."""
    pooled = pool_rows(model_arrays(design, rows))
    return Sums(_kept(pooled), sum_rows(pooled, tuple(term.factor for term in design.terms)))


def model_arrays(design: Design, rows: Rows) -> ModelArrays:
    """Strip the rows of a design of all names."""
    return ModelArrays(
        y=rows.y_less_offset,
        X=rows.X,
        terms=tuple(TermArrays(term.factor, z) for term, z in zip(design.terms, rows.z, strict=True)),
        factors=tuple(
            FactorArrays(codes, len(factor.levels)) for factor, codes in zip(design.factors, rows.codes, strict=True)
        ),
        weights=rows.weights,
    )


def _kept(pooled: PooledRows) -> PooledRows | None:
    """Return the rows if a fit may hold on to them."""
    return pooled if pooled.nbytes <= KEPT_BYTES else None
