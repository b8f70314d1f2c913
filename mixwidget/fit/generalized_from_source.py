"""From a formula, a family and data that come in batches to a fit of a generalized model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from mixwidget.control import Control
from mixwidget.design.design import Design
from mixwidget.design.gathered_rows import GatheredRows, MergedRows
from mixwidget.design.labels import label_design
from mixwidget.design.rank import determined_by, independent_columns
from mixwidget.engine.criterion.generalized_criterion import check_quadrature
from mixwidget.engine.sums.merged_in_parts import N_SUMS, MergedInParts, MergedParts
from mixwidget.errors import DataError, Diagnostic
from mixwidget.family.whole import ResponseTally, WholeResponse
from mixwidget.fit.call import given_call
from mixwidget.fit.generalized import solve_generalized
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.generalized_request import GeneralizedRequest
from mixwidget.fit.given import Given
from mixwidget.fit.prior import Priors
from mixwidget.fit.prior_labels import in_order
from mixwidget.fit.reading import reading_of
from mixwidget.fit.room import check_merged_room
from mixwidget.fit.source_design import SourceDesign, drawn_design, requested
from mixwidget.fit.start import start_templates
from mixwidget.fit.threads import one_thread
from mixwidget.sources.first_pass import learn
from mixwidget.sources.moments import Moments
from mixwidget.sources.raw_columns import CHANGED, RawBatch, RawColumns
from mixwidget.sources.source import Source, Told

SAME_MEAN = 1e-10  # standard deviations: the same numbers, summed in another way


def generalized_fit_from_source(
    formula: str,
    data: Any,
    source: Source,
    given: Given,
    request: GeneralizedRequest,
    *,
    control: Control,
    priors: Priors,
    data_name: str | None,
    start: Any = None,
    told: Told,
) -> GeneralizedFit:
    """Fit a generalized linear mixed model to rows that are read in batches.

    Rows that differ in response and weight only are merged as they are read, which is exact (`MergedRows`); the model
    is fitted to these in memory.

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
        design, rows = gather_source(formula, source, given, request, control, told)
    return solve_generalized(
        design,
        rows,
        request.family,
        n_agq=request.n_agq,
        control=control,
        free_shape=request.free_shape,
        start=None if start is None else start_templates(design, start),
        priors=in_order(priors, design),
        call=given_call(data, data_name, given.options),
    )


def gather_source(
    formula: str, source: Source, given: Given, request: GeneralizedRequest, control: Control, told: Told
) -> tuple[Design, GatheredRows]:
    """Read a source: once for its levels, and once more for its merged rows.

    Raises
    ------
    FormulaError, DataError, OptionError, FitError, ProblemTooLargeError
        In one sentence, where no fit is possible, before the second pass.
    """
    family = request.family
    asked = requested(formula, source, given, reading_of(family), control, is_merged=True)
    found = drawn_design(
        learn(source, asked, control, told), replace(control, crossed="dense"), has_residual=family.has_dispersion
    )
    check_quadrature(request.n_agq, found.factor_sizes, has_dispersion=family.has_dispersion)
    counts, n_columns = found.learned.counts, len(found.places.columns) + len(found.drawn.factors) + N_SUMS
    check_merged_room(counts.n_different, counts.n, n_columns)
    merged, whole = _gathered(found, ResponseTally(family.distribution), control, told)
    return _designed(found, merged, whole)


def _gathered(
    found: SourceDesign, tally: ResponseTally, control: Control, told: Told
) -> tuple[MergedParts, WholeResponse]:
    """Read the rows once more and merge them."""
    rows, responses = MergedInParts(), Moments()
    columns = RawColumns(found.learned, found.known, found.drawn, found.places.columns)
    for batch in columns.batches(_last_pass(found), control, told):
        weights = np.ones(len(batch.y)) if batch.weights is None else batch.weights
        tally.add(batch.y, weights)
        responses.add(batch.y)
        rows.add(_keys(batch), batch.y, weights)
    mean, spread = found.facts(None, ()).response
    if abs(float(responses.mean) - mean) > SAME_MEAN * spread:
        raise DataError(CHANGED.format(what=f"a mean response of {mean:.6g}, then {float(responses.mean):.6g}"))
    return rows.merged(), tally.found


def _keys(batch: RawBatch) -> np.ndarray:
    """Return what rows that are merged share: levels, columns and offset, shape (k, m)."""
    offset = [] if batch.offset is None else [batch.offset]
    return np.array([*batch.codes, *batch.raw[:-1], *offset], dtype=float)


def _last_pass(found: SourceDesign) -> str:
    """Say which pass follows, and about how many rows it will leave."""
    number = found.learned.n_passes + 1
    return f"pass {number} of {number}, merging into about {found.learned.counts.n_different:,}"


def _designed(found: SourceDesign, merged: MergedParts, whole: WholeResponse) -> tuple[Design, GatheredRows]:
    """Return the labels and the rows, of which columns that others determine are left out."""
    n_factors, places = len(found.drawn.factors), found.places
    columns = merged.keys[n_factors : n_factors + len(places.columns)].T
    fixed = np.asfortranarray(columns[:, places.fixed])
    kept = independent_columns(fixed, has_intercept=found.learned.request.plan.fixed.intercept)
    n_kept = int(kept.sum())
    if whole.n <= n_kept:
        raise DataError(f"{whole.n} rows are too few for {n_kept} fixed effects and a variance; take terms out")
    X = np.asfortranarray(fixed[:, kept])
    aliases = np.zeros((n_kept, 0)) if n_kept == len(kept) else determined_by(X, fixed[:, ~kept])
    codes = tuple(merged.keys[:n_factors].astype(np.int32))
    held = MergedRows(
        y=merged.y,
        weights=merged.weights,
        X=X,
        z=tuple(columns[:, own] for own in places.random),
        codes=codes,
        offset=merged.keys[-1] if found.learned.request.offsets else None,
        counts=merged.counts,
        squares=merged.squares,
        inverses=merged.inverses,
        whole=whole,
    )
    sizes = tuple(
        np.bincount(code, merged.counts, minlength=n).astype(int) for code, n in zip(codes, found.n_levels, strict=True)
    )
    said = Diagnostic(
        "merged_rows",
        "info",
        f"{whole.n:,} rows were read in {found.learned.n_passes + 1} passes and merged into {merged.n:,}, to which the "
        "model was fitted",
        "nothing to do: rows that differ in the response only are one with a number, and the fit is the same",
    )
    design = label_design(found.known, found.drawn, kept, aliases)
    return replace(design, diagnostics=(*design.diagnostics, said)), GatheredRows(found.facts(None, sizes), held)
