"""The rows of a design and their sums of products, which fits of the same rows share."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mixwidget.design.design import Design
from mixwidget.engine.sums.arrays import FactorArrays, ModelArrays, TermArrays
from mixwidget.engine.sums.cross_products import CrossProducts, select_terms, sum_rows, with_response
from mixwidget.engine.sums.rows import Rows, read_rows

KEPT_BYTES = 64_000_000  # of standardised columns beside the design's own; above, they are formed again when needed


@dataclass(frozen=True, slots=True)
class Sums:
    """The rows of a design, ready to be summed, and their sums of products.

    Attributes
    ----------
    rows : Rows or None
        What sums with another response, with other weights or over fewer rows start from; None where it would take
        much memory beside the design itself.
    cross : CrossProducts
    """

    rows: Rows | None
    cross: CrossProducts

    def select(self, factors: tuple[int, ...], terms: list[np.ndarray], term_factor: tuple[int, ...]) -> Sums:
        """Return the sums of other terms on some of the factors, see `select_terms`."""
        return self._with(select_terms(self.cross, factors, terms, term_factor), factors)

    def with_fixed(self, kept: list[int]) -> Sums:
        """Return the sums with some of the fixed-effects columns."""
        every = tuple(range(len(self.cross.factors)))
        return self._with(replace(self.cross, X=self.cross.X[:, kept]), every)

    def with_response(self, design: Design) -> Sums:
        """Return the sums with the response of a design that is the same otherwise; only its own are formed."""
        rows = self.rows_of(design).with_response(_less_offset(design))
        return Sums(_kept(rows), with_response(self.cross, rows))

    def rows_of(self, design: Design) -> Rows:
        """Return the rows of the design, read again where they were not kept."""
        return read_rows(model_arrays(design)) if self.rows is None else self.rows

    def _with(self, cross: CrossProducts, factors: tuple[int, ...]) -> Sums:
        return Sums(None if self.rows is None else self.rows.select(factors, cross.X, cross.terms), cross)


def read_sums(design: Design) -> Sums:
    """Form all sums of products of a design."""
    rows = read_rows(model_arrays(design))
    return Sums(_kept(rows), sum_rows(rows, tuple(term.factor for term in design.terms)))


def model_arrays(design: Design) -> ModelArrays:
    """Strip a design of its names."""
    return ModelArrays(
        y=_less_offset(design),
        X=design.X,
        terms=tuple(TermArrays(term.factor, term.z) for term in design.terms),
        factors=tuple(FactorArrays(factor.codes, len(factor.levels)) for factor in design.factors),
        weights=design.weights,
    )


def _less_offset(design: Design) -> np.ndarray:
    return design.y if design.offset is None else design.y - design.offset


def _kept(rows: Rows) -> Rows | None:
    """Return the rows if a fit may hold on to them."""
    return rows if rows.nbytes <= KEPT_BYTES else None
