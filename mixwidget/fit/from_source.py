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
from mixwidget.engine.sums.in_parts import PartShape, pairs_of_keys
from mixwidget.engine.sums.part_columns import PartColumns, own_columns
from mixwidget.engine.sums.settled import Settled, cross_products_of, settle
from mixwidget.errors import DataError, Diagnostic, FitError, ProblemTooLargeError
from mixwidget.fit.call import given_call
from mixwidget.fit.drawn_sums import sum_draws
from mixwidget.fit.given import Given
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.prior import Priors
from mixwidget.fit.prior_labels import in_order
from mixwidget.fit.reading_rows import ShapeOf, Summing, open_reading
from mixwidget.fit.ridge import may_have_ridge
from mixwidget.fit.room import check_room
from mixwidget.fit.solve import solve
from mixwidget.fit.start import start_templates
from mixwidget.fit.sums import Sums
from mixwidget.fit.threads import one_thread
from mixwidget.formula.parse import parse_formula
from mixwidget.linalg.pairs import LevelPairs
from mixwidget.sources.column_places import ColumnPlaces, column_places
from mixwidget.sources.knowledge import known_variables
from mixwidget.sources.levels import Levels
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
        design, sums, rows = sum_source(formula, data, source, given, control, told)
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
    formula: str, data: object, source: Source, given: Given, control: Control, told: Told
) -> tuple[Design, Sums, DistantRows]:
    """Read a source: once for its levels, once more for sums of products, and again where columns nearly coincide.

    Or have its engine do so, see `open_reading`.

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
    reading = open_reading(data, source, control, told)
    learned = reading.learn(request)
    known = known_variables(learned, control)
    drawn = draw_columns(known)
    check_levels(drawn.factors, drawn.blocks, learned.counts.n, has_residual=True)
    places, pairs = column_places(drawn), _pairs(learned.levels, drawn)
    labels = [factor.label for factor in drawn.factors]
    term_factor = tuple(labels.index(block.label) for block in drawn.blocks)
    widths = [len(block.columns) for block in drawn.blocks]
    check_room(widths, term_factor, drawn.factors, pairs, control)

    def shape_of(columns: PartColumns) -> PartShape:
        own = own_columns(columns, places.random, term_factor, len(labels))
        sizes = tuple(len(factor.levels) for factor in drawn.factors)
        return PartShape(len(columns.shifts), own, sizes, pairs, request.weights is not None)

    settled = _settled(reading.summing(known, drawn, places), shape_of)
    kept, aliases = _kept(settled, places, has_intercept=request.plan.fixed.intercept)
    design = label_design(known, drawn, kept, aliases)
    cross, products = cross_products_of(settled, places.fixed[kept], places.random, term_factor)
    facts = RowFacts(
        kind=source.kind,
        engine=reading.engine,
        names=source.names,
        n=cross.n,
        n_data=learned.counts.n_data,
        products=products,
        level_sizes=settled.sums.counts,
        response=learned.counts.response,
        mean_offset=learned.counts.mean_offset,
        cells=learned.counts.cells,
    )
    return design, Sums(None, cross), DistantRows(facts)


def _settled(summing: Summing, shape_of: ShapeOf) -> Settled:
    """Sum until the sums keep their digits."""
    columns = None
    for _ in range(MOST_PASSES):
        sums, summed = summing.sums(columns, shape_of)
        found = settle(sums, summed)
        if found.better is None:
            return found
        columns = found.better
    raise FitError("columns of the model stay nearly collinear however they are combined; take one of them out")


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


def _kept(settled: Settled, places: ColumnPlaces, *, has_intercept: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return which fixed-effects columns are kept, and how they make up the others."""
    made = settled.coordinates[:, places.fixed]
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
