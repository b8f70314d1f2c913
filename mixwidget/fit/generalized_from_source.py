"""From a formula, a family and data that come in batches to a fit of a generalized model."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np

from mixwidget.control import Control
from mixwidget.design.design import Design
from mixwidget.design.gathered_rows import GatheredRows, MergedRows
from mixwidget.design.labels import label_design
from mixwidget.design.rank import determined_by, independent_columns
from mixwidget.engine.criterion.generalized_criterion import check_quadrature
from mixwidget.engine.model.walk import walking
from mixwidget.engine.sums.merged_in_parts import N_SUMS, MergedParts
from mixwidget.engine.sums.spool import spooled
from mixwidget.errors import DataError, Diagnostic
from mixwidget.family.whole import ResponseTally, WholeResponse
from mixwidget.fit.call import given_call
from mixwidget.fit.disk_passes import DiskPasses, expected_passes
from mixwidget.fit.generalized import solve_generalized
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.generalized_request import GeneralizedRequest
from mixwidget.fit.given import Given
from mixwidget.fit.last_pass import LastPass
from mixwidget.fit.prior import Priors
from mixwidget.fit.prior_labels import in_order
from mixwidget.fit.reading import reading_of
from mixwidget.fit.room import check_disk_room, disk_bytes, fits_merged
from mixwidget.fit.source_design import SourceDesign, drawn_design, requested
from mixwidget.fit.start import start_templates
from mixwidget.fit.threads import one_thread
from mixwidget.sources.first_pass import learn
from mixwidget.sources.source import Source, Told


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
    is fitted to these in memory. Where too few are equal for that, their columns are written to disk, and a step of the
    fit goes through them there.

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
    passes = _expected(design, rows, request, control, told) if rows.merged.on_disk else None
    with nullcontext() if passes is None else walking(passes):
        fit = solve_generalized(
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
    if passes is None:
        return fit
    return replace(fit, design=replace(design, diagnostics=(*design.diagnostics[:-1], _with_passes(design, passes))))


def _expected(
    design: Design, rows: GatheredRows, request: GeneralizedRequest, control: Control, told: Told
) -> DiskPasses:
    """Say what the search will cost."""
    widths = [len(term.columns) for term in design.terms]
    n_parameters = sum(k * (k + 1) // 2 for k in widths) + request.free_shape
    if request.n_agq:
        n_parameters += rows.merged.X.shape[1]
    expected = expected_passes(n_parameters, free_shape=request.free_shape)
    held = rows.merged
    n_columns = held.X.shape[1] + sum(widths) + len(held.codes) + (held.offset is not None) + 2
    return DiskPasses(expected, held.n, 8 * held.n * n_columns, control, told)


def _with_passes(design: Design, passes: DiskPasses) -> Diagnostic:
    """Return the finding about rows on disk, which is the last, with how often the search went through them."""
    said = design.diagnostics[-1]
    return replace(said, message=f"{said.message}, in {passes.n_passes} passes")


def gather_source(
    formula: str, source: Source, given: Given, request: GeneralizedRequest, control: Control, told: Told
) -> tuple[Design, GatheredRows]:
    """Read a source: once for its levels, and once more for its merged rows, or for their columns on disk.

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
    is_merged = fits_merged(counts.n_different, n_columns)
    if not is_merged:
        check_disk_room(counts.n_different, counts.n, n_columns, len(found.drawn.factors))
    last_pass = LastPass(found, ResponseTally(family.distribution), control, told)
    rows, whole = last_pass.merge() if is_merged else last_pass.write()
    return _designed(found, rows, whole)


def _designed(found: SourceDesign, read: MergedParts, whole: WholeResponse) -> tuple[Design, GatheredRows]:
    """Return the labels and the rows, of which columns that others determine are left out."""
    n_factors, places = len(found.drawn.factors), found.places
    columns = read.keys[n_factors : n_factors + len(places.columns)]
    fixed = _taken(columns, places.fixed, on_disk=read.on_disk)
    kept = independent_columns(fixed, has_intercept=found.learned.request.plan.fixed.intercept)
    n_kept = int(kept.sum())
    if whole.n <= n_kept:
        raise DataError(f"{whole.n} rows are too few for {n_kept} fixed effects and a variance; take terms out")
    X = fixed if n_kept == len(kept) else _taken(fixed.T, np.flatnonzero(kept), on_disk=read.on_disk)
    aliases = np.zeros((n_kept, 0)) if n_kept == len(kept) else determined_by(X, fixed[:, ~kept])
    codes = tuple(_levels(code, on_disk=read.on_disk) for code in read.keys[:n_factors])
    held = MergedRows(
        y=read.y,
        weights=read.weights,
        X=X,
        z=tuple(_taken(columns, own, on_disk=read.on_disk) for own in places.random),
        codes=codes,
        offset=read.keys[-1] if found.learned.request.offsets else None,
        counts=read.counts,
        squares=read.squares,
        inverses=read.inverses,
        whole=whole,
        on_disk=read.on_disk,
    )
    sizes = tuple(
        np.bincount(code, read.counts, minlength=n).astype(int) for code, n in zip(codes, found.n_levels, strict=True)
    )
    design = label_design(found.known, found.drawn, kept, aliases)
    rows = GatheredRows(found.facts(None, sizes), held)
    return replace(design, diagnostics=(*design.diagnostics, _said(found, read))), rows


def _taken(columns: np.ndarray, places: np.ndarray, *, on_disk: bool) -> np.ndarray:
    """Return some of the columns (c, m), shape (m, k); on disk none that stand side by side are copied."""
    if not on_disk:
        return np.asfortranarray(columns.T[:, places])
    if len(places) and np.array_equal(places, np.arange(places[0], places[0] + len(places))):
        return columns[places[0] : places[0] + len(places)].T
    made = spooled((len(places), columns.shape[1]))
    for out, place in zip(made, places, strict=True):
        out[:] = columns[place]
    return made.T


def _levels(codes: np.ndarray, *, on_disk: bool) -> np.ndarray:
    """Return codes as whole numbers."""
    if not on_disk:
        return codes.astype(np.int32)
    made = spooled(codes.shape, np.intp)
    made[:] = codes
    return made


def _said(found: SourceDesign, read: MergedParts) -> Diagnostic:
    """Say how many rows were read, and what the model was fitted to."""
    n, n_passes = found.learned.counts.n, found.learned.n_passes + 1
    if not read.on_disk:
        return Diagnostic(
            "merged_rows",
            "info",
            f"{n:,} rows were read in {n_passes} passes and merged into {read.n:,}, to which the model was fitted",
            "nothing to do: rows that differ in the response only are one with a number, and the fit is the same",
        )
    size = disk_bytes(n, len(read.keys) + N_SUMS) / 1e9
    return Diagnostic(
        "rows_on_disk",
        "info",
        f"{n:,} rows were read in {n_passes} passes; too few are equal to be merged, so that their columns were "
        f"written to disk ({size:.2g} GB at most), and each step of the fit went through them there",
        "nothing to do: the fit is the same; rounded covariates would make rows equal and the fit faster",
    )
