"""One model fitted to many responses: in one batch with one grouping factor, else one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, partial

import numpy as np

from mixwidget.engine.criterion.batch import BatchFits, fit_batch
from mixwidget.engine.criterion.polled import Polled
from mixwidget.engine.criterion.second_order import is_one_factor
from mixwidget.engine.model.responses import Responses, ResponseSums, with_response
from mixwidget.engine.model.sum_draws import DrawnSums, drawn_responses
from mixwidget.engine.model.theta import SINGULAR_SD
from mixwidget.engine.search.newton import EXHAUSTED, minimise
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.many_fits import ManyFits, regular_theta, templates_of, together
from mixwidget.fit.threads import one_thread
from mixwidget.linalg.triangle import solve_upper

MAX_EVALUATIONS = 200


def fit_responses(fit: LinearFit, Y: np.ndarray | DrawnSums | None) -> ManyFits:
    """Fit the model of a fit to other responses, from its optimum; None returns the fit itself.

    Parameters
    ----------
    fit : LinearFit
    Y : ndarray, shape (n, B), DrawnSums, or None
        See `ResponseFits.parts`.
    """
    if Y is not None:
        parts = list(ResponseFits(fit).parts(Y))
        return together(parts)
    at, arrangement = fit.optimum.evaluation, fit.optimum.arrangement
    found = BatchFits(at.theta[None], at.beta[None], np.array([at.r2]), np.array([at.value]), np.ones(1, dtype=bool))
    return _in_units(fit, found, arrangement.basis.ols[None], np.array([arrangement.basis.y_scale]))


class ResponseFits:
    """The model of a fit, ready to be fitted to many other responses from its optimum."""

    def __init__(self, fit: LinearFit) -> None:
        self.fit = fit
        self.start = regular_theta(fit.optimum.arrangement.layout, fit.optimum.evaluation.theta)

    @cached_property
    def sums(self) -> ResponseSums:
        """The columns of the rows, ready to be multiplied with responses."""
        return ResponseSums(self.fit.optimum.arrangement, self.fit.pooled_rows)

    @property
    def is_batched(self) -> bool:
        """Whether many responses are fitted together, which is so with one grouping factor."""
        return is_one_factor(self.fit.optimum.arrangement)

    def parts(self, Y: np.ndarray | DrawnSums) -> Iterator[ManyFits]:
        """Yield the fits of responses in their order, as many at a time as are done.

        Parameters
        ----------
        Y : ndarray, shape (n, B), or DrawnSums
            In units of the response, offset included; or drawn as their sums.

        Raises
        ------
        FitCancelled
            If the solution's ``control.should_stop`` says so.
        """
        with one_thread():
            responses = self._responses(Y)
            for place, found in self._batches(responses) if self.is_batched else self._singles(responses):
                yield _in_units(self.fit, found, responses.ols[place], responses.scale[place])

    def _responses(self, Y: np.ndarray | DrawnSums) -> Responses:
        if isinstance(Y, DrawnSums):
            return drawn_responses(self.fit.optimum.arrangement, Y)
        offset = self.fit.rows.offset
        return self.sums.of(Y if offset is None else Y - offset[:, None])

    def _batches(self, responses: Responses) -> Iterator[tuple[slice, BatchFits]]:
        control = self.fit.control
        return fit_batch(
            self.fit.optimum.criterion,
            responses,
            self.start,
            tolerance=control.tolerance,
            poll=partial(control.poll, "the bootstrap"),
        )

    def _singles(self, responses: Responses) -> Iterator[tuple[slice, BatchFits]]:
        for i in range(len(responses.squares)):
            arrangement = with_response(self.fit.optimum.arrangement, responses, i)
            criterion = Polled(
                self.fit.optimum.criterion.of(arrangement), partial(self.fit.control.poll, "the bootstrap")
            )
            minimum = minimise(
                criterion,
                criterion.evaluate(self.start),
                tolerance=self.fit.control.tolerance,
                max_evaluations=MAX_EVALUATIONS,
            )
            at = minimum.point
            done = np.array([minimum.reason != EXHAUSTED])
            yield (
                slice(i, i + 1),
                BatchFits(at.theta[None], at.beta[None], np.array([at.r2]), np.array([at.value]), done),
            )


def _in_units(fit: LinearFit, found: BatchFits, ols: np.ndarray, scale: np.ndarray) -> ManyFits:
    arrangement = fit.optimum.arrangement
    basis, layout = arrangement.basis, arrangement.layout
    df = fit.optimum.evaluation.df
    sigma = scale * np.sqrt(found.r2 / df)
    beta = ols + scale[:, None] * found.beta
    if beta.shape[1]:
        beta = solve_upper(basis.x_root, beta.T).T
    covariances, lowest = [], np.full(len(sigma), np.inf)
    for term, root in enumerate(basis.term_roots):
        templates = templates_of(layout, found.theta, term, len(root))
        lowest = np.minimum(lowest, np.linalg.svd(templates, compute_uv=False)[:, -1])
        raw = np.linalg.solve(root, templates)
        covariances.append(sigma[:, None, None] ** 2 * (raw @ raw.transpose(0, 2, 1)))
    return ManyFits(beta, found.value, tuple(covariances), found.converged, lowest < SINGULAR_SD, sigma)
