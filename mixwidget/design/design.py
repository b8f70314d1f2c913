"""What a mixed model is made of, by name: columns, terms, grouping factors; nothing here grows with the rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from mixwidget.design.recipe import Recipe
from mixwidget.design.response import ResponseLabels
from mixwidget.errors import Diagnostic
from mixwidget.formula.terms import MixedFormula


@dataclass(frozen=True, slots=True)
class GroupingFactor:
    """A grouping factor of the rows that are fitted.

    Attributes
    ----------
    label : str
        The name as lme4 writes it, e.g. ``"Subject"`` or ``"cask:batch"``.
    levels : tuple of str
        The J levels that occur, in R's order.
    """

    label: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RandomBlock:
    """One random-effects term: columns that share one unrestricted covariance matrix.

    Attributes
    ----------
    factor : int
        Position of its grouping factor in `Design.factors`.
    columns : tuple of str
        The k column names, as R writes them.
    """

    factor: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Design:
    """The labels of a linear (or generalized linear) mixed model, and the recipe of its columns.

    The numbers of these columns on the rows of the data are its `Rows`.

    Attributes
    ----------
    formula : MixedFormula
    x_names, x_dropped : tuple of str
        Names of the kept fixed-effects columns, and of those dropped for rank deficiency.
    x_assign : tuple of (str, tuple of int)
        For each fixed term its label (``"(Intercept)"`` first if there is one) and its columns in `Rows.X`.
    terms : tuple of RandomBlock
        In lme4's order; the blocks of ``||`` stand apart, one column each.
    factors : tuple of GroupingFactor
        In lme4's order.
    diagnostics : tuple of Diagnostic
        Dropped columns, dropped rows, ...
    response : ResponseLabels
        What the response was read as.
    recipe : Recipe
        What `design.newdata` needs to build the same columns on other data.
    """

    formula: MixedFormula
    x_names: tuple[str, ...]
    x_dropped: tuple[str, ...]
    x_assign: tuple[tuple[str, tuple[int, ...]], ...]
    terms: tuple[RandomBlock, ...]
    factors: tuple[GroupingFactor, ...]
    diagnostics: tuple[Diagnostic, ...]
    response: ResponseLabels
    recipe: Recipe = field(repr=False)

    @property
    def ngroups(self) -> dict[str, int]:
        """Number of levels of each grouping factor."""
        return {factor.label: len(factor.levels) for factor in self.factors}
