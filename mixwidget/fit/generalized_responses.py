"""A generalized model fitted to many responses, one after the other, from its optimum."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from mixwidget.design.gathered_rows import held_rows
from mixwidget.engine.criterion.estimates import solve_upper, templates_in_units
from mixwidget.engine.criterion.generalized_estimates import sigma_of
from mixwidget.engine.criterion.laplace import LaplacePoint, found
from mixwidget.engine.criterion.polled import Polled
from mixwidget.engine.model.generalized import with_response
from mixwidget.engine.model.theta import SINGULAR_SD
from mixwidget.engine.search.newton import EXHAUSTED, minimise
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.many_fits import ManyFits, regular_theta
from mixwidget.fit.threads import one_thread

MAX_EVALUATIONS = 200


class GeneralizedResponses:
    """The model of a fit, ready to be fitted to many other responses: rows are standardised and merged once."""

    is_batched = False

    def __init__(self, fit: GeneralizedFit) -> None:
        self.fit = fit
        point, layout = fit.optimum.evaluation, fit.layout
        further = point.theta[layout.n_theta :]
        self.start = np.concatenate([regular_theta(layout, point.theta[: layout.n_theta]), further])

    def parts(self, Y: np.ndarray) -> Iterator[ManyFits]:
        """Yield the fits of responses on the scale of the mean, shape (n, B), in their order.

        Raises
        ------
        FitCancelled
            If the solution's ``control.should_stop`` says so.
        """
        with one_thread():
            for y in Y.T:
                yield self._single(np.ascontiguousarray(y))

    def _single(self, y: np.ndarray) -> ManyFits:
        optimum, control = self.fit.optimum, self.fit.control
        if not says_something(self.fit, y):
            return _failed(self.fit)
        criterion = optimum.criterion.of(with_response(optimum.model, y, held_rows(self.fit.rows).weights))
        polled = Polled(criterion, partial(control.poll, "the bootstrap"))
        start = polled.evaluate(self.start)
        if not np.isfinite(start.value):
            return _failed(self.fit)
        minimum = minimise(
            polled, start, tolerance=control.tolerance, max_evaluations=MAX_EVALUATIONS, has_metric=criterion.has_metric
        )
        return _in_units(self.fit, minimum.point, converged=minimum.reason != EXHAUSTED)


def own_estimates(fit: GeneralizedFit) -> ManyFits:
    """Return the estimates of a fit itself as those of one of many."""
    return _in_units(fit, fit.optimum.evaluation, converged=True)


def says_something(fit: GeneralizedFit, y: np.ndarray) -> bool:
    """Whether there is a best mean: not where all trials end alike, or all counts are zero."""
    if fit.has_sigma:
        return True
    return bool((y > 0.0).any()) and not (fit.family.distribution.support == "unit" and bool((y == 1.0).all()))


def _in_units(fit: GeneralizedFit, at: LaplacePoint, *, converged: bool) -> ManyFits:
    model, (mode, _, _) = at.model, found(at)
    sigma = sigma_of(at)
    templates = templates_in_units(model.layout, [term.root for term in model.terms], at.templates)
    of_terms = [model.layout.term_template(at.templates, term) for term in range(len(templates))]
    lowest = min(float(np.linalg.svd(T, compute_uv=False)[-1]) for T in of_terms)
    return ManyFits(
        beta=(solve_upper(model.X.root, mode.beta) if model.p else np.zeros(0))[None],
        criterion=np.array([at.value]),
        covariances=tuple(sigma**2 * (t @ t.T)[None] for t in templates),
        converged=np.array([converged]),
        is_singular=np.array([lowest < SINGULAR_SD]),
        sigma=np.array([sigma]) if fit.has_sigma else None,
        shape=np.array([model.family.shape]) if fit.free_shape else None,
    )


def _failed(fit: GeneralizedFit) -> ManyFits:
    """Return a fit that failed."""
    nothing = np.full(1, np.nan)
    return ManyFits(
        beta=np.full((1, len(fit.estimates.beta)), np.nan),
        criterion=nothing,
        covariances=tuple(np.full((1, *cov.shape), np.nan) for cov in fit.estimates.covariances),
        converged=np.zeros(1, dtype=bool),
        is_singular=np.zeros(1, dtype=bool),
        sigma=nothing if fit.has_sigma else None,
        shape=nothing if fit.free_shape else None,
    )
