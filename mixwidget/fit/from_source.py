"""From a formula and data that come in batches to a fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mixwidget.control import Control
from mixwidget.design.design import Design
from mixwidget.design.distant_rows import DistantRows
from mixwidget.design.labels import label_design
from mixwidget.design.number_response import NUMBERS
from mixwidget.design.rank import determined_by, independent_in_basis
from mixwidget.engine.sums.in_parts import PartShape
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
from mixwidget.fit.solve import solve
from mixwidget.fit.source_design import drawn_design, requested
from mixwidget.fit.start import start_templates
from mixwidget.fit.sums import Sums
from mixwidget.fit.threads import one_thread
from mixwidget.sources.column_places import ColumnPlaces
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
    request = requested(formula, source, given, NUMBERS, control)
    reading = open_reading(data, source, control, told)
    found = drawn_design(reading.learn(request), control, has_residual=True)
    places = found.places

    def shape_of(columns: PartColumns) -> PartShape:
        own = own_columns(columns, places.random, found.term_factor, len(found.n_levels))
        return PartShape(len(columns.shifts), own, found.n_levels, found.pairs, request.weights is not None)

    settled = _settled(reading.summing(found.known, found.drawn, places), shape_of)
    kept, aliases = _kept(settled, places, has_intercept=request.plan.fixed.intercept)
    design = label_design(found.known, found.drawn, kept, aliases)
    cross, products = cross_products_of(settled, places.fixed[kept], places.random, found.term_factor)
    facts = found.facts(products, settled.sums.counts, reading.engine)
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
