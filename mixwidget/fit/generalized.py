"""From a design and a family to the optimum of a generalized linear mixed model: the engine is called here."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import numpy as np

from mixwidget.control import Control
from mixwidget.design.design import Design
from mixwidget.design.gathered_rows import held_rows, merged_of
from mixwidget.design.rows import Rows
from mixwidget.engine.criterion.estimates import theta_from_units
from mixwidget.engine.criterion.exact_curvature import Settled, settle_exactly
from mixwidget.engine.criterion.generalized_criterion import GeneralizedCriterion, Joint, Laplace, Quadrature
from mixwidget.engine.criterion.generalized_estimates import estimate_generalized
from mixwidget.engine.criterion.generalized_starts import first_shape
from mixwidget.engine.criterion.laplace import Approximation, LaplacePoint
from mixwidget.engine.criterion.laplace_slope import LaplaceSlope
from mixwidget.engine.criterion.penalised_generalized import PenalisedGeneralized
from mixwidget.engine.criterion.prior_start import prior_start
from mixwidget.engine.model.generalized import Gathered, Generalized, GeneralizedArrays, generalized
from mixwidget.engine.model.prior_columns import with_prior_columns
from mixwidget.engine.search.basin import Basin
from mixwidget.engine.search.certificate import certify
from mixwidget.engine.search.optimum import Optimum, find_optimum
from mixwidget.engine.search.runaway import is_absurd, lower_far_away
from mixwidget.engine.sums.arrays import FactorArrays, TermArrays
from mixwidget.errors import FitError, ProblemTooLargeError
from mixwidget.family.family import Family
from mixwidget.fit.call import NO_CALL, Call
from mixwidget.fit.fit import once
from mixwidget.fit.generalized_fit import GeneralizedFit, GeneralizedOptimum
from mixwidget.fit.penalties import penalties
from mixwidget.fit.prior import NO_PRIORS, Priors
from mixwidget.fit.row_summaries import mean_response
from mixwidget.fit.separation import fixed_limits, within_reach
from mixwidget.fit.solve import name_sizes, refuse_dependent
from mixwidget.fit.threads import one_thread


def solve_generalized(
    design: Design,
    rows: Rows,
    family: Family,
    *,
    n_agq: int,
    control: Control,
    free_shape: bool = False,
    start: list[np.ndarray] | None = None,
    priors: Priors = NO_PRIORS,
    call: Call = NO_CALL,
    known: Generalized | None = None,
) -> GeneralizedFit:
    """Fit a generalized linear mixed model to the rows of a design.

    Parameters
    ----------
    design : Design
    rows : Rows
        The response is on the scale of the mean: proportions for a binomial family, with numbers of trials as weights.
    family : Family
    n_agq : int
        0 for joint modes, 1 for the Laplace approximation, more for adaptive quadrature.
    control : Control
    free_shape : bool
        Whether the shape of a negative binomial is estimated.
    start : list of ndarray, shape (k, k), optional
        A covariance factor for each term, in the user's units: one more candidate start.
    priors : Priors
    call : Call
        What the user wrote.
    known : Generalized, optional
        The same rows with the same response, where they are ready for the criterion already.

    Raises
    ------
    DataError
        If the columns of a random-effects term determine each other.
    FitError
        If quadrature is asked for where it is not possible, or no mean is in the range of the family.
    ProblemTooLargeError
        If the crossed part is larger than the dense Schur complement holds; the message names the factors.
    """
    _refuse_means(rows, family)
    with one_thread(), _refused_at_the_end(family):
        try:
            arrays, limit = generalized_arrays(design, rows), control.max_dense_columns
            model = generalized(arrays, family, max_dense_columns=limit) if known is None else known
        except ProblemTooLargeError as error:
            raise ProblemTooLargeError(f"{error} (levels: {name_sizes(design)})") from None
        refuse_dependent(design, model.dependent, lambda t, c: not arrays.terms[t].z[:, c].any())
        prior = penalties(design, priors, reml=False)
        if prior is not None:
            model = with_prior_columns(model, prior, limit)
        criterion: GeneralizedCriterion = criterion_of(model, n_agq=n_agq, control=control, free_shape=free_shape)
        if priors.fixef is None:  # under a prior the estimates are finite
            bounded = within_reach(model, *fixed_limits(model, criterion.first.mode.beta))
            if bounded is not model:
                criterion = criterion_of(bounded, n_agq=n_agq, control=control, free_shape=free_shape)
        has_modes_only = isinstance(criterion, Joint)
        criterion = criterion if prior is None else PenalisedGeneralized(criterion, prior)
        roots = [term.root for term in model.terms]
        wanted = (
            prior_start(model.layout, roots, prior) if start is None else theta_from_units(model.layout, roots, start)
        )
        theta = None if wanted is None else criterion.complete(wanted)
        found = find_optimum(criterion, control=control, start=theta)
        settled = None if has_modes_only else settle_exactly(criterion, found.evaluation, found.certificate.decrement)
        optimum = _optimum(criterion, found, settled)
        estimates = estimate_generalized(optimum.evaluation, None if settled is None else settled.curvature)
        return GeneralizedFit(
            design=design,
            rows=rows,
            optimum=optimum,
            estimates=estimates,
            control=control,
            priors=priors,
            call=call,
            family=family if estimates.shape is None else family.with_shape(estimates.shape),
            n_agq=n_agq,
            free_shape=free_shape,
        )


def _refuse_means(rows: Rows, family: Family) -> None:
    """Refuse a response that is negative on the whole under a link whose means are positive."""
    if family.distribution.support != "real" or family.link.name == "identity":
        return
    mean = mean_response(rows)
    if mean <= 0.0:
        raise FitError(
            f"the response has a mean of {mean:.4g}, but under the {family.link.name} link means are "
            "positive; mw.lmer has the identity link"
        )


@contextmanager
def _refused_at_the_end(family: Family) -> Generator[None]:
    """Say which link to take where a matrix is singular because means lie at the end of their range."""
    try:
        yield
    except np.linalg.LinAlgError:
        if family.unbounded_link is None:
            raise
        raise FitError(
            f"the estimates run to the end of the range of the {family.link.name} link, where there is no maximum; "
            f"link='{family.unbounded_link}' has no such end"
        ) from None


@once
def runs_away(fit: GeneralizedFit) -> bool:
    """Whether the approximation has no minimum that counts: it lies at absurd variances, or something lower does.

    It costs about as much as the fit. Quadrature on more nodes has a minimum inside or is flat there.
    """
    optimum = fit.optimum
    if optimum.model.family.has_dispersion:  # variances are relative to it
        return False
    if is_absurd(optimum.criterion.layout, optimum.evaluation):
        return True
    with one_thread():
        return lower_far_away(optimum.criterion, optimum.basin, control=fit.control) is not None


def _optimum(
    criterion: GeneralizedCriterion, found: Optimum[LaplacePoint, LaplaceSlope], settled: Settled | None
) -> GeneralizedOptimum:
    """Return the optimum where the search ended, or where the last step with the exact Hessian led."""
    if settled is None:
        point, slope, certificate = found.evaluation, found.derivatives, found.certificate
    else:
        point, slope = settled.point, settled.slope
        certificate = certify(Basin(criterion.layout, point, slope, settled.decrement))
    has_exact_hessian = settled is not None and settled.curvature is not None
    return GeneralizedOptimum(criterion, point, slope, certificate, found.starts, found.descents, has_exact_hessian)


def criterion_of(model: Generalized, *, n_agq: int, control: Control, free_shape: bool = False) -> Laplace | Joint:
    """Return the criterion that is meant by a number of nodes and the options."""
    approximation = Approximation(observed=control.laplace == "observed", coherent=control.laplace != "lme4")
    if free_shape:
        model = model.with_family(model.family.with_shape(first_shape(model)))
    if n_agq == 0:
        return Joint(model, approximation)
    if n_agq > 1:
        return Quadrature(model, n_agq, free_shape=free_shape)
    return Laplace(model, approximation, free_shape=free_shape)


def generalized_arrays(design: Design, rows: Rows) -> GeneralizedArrays:
    """Strip a design and its rows of their names."""
    merged, held = merged_of(rows), held_rows(rows)
    factors = zip(held.codes, design.factors, strict=True)
    return GeneralizedArrays(
        y=held.y,
        X=held.X,
        terms=tuple(TermArrays(term.factor, z) for term, z in zip(design.terms, held.z, strict=True)),
        factors=tuple(FactorArrays(codes, len(factor.levels)) for codes, factor in factors),
        weights=held.weights,
        offset=held.offset,
        gathered=None if merged is None else Gathered(merged.counts, merged.squares, merged.whole, merged.on_disk),
    )
