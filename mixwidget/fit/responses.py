"""One model fitted to many responses: in one batch with one grouping factor, else one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.linalg import solve_triangular

from mixwidget.engine.arrangement import Arrangement
from mixwidget.engine.batch import BatchFits, fit_batch
from mixwidget.engine.certificate import SINGULAR_SD
from mixwidget.engine.criterion import Evaluation, evaluate
from mixwidget.engine.derivatives import differentiate
from mixwidget.engine.newton import minimise
from mixwidget.engine.responses import Responses, ResponseSums, with_response
from mixwidget.engine.second_order import is_one_factor
from mixwidget.engine.theta import ThetaLayout
from mixwidget.errors import FitCancelled
from mixwidget.fit.solution import Solution, model_arrays, one_thread

MAX_EVALUATIONS = 200
LOWEST_START = 0.1  # relative standard deviation; at zero every response would find a stationary point


@dataclass(frozen=True, slots=True)
class ManyFits:
    """The estimates of B fits in the user's units.

    Attributes
    ----------
    beta : ndarray, shape (B, p)
    sigma, criterion : ndarray, shape (B,)
    covariances : tuple of ndarray, shape (B, k, k)
        For each term.
    converged, is_singular : ndarray of bool, shape (B,)
    """

    beta: np.ndarray
    sigma: np.ndarray
    criterion: np.ndarray
    covariances: tuple[np.ndarray, ...]
    converged: np.ndarray
    is_singular: np.ndarray


def fit_responses(solution: Solution, Y: np.ndarray | None) -> ManyFits:
    """Fit the model of a solution to other responses, from its optimum; None returns the solution itself.

    Parameters
    ----------
    solution : Solution
    Y : ndarray, shape (n, B), or None
        In units of the response, offset included.
    """
    arrangement = solution.optimum.arrangement
    if Y is None:
        at, basis = solution.optimum.evaluation, arrangement.basis
        found = BatchFits(
            at.theta[None], at.beta[None], np.array([at.r2]), np.array([at.value]), np.ones(1, dtype=bool)
        )
        return _in_units(solution, found, basis.ols[None], np.array([basis.y_scale]))
    offset = solution.design.offset
    free = Y if offset is None else Y - offset[:, None]
    with one_thread():
        responses = ResponseSums(arrangement, model_arrays(solution.design)).of(free)
        start = _regular(arrangement.layout, solution.optimum.evaluation.theta)
        if is_one_factor(arrangement):
            tolerance = solution.control.tolerance
            found = list(fit_batch(arrangement, responses, start, reml=solution.reml, tolerance=tolerance))
        else:
            found = list(_one_by_one(solution, responses, start))
    names = ("theta", "beta", "r2", "value", "converged")
    together = BatchFits(*(np.concatenate([getattr(part, name) for part in found]) for name in names))
    return _in_units(solution, together, responses.ols, responses.scale)


def _one_by_one(solution: Solution, responses: Responses, start: np.ndarray) -> Iterator[BatchFits]:
    control = solution.control
    for i in range(len(responses.squares)):
        if control.should_stop is not None and control.should_stop():
            raise FitCancelled("the bootstrap was cancelled")
        arrangement = with_response(solution.optimum.arrangement, responses, i)
        minimum = minimise(
            partial(_evaluate, arrangement, solution.reml),
            partial(differentiate, arrangement),
            evaluate(arrangement, start, reml=solution.reml),
            tolerance=control.tolerance,
            max_evaluations=MAX_EVALUATIONS,
        )
        at = minimum.point
        done = minimum.reason != "evaluations exhausted"
        yield BatchFits(at.theta[None], at.beta[None], np.array([at.r2]), np.array([at.value]), np.array([done]))


def _regular(layout: ThetaLayout, theta: np.ndarray) -> np.ndarray:
    """Return theta, with the covariance matrices raised by LOWEST_START**2 if one of them is (nearly) singular."""
    templates = [_templates(layout, theta[None], term, k)[0] for term, k in enumerate(layout.term_sizes)]
    if all(np.linalg.svd(T, compute_uv=False)[-1] >= LOWEST_START for T in templates):
        return theta
    raised = [T @ T.T + LOWEST_START**2 * np.eye(len(T)) for T in templates]
    return layout.from_terms([np.linalg.cholesky(covariance) for covariance in raised])


def _evaluate(arrangement: Arrangement, reml: bool, theta: np.ndarray) -> Evaluation:
    return evaluate(arrangement, theta, reml=reml)


def _in_units(solution: Solution, found: BatchFits, ols: np.ndarray, scale: np.ndarray) -> ManyFits:
    arrangement = solution.optimum.arrangement
    basis, layout = arrangement.basis, arrangement.layout
    df = solution.optimum.evaluation.df
    sigma = scale * np.sqrt(found.r2 / df)
    beta = ols + scale[:, None] * found.beta
    if beta.shape[1]:
        beta = solve_triangular(basis.x_root, beta.T).T
    covariances, lowest = [], np.full(len(sigma), np.inf)
    for term, root in enumerate(basis.term_roots):
        templates = _templates(layout, found.theta, term, len(root))
        lowest = np.minimum(lowest, np.linalg.svd(templates, compute_uv=False)[:, -1])
        raw = np.linalg.solve(root, templates)
        covariances.append(sigma[:, None, None] ** 2 * (raw @ raw.transpose(0, 2, 1)))
    return ManyFits(beta, sigma, found.value, tuple(covariances), found.converged, lowest < SINGULAR_SD)


def _templates(layout: ThetaLayout, theta: np.ndarray, term: int, k: int) -> np.ndarray:
    """Return T of one term for each fit, shape (B, k, k)."""
    f, offset = layout.term_factor[term], layout.term_offset[term]
    inside = (layout.factor == f) & (layout.row >= offset) & (layout.row < offset + k)
    templates = np.zeros((len(theta), k, k))
    templates[:, layout.row[inside] - offset, layout.column[inside] - offset] = theta[:, inside]
    return templates
