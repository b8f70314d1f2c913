"""From a formula and data that come in batches to a fit."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np

from mixwidget.control import Control
from mixwidget.design.checks import check_levels
from mixwidget.design.design import Design
from mixwidget.design.distant_rows import DistantRows, RowFacts
from mixwidget.design.labels import Drawn, draw_columns, label_design
from mixwidget.design.number_response import NUMBERS
from mixwidget.design.plan import make_plan
from mixwidget.design.rank import determined_by, independent_in_basis
from mixwidget.engine.sums.in_parts import PartShape, SumsInParts, pairs_of_keys
from mixwidget.engine.sums.part_columns import PartColumns, first_columns, own_columns
from mixwidget.engine.sums.settled import Settled, cross_products_of, settle
from mixwidget.errors import DataError, Diagnostic, FitError, ProblemTooLargeError
from mixwidget.fit.call import given_call
from mixwidget.fit.drawn_sums import sum_draws
from mixwidget.fit.given import Given
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.prior import Priors
from mixwidget.fit.prior_labels import in_order
from mixwidget.fit.ridge import may_have_ridge
from mixwidget.fit.room import check_room
from mixwidget.fit.solve import solve
from mixwidget.fit.start import start_templates
from mixwidget.fit.sums import Sums
from mixwidget.fit.threads import one_thread
from mixwidget.formula.parse import parse_formula
from mixwidget.linalg.pairs import LevelPairs
from mixwidget.sources.first_pass import learn
from mixwidget.sources.knowledge import Levels, grouping_levels, known_variables
from mixwidget.sources.raw_columns import RawColumns
from mixwidget.sources.request import Request, refuse_arrays
from mixwidget.sources.source import Source, Told

MOST_PASSES = 8  # each takes at least two digits of what is left of nearly collinear columns


def fit_from_source(
    formula: str,
    data: object,
    source: Source,
    given: Given,
    *,
    reml: bool,
    control: Control,
    priors: Priors,
    data_name: str | None,
    start: object = None,
    told: Told,
) -> LinearFit:
    """Fit a linear mixed model to rows that are read in batches; see `mixwidget.fit.from_data.fit_from_data`.

    Parameters
    ----------
    data : object
        As it was given.
    source : Source
        The same, opened.
    told : callable
        Hears of each batch which pass it belongs to, and how many rows have been read.
    """
    with one_thread():
        design, sums, rows = sum_source(formula, source, given, control, told)
    templates = None if start is None else start_templates(design, start)
    fit = solve(
        design,
        rows,
        reml=reml,
        control=control,
        start=templates,
        sums=sums,
        priors=in_order(priors, design),
        call=given_call(data, data_name, given.options),
    )
    return replace(fit, design=replace(design, diagnostics=(*design.diagnostics, *_unlooked(fit))))


def sum_source(
    formula: str, source: Source, given: Given, control: Control, told: Told
) -> tuple[Design, Sums, DistantRows]:
    """Read a source: once for its levels, once more for sums of products, and again where columns nearly coincide.

    Raises
    ------
    FormulaError, DataError, OptionError, FitError, ProblemTooLargeError
        In one sentence, where no fit is possible; whatever would be too large before anything is summed.
    """
    refuse_arrays({"weights": given.weights, "offset": given.offset, "subset": given.subset})
    parsed = parse_formula(formula, double_bar=control.double_bar)
    request = Request(
        parsed, make_plan(parsed, source.names), given.weights, given.offset, given.subset, given.contrasts, NUMBERS
    )
    learned = learn(source, request, control, told)
    levels = grouping_levels(learned)
    known = known_variables(learned, levels, control)
    drawn = draw_columns(known)
    check_levels(drawn.factors, drawn.blocks, learned.scan.n, has_residual=True)
    reading = RawColumns(learned, known, drawn)
    summed = _Summed(reading, _pairs(levels, drawn), control, told)
    settled = summed.settled()
    kept, aliases = _kept(settled, reading, has_intercept=request.plan.fixed.intercept)
    design = label_design(known, drawn, kept, aliases)
    cross, products = cross_products_of(
        settled, reading.fixed[kept], reading.random, tuple(term.factor for term in design.terms)
    )
    facts = RowFacts(
        kind=source.kind,
        names=source.names,
        n=cross.n,
        n_data=learned.scan.n_data,
        products=products,
        level_sizes=settled.sums.counts,
        response=learned.scan.response,
        mean_offset=learned.scan.mean_offset,
        cells=learned.scan.cells.found,
    )
    return design, Sums(None, cross), DistantRows(facts)


class _Summed:
    """The passes that sum."""

    def __init__(
        self, reading: RawColumns, pairs: dict[tuple[int, int], LevelPairs], control: Control, told: Told
    ) -> None:
        self.reading, self.pairs, self.control, self.told = reading, pairs, control, told
        blocks, labels = reading.drawn.blocks, [factor.label for factor in reading.drawn.factors]
        self.term_factor = tuple(labels.index(block.label) for block in blocks)
        self.n_levels = tuple(len(factor.levels) for factor in reading.drawn.factors)
        check_room([len(block.columns) for block in blocks], self.term_factor, reading.drawn.factors, pairs, control)

    def settled(self) -> Settled:
        """Read and sum until the sums keep their digits."""
        columns = None
        for step in range(MOST_PASSES):
            sums, summed = self._sum(columns, f"pass {self.reading.learned.n_passes + step + 1}")
            found = settle(sums, summed)
            if found.better is None:
                return found
            columns = found.better
        raise FitError("columns of the model stay nearly collinear however they are combined; take one of them out")

    def _sum(self, columns: PartColumns | None, what: str) -> tuple[SumsInParts, PartColumns]:
        sums: SumsInParts | None = None
        for batch in self.reading.batches(what, self.control, self.told):
            if columns is None:
                columns = first_columns(batch.raw)
            if sums is None:
                sums = SumsInParts(self._shape(columns))
            sums.add(columns.of(batch.raw), batch.codes, batch.weights)
        if sums is None or columns is None:
            raise DataError("the data have no rows; check how they were filtered")
        return sums, columns

    def _shape(self, columns: PartColumns) -> PartShape:
        own = own_columns(columns, self.reading.random, self.term_factor, len(self.n_levels))
        has_weights = self.reading.learned.request.weights is not None
        return PartShape(len(columns.shifts), own, self.n_levels, self.pairs, has_weights)


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


def _kept(settled: Settled, reading: RawColumns, *, has_intercept: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return which fixed-effects columns are kept, and how they make up the others."""
    made = settled.coordinates[:, reading.fixed]
    products = settled.sums.plain[:-1, :-1]
    there = np.flatnonzero(np.diagonal(products) > 0.0)
    root = np.linalg.cholesky(products[np.ix_(there, there)])
    columns = root.T @ made[there]
    kept = independent_in_basis(columns, has_intercept=has_intercept)
    n, n_kept = settled.sums.n, int(kept.sum())
    if n <= n_kept:
        raise DataError(f"{n} rows are too few for {n_kept} fixed effects and a variance; take terms out")
    if n_kept == len(kept):
        return kept, np.zeros((n_kept, 0))
    return kept, determined_by(columns[:, kept], columns[:, ~kept])


def _unlooked(fit: LinearFit) -> tuple[Diagnostic, ...]:
    """Say that directions in which variances are free were not looked for, where there may be some."""
    if fit.optimum.criterion.ridge is not None or not may_have_ridge(fit.optimum):
        return ()
    try:
        sum_draws(fit)
    except ProblemTooLargeError:
        message = "whether the data determine each variance was not looked at: the crossed factors are too large for it"
        hint = "fit a sample of the rows in a data frame and read its findings"
        return (Diagnostic("free_variances_not_looked_for", "info", message, hint),)
    return ()
