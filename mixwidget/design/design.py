"""The labelled arrays of a mixed model, between the data frame and the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.errors import Diagnostic
from mixwidget.formula.terms import MixedFormula


@dataclass(frozen=True, slots=True)
class GroupingFactor:
    """A grouping factor on the rows that are fitted.

    Attributes
    ----------
    label : str
        The name as lme4 writes it, e.g. ``"Subject"`` or ``"cask:batch"``.
    levels : tuple of str
        The J levels that occur, in R's order.
    codes : ndarray of int32, shape (n,)
        The position in `levels` of each row.
    """

    label: str
    levels: tuple[str, ...]
    codes: np.ndarray


@dataclass(frozen=True, slots=True)
class RandomBlock:
    """One random-effects term: columns that share one unrestricted covariance matrix.

    Attributes
    ----------
    factor : int
        Position of its grouping factor in `Design.factors`.
    columns : tuple of str
        The k column names, as R writes them.
    z : ndarray, shape (n, k)
        The raw columns (not yet multiplied by the indicator of the level).
    """

    factor: int
    columns: tuple[str, ...]
    z: np.ndarray


@dataclass(frozen=True, slots=True)
class Design:
    """The arrays of a linear (or generalized linear) mixed model and their labels.

    Attributes
    ----------
    formula : MixedFormula
    y : ndarray, shape (n,)
        The response in its own units, offset not subtracted.
    X : ndarray, shape (n, p)
        Fixed-effects columns of full rank.
    x_names, x_dropped : tuple of str
        Names of the kept columns, and of those dropped for rank deficiency.
    x_assign : tuple of (str, tuple of int)
        For each fixed term its label (``"(Intercept)"`` first if there is one) and its columns in `X`.
    terms : tuple of RandomBlock
        In lme4's order; the blocks of ``||`` stand apart, one column each.
    factors : tuple of GroupingFactor
        In lme4's order.
    weights, offset : ndarray, shape (n,), or None
        Prior weights; the sum of all offsets.
    index : pandas.Index, length n
        Row labels of the rows that are fitted.
    kept : ndarray of bool, shape (n_data,)
        Which rows of the data (after `subset`) are fitted.
    data_index : pandas.Index, length n_data
        Row labels of the data after `subset`.
    diagnostics : tuple of Diagnostic
        Dropped columns, dropped rows, ...
    recipe : object
        What `design.newdata` needs to build the same columns on other data.
    """

    formula: MixedFormula
    y: np.ndarray
    X: np.ndarray
    x_names: tuple[str, ...]
    x_dropped: tuple[str, ...]
    x_assign: tuple[tuple[str, tuple[int, ...]], ...]
    terms: tuple[RandomBlock, ...]
    factors: tuple[GroupingFactor, ...]
    weights: np.ndarray | None
    offset: np.ndarray | None
    index: pd.Index
    kept: np.ndarray
    data_index: pd.Index
    diagnostics: tuple[Diagnostic, ...]
    recipe: Any = field(repr=False)

    @property
    def ngroups(self) -> dict[str, int]:
        """Number of levels of each grouping factor."""
        return {factor.label: len(factor.levels) for factor in self.factors}
