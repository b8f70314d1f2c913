"""From a formula and a data frame to a fit."""

from __future__ import annotations

from typing import Any

from mixwidget.control import Control
from mixwidget.design.build import build_design
from mixwidget.fit.call import given_call
from mixwidget.fit.from_source import fit_from_source
from mixwidget.fit.generalized import solve_generalized
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.generalized_from_source import generalized_fit_from_source
from mixwidget.fit.generalized_request import GeneralizedRequest
from mixwidget.fit.given import Given
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.prior import Priors
from mixwidget.fit.prior_labels import in_order
from mixwidget.fit.reading import reading_of
from mixwidget.fit.solve import solve
from mixwidget.fit.start import start_templates
from mixwidget.sources.engines import refuse_summing
from mixwidget.sources.opening import open_source
from mixwidget.sources.source import Told, silent, told_to_the_end


def fit_from_data(
    formula: str,
    data: Any,
    given: Given,
    *,
    reml: bool,
    control: Control,
    priors: Priors,
    data_name: str | None,
    start: Any = None,
    told: Told = silent,
) -> LinearFit:
    """Fit a linear mixed model.

    Parameters
    ----------
    formula : str
    data : data frame
    given : Given
    reml : bool
    control : Control
    priors : Priors
        Labels of their parameters are put in the order of the design.
    data_name : str, optional
    start : array_like, shape (n_theta,), optional
    told : callable
        Of data that come in batches, hears how many rows have been read.

    Raises
    ------
    FormulaError, DataError, OptionError, FitError, ProblemTooLargeError
        In one sentence, where no fit is possible.
    """
    source = open_source(data)
    if source is not None:
        asked: dict[str, Any] = {"reml": reml, "control": control, "priors": priors, "data_name": data_name}
        with told_to_the_end(told):
            return fit_from_source(formula, data, source, given, start=start, told=told, **asked)
    refuse_summing(data, control)
    options = given.options
    filled = build_design(formula, data, control=control, **options)
    design = filled.design
    templates = None if start is None else start_templates(design, start)
    call = given_call(data, data_name, options)
    ordered = in_order(priors, design)
    return solve(design, filled.rows, reml=reml, control=control, start=templates, priors=ordered, call=call)


def generalized_fit_from_data(
    formula: str,
    data: Any,
    given: Given,
    request: GeneralizedRequest,
    *,
    control: Control,
    priors: Priors,
    data_name: str | None,
    start: Any = None,
    told: Told = silent,
) -> GeneralizedFit:
    """Fit a generalized linear mixed model; see `fit_from_data`."""
    source = open_source(data)
    if source is not None:
        options: dict[str, Any] = {"control": control, "priors": priors, "data_name": data_name}
        with told_to_the_end(told):
            return generalized_fit_from_source(formula, data, source, given, request, start=start, told=told, **options)
    family = request.family
    reading, has_residual, options = reading_of(family), family.has_dispersion, given.options
    filled = build_design(formula, data, control=control, reading=reading, has_residual=has_residual, **options)
    design = filled.design
    return solve_generalized(
        design,
        filled.rows,
        family,
        n_agq=request.n_agq,
        control=control,
        free_shape=request.free_shape,
        start=None if start is None else start_templates(design, start),
        priors=in_order(priors, design),
        call=given_call(data, data_name, options),
    )
