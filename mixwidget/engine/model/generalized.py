"""A generalized linear mixed model ready for its criterion: merged rows, standardised columns, where levels meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from mixwidget.engine.model.family import Family, Response, Total, Whole
from mixwidget.engine.model.response_on_disk import ResponseOnDisk
from mixwidget.engine.model.standard_columns import StandardColumns, standard_columns
from mixwidget.engine.model.standard_columns_on_disk import standard_columns_on_disk
from mixwidget.engine.model.theta import ThetaLayout, theta_layout
from mixwidget.engine.model.weighted import Frame, frame
from mixwidget.engine.sums.arrays import FactorArrays, TermArrays
from mixwidget.engine.sums.cells import Cells, merge_rows, rows_as_they_are, single_rows
from mixwidget.engine.sums.pattern import find_pattern
from mixwidget.engine.sums.pattern_on_disk import find_pattern_on_disk


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known of rows that were merged before they came: those given stand for them.

    Attributes
    ----------
    counts : ndarray, shape (n,)
        How many rows each one stands for.
    squares : ndarray, shape (n,)
        Their weighted squares about its response, which is their weighted mean.
    whole : Whole
        The responses of all rows.
    on_disk : bool
        Whether the rows are arrays on disk, of which no copy is made in memory.
    """

    counts: np.ndarray
    squares: np.ndarray
    whole: Whole
    on_disk: bool = False


@dataclass(frozen=True, slots=True)
class GeneralizedArrays:
    """A generalized linear mixed model as arrays.

    Attributes
    ----------
    y : ndarray, shape (n,)
        Response on the scale of the mean: proportions for a binomial family.
    X : ndarray, shape (n, p)
        Fixed-effects columns of full rank.
    terms : tuple of TermArrays
    factors : tuple of FactorArrays
    weights : ndarray, shape (n,), or None
        Positive prior weights: numbers of trials for a binomial family.
    offset : ndarray, shape (n,), or None
        On the scale of the linear predictor.
    gathered : Gathered or None
        Where each of the rows stands for several.
    """

    y: np.ndarray
    X: np.ndarray
    terms: tuple[TermArrays, ...]
    factors: tuple[FactorArrays, ...]
    weights: np.ndarray | None = None
    offset: np.ndarray | None = None
    gathered: Gathered | None = None


@dataclass(frozen=True)
class Generalized:
    """A model that criteria are functions of; m is the number of rows after merging.

    Attributes
    ----------
    arrays : GeneralizedArrays
        As they were given.
    family : Family
    layout : ThetaLayout
    cells : Cells
        Which rows of the data each of the m rows stands for.
    response : Response
        Of the m rows.
    total : Total
    offset : ndarray, shape (m,), or float
    X : StandardColumns
    terms : tuple of StandardColumns
    frame : Frame
        The standardised random-effects columns and where their levels meet.
    reach : float
        How large the fixed part of a linear predictor may be. Without end, but where fixed effects separate the
        responses: there the criterion falls for ever, and soon by less than rounding.
    """

    arrays: GeneralizedArrays
    family: Family
    layout: ThetaLayout
    cells: Cells
    response: Response
    total: Total
    offset: np.ndarray | float
    X: StandardColumns
    terms: tuple[StandardColumns, ...]
    frame: Frame = field(repr=False)
    reach: float = np.inf

    @property
    def n(self) -> int:
        """Number of rows of the data."""
        gathered = self.arrays.gathered
        return len(self.arrays.y) if gathered is None else gathered.whole.n

    @property
    def counts(self) -> np.ndarray:
        """Rows of the data that each of the m rows stands for."""
        counts = _counts(self.arrays, self.cells)
        return np.ones(len(self.cells.first)) if counts is None else counts

    @property
    def p(self) -> int:
        return len(self.X.rows)

    @property
    def dependent(self) -> tuple[tuple[int, int], ...]:
        """Term and position of random-effects columns that the columns before them in their term determine."""
        return tuple((term, column) for term, found in enumerate(self.terms) for column in found.dependent)

    @cached_property
    def prior_weights(self) -> np.ndarray:
        """Prior weights of the rows that were given, shape (n,)."""
        weights = self.arrays.weights
        return np.ones(self.n) if weights is None else weights

    @cached_property
    def squares_within(self) -> np.ndarray | None:
        """Weighted squares of the rows about the mean of their merged row, shape (m,); None where none are merged."""
        if self.cells.counts is None and (self.arrays.gathered is None or _on_disk(self.arrays)):
            return None
        return _squares(self.arrays, self.cells, self.response.y)

    @property
    def shape_slope(self) -> float:
        """The derivative by the shape of what the log-likelihood has of the responses alone."""
        gathered = self.arrays.gathered
        if gathered is not None:
            return gathered.whole.shape_slope(self.family)
        return self.family.shape_slope(self.arrays.y, self.prior_weights)

    def with_family(self, family: Family) -> Generalized:
        """Return the model with another family on the same rows."""
        return replace(
            self,
            family=family,
            response=_response(self.arrays, family, self.response.y, self.response.weights),
            total=_total(self.arrays, family, self.cells, self.response.y, self.response.weights),
        )


def with_response(model: Generalized, y: np.ndarray, weights: np.ndarray | None) -> Generalized:
    """Return the model of another response, shape (n,), with its weights; nothing but these is formed again.

    Fixed effects that separate the one response need not separate the other, so that they have no bounds.
    """
    arrays, cells = replace(model.arrays, y=y, weights=weights), model.cells
    merged, total = _merged_response(arrays, cells)
    return replace(
        model,
        arrays=arrays,
        response=_response(arrays, model.family, merged, total),
        total=_total(arrays, model.family, cells, merged, total),
        reach=np.inf,
    )


def generalized(
    arrays: GeneralizedArrays, family: Family, *, max_dense_columns: int, merge: bool = True
) -> Generalized:
    """Make a model ready for its criterion.

    Parameters
    ----------
    arrays : GeneralizedArrays
    family : Family
    max_dense_columns : int
        As in `choose_order`.
    merge : bool
        Whether rows that differ in the response only become one.

    Raises
    ------
    ProblemTooLargeError
        As in `choose_order`.
    """
    on_disk = _on_disk(arrays)
    cells = rows_as_they_are(len(arrays.y)) if on_disk else _cells(arrays, merge=merge)
    counts, standardised = _counts(arrays, cells), standard_columns_on_disk if on_disk else standard_columns
    y, weights = _merged_response(arrays, cells)
    terms = tuple(standardised(cells.take(term.z), counts) for term in arrays.terms)
    term_factor = tuple(term.factor for term in arrays.terms)
    layout = theta_layout(tuple(len(found.rows) for found in terms), term_factor, len(arrays.factors))
    pattern = (find_pattern_on_disk if on_disk else find_pattern)(
        tuple(FactorArrays(cells.take(factor.codes), factor.n_levels) for factor in arrays.factors)
    )
    by_factor = columns_by_factor(terms, term_factor, len(arrays.factors))
    return Generalized(
        arrays=arrays,
        family=family,
        layout=layout,
        cells=cells,
        response=_response(arrays, family, y, weights),
        total=_total(arrays, family, cells, y, weights),
        offset=0.0 if arrays.offset is None else cells.take(arrays.offset),
        X=standardised(cells.take(arrays.X), counts),
        terms=terms,
        frame=frame(pattern, by_factor, max_dense_columns),
    )


def columns_by_factor(
    terms: Sequence[StandardColumns], term_factor: Sequence[int], n_factors: int
) -> tuple[np.ndarray, ...]:
    """Return the standardised columns of all terms of each factor, shape (K, m)."""
    own = [[found.rows for found, f in zip(terms, term_factor, strict=True) if f == i] for i in range(n_factors)]
    return tuple(rows[0] if len(rows) == 1 else np.concatenate(rows) for rows in own)


def _cells(arrays: GeneralizedArrays, *, merge: bool) -> Cells:
    """Merge rows, and put them in the order of levels."""
    cells = merge_rows(_deciding_columns(arrays)) if merge else single_rows(len(arrays.y))
    slowest = sorted(arrays.factors, key=lambda factor: -factor.n_levels)
    return cells.ordered([factor.codes for factor in slowest])


def _deciding_columns(arrays: GeneralizedArrays) -> list[np.ndarray]:
    """Return all columns of which the linear predictor is made."""
    columns = [factor.codes for factor in arrays.factors]
    columns += list(arrays.X.T)
    columns += [column for term in arrays.terms for column in term.z.T]
    return columns if arrays.offset is None else [*columns, arrays.offset]


def _total(arrays: GeneralizedArrays, family: Family, cells: Cells, y: np.ndarray, weights: np.ndarray) -> Total:
    """Return the likelihood of all rows; `y` and `weights` (m,) are those of the merged ones."""
    if arrays.gathered is not None:
        squares = None if arrays.gathered.on_disk else _squares(arrays, cells, y)
        return arrays.gathered.whole.total(family, y, weights, squares)
    given = np.asarray(arrays.y, dtype=float)
    return family.total(given, _weights(arrays), given if cells.counts is None else y[cells.of_row])


def _squares(arrays: GeneralizedArrays, cells: Cells, y: np.ndarray) -> np.ndarray:
    """Return the weighted squares of the rows of each cell about its mean `y`, shape (m,)."""
    if cells.is_identity and arrays.gathered is not None:
        return arrays.gathered.squares
    squares = _weights(arrays) * (arrays.y - y[cells.of_row]) ** 2
    return cells.total(squares if arrays.gathered is None else squares + arrays.gathered.squares)


def _counts(arrays: GeneralizedArrays, cells: Cells) -> np.ndarray | None:
    """Return how many rows of the data each cell stands for, shape (m,); None if each is one of them."""
    return cells.counts if arrays.gathered is None else cells.total(arrays.gathered.counts)


def _merged_response(arrays: GeneralizedArrays, cells: Cells) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted mean response of each cell, shape (m,), and its weight."""
    given, y = _weights(arrays), np.asarray(arrays.y, dtype=float)
    weights = cells.total(given)
    return cells.take(y) if cells.counts is None else cells.total(given * y) / weights, weights


def _on_disk(arrays: GeneralizedArrays) -> bool:
    return arrays.gathered is not None and arrays.gathered.on_disk


def _response(arrays: GeneralizedArrays, family: Family, y: np.ndarray, weights: np.ndarray) -> Response:
    return ResponseOnDisk(family, y, weights) if _on_disk(arrays) else family.response(y, weights)


def _weights(arrays: GeneralizedArrays) -> np.ndarray:
    return np.ones(len(arrays.y)) if arrays.weights is None else np.asarray(arrays.weights, dtype=float)
