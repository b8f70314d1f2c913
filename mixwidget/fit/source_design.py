"""The labels of a model and how its rows are read again, from the first passes over data that come in batches."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mixwidget.control import Control
from mixwidget.design.checks import check_levels
from mixwidget.design.distant_rows import RowFacts
from mixwidget.design.labels import Drawn, Known, draw_columns
from mixwidget.design.plan import make_plan
from mixwidget.design.response import ResponseReading
from mixwidget.engine.sums.in_parts import pairs_of_keys
from mixwidget.fit.given import Given
from mixwidget.fit.room import check_room
from mixwidget.formula.parse import parse_formula
from mixwidget.linalg.pairs import LevelPairs
from mixwidget.sources.column_places import ColumnPlaces, column_places
from mixwidget.sources.knowledge import known_variables
from mixwidget.sources.learned import Learned
from mixwidget.sources.levels import Levels
from mixwidget.sources.request import Request, refuse_arrays
from mixwidget.sources.source import Source


@dataclass(frozen=True, slots=True, eq=False)
class SourceDesign:
    """What is known of a model before its rows are read again.

    Attributes
    ----------
    learned : Learned
    known : Known
    drawn : Drawn
    places : ColumnPlaces
    pairs : dict of LevelPairs
        By position of the factors, the one with more levels first.
    """

    learned: Learned
    known: Known
    drawn: Drawn
    places: ColumnPlaces
    pairs: dict[tuple[int, int], LevelPairs]

    @property
    def term_factor(self) -> tuple[int, ...]:
        """The factor of each random-effects term."""
        labels = [factor.label for factor in self.drawn.factors]
        return tuple(labels.index(block.label) for block in self.drawn.blocks)

    @property
    def n_levels(self) -> tuple[int, ...]:
        """The levels of each factor."""
        return tuple(len(factor.levels) for factor in self.drawn.factors)

    @property
    def factor_sizes(self) -> tuple[int, ...]:
        """The random effects of a level of each factor."""
        widths = zip(self.drawn.blocks, self.term_factor, strict=True)
        sizes = np.zeros(len(self.drawn.factors), dtype=int)
        for block, factor in widths:
            sizes[factor] += len(block.columns)
        return tuple(sizes.tolist())

    def facts(
        self, products: np.ndarray | None, level_sizes: tuple[np.ndarray, ...], engine: str | None = None
    ) -> RowFacts:
        """Return what is known of rows that are not held; `engine` formed the sums, if it is one."""
        counts, responses = self.learned.counts, self.learned.counts.responses
        return RowFacts(
            kind=self.learned.source.kind,
            engine=engine,
            names=self.learned.source.names,
            n=counts.n,
            n_data=counts.n_data,
            products=products,
            level_sizes=level_sizes,
            response=counts.response if responses is None else responses.mean_and_sd(self.known.response),
            mean_offset=counts.mean_offset,
            cells=counts.cells,
        )


def requested(
    formula: str,
    source: Source,
    given: Given,
    reading: ResponseReading,
    control: Control,
    *,
    is_merged: bool = False,
) -> Request:
    """Return what is asked of a source.

    Raises
    ------
    FormulaError, DataError
    """
    refuse_arrays({"weights": given.weights, "offset": given.offset, "subset": given.subset})
    parsed = parse_formula(formula, double_bar=control.double_bar)
    plan, vectors = make_plan(parsed, source.names), (given.weights, given.offset, given.subset)
    return Request(parsed, plan, *vectors, given.contrasts, reading, is_merged)


def drawn_design(learned: Learned, control: Control, *, has_residual: bool) -> SourceDesign:
    """Return the design of a model whose levels are known.

    Raises
    ------
    DataError, OptionError, ProblemTooLargeError
        In one sentence, where no fit is possible.
    """
    known = known_variables(learned, control)
    drawn = draw_columns(known)
    check_levels(drawn.factors, drawn.blocks, learned.counts.n, has_residual=has_residual)
    pairs = _pairs(learned.levels, drawn)
    found = SourceDesign(learned, known, drawn, column_places(drawn), pairs)
    check_room([len(block.columns) for block in drawn.blocks], found.term_factor, drawn.factors, pairs, control)
    return found


def _pairs(levels: Levels, drawn: Drawn) -> dict[tuple[int, int], LevelPairs]:
    """Return the pairs of levels by position of the factors, the one with more levels first."""
    found: dict[tuple[int, int], LevelPairs] = {}
    for i, j in combinations(range(len(drawn.factors)), 2):
        sizes = [len(drawn.factors[f].levels) for f in (i, j)]
        f, g = (i, j) if sizes[0] >= sizes[1] else (j, i)
        one, other = drawn.factors[f], drawn.factors[g]
        keys = levels.keys_of(one.label, other.label)
        found[f, g] = pairs_of_keys(keys, len(one.levels), len(other.levels))
    return found
