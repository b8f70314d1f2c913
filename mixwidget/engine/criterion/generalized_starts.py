"""Starting values of a generalized model: a regression without random effects, moments of its scores, then PQL.

Penalised quasi-likelihood (Breslow & Clayton 1993, J. Am. Stat. Assoc. 88) alternates joint modes with a step of the
linear model's average information. It is left out where the family has a dispersion: with the dispersion at one it
leads to variances of zero.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mixwidget.engine.criterion.follow import followed
from mixwidget.engine.criterion.laplace import Approximation, at_mode, scale_of
from mixwidget.engine.criterion.laplace_slope import laplace_slope
from mixwidget.engine.criterion.mode import LAST_STEP, Mode, Stacks, find_mode
from mixwidget.engine.criterion.starts import inner_theta, moment_covariance
from mixwidget.engine.criterion.traces import factor_traces
from mixwidget.engine.criterion.working_metric import without_fixed, working_metric, working_model
from mixwidget.engine.model.family import Family
from mixwidget.engine.model.generalized import Generalized
from mixwidget.engine.model.thinned import thinned
from mixwidget.engine.model.walk import Piece, added
from mixwidget.errors import FitError

LARGEST_START = 3.0  # standard deviation on the scale of the linear predictor; larger moments are those of few levels
PQL_STEPS = 2
LARGEST_RATIO = 0.75  # of a PQL step to the one before, that their sum to the end is told from
LONGEST_PQL = 1.0  # of a step in theta, as a share of its largest element or of one half
LEAST_GAIN = 1e-4  # of the deviance, by a step of free fixed effects: separated data have no better end
LOOSER = 1.0  # last step towards modes of which only the first of several steps is made
LOOSE = 0.1  # last step towards modes of which a start is made
SHORTEST_MIX = 1e-3  # share of the least-squares start below which a start within the range is given up
LEAST_SHAPE, LARGEST_SHAPE = 0.1, 100.0  # of a negative binomial at its start
CURVATURE_SHARE = 1e-3  # smallest eigenvalue kept in a PQL step, as a share of the largest


class GeneralizedStart(NamedTuple):
    """Where a descent starts.

    Attributes
    ----------
    theta : ndarray, shape (n_theta,)
    mode : Mode
        Joint modes there, or those of the regression.
    """

    theta: np.ndarray
    mode: Mode


def generalized_start(model: Generalized, approximation: Approximation) -> GeneralizedStart:
    """Return the start by moments, improved by PQL where there is no dispersion; of some rows where there are many.

    Raises
    ------
    FitError
        If no linear predictor within the range of the link was found.
    """
    some = None if model.family.has_dispersion else thinned(model)
    if some is not None:
        first = _start(some.model, approximation, n_steps=1)
        start = _laplace_step(some.model, approximation, first) or first
        near = start.mode._replace(u=some.spread(start.mode.u))
        whole = _laplace_step(model, approximation, start._replace(mode=near))
        if whole is not None:
            return whole
    return _start(model, approximation)


def _laplace_step(model: Generalized, approximation: Approximation, start: GeneralizedStart) -> GeneralizedStart | None:
    """Return the start after a step of the Laplace approximation; None where that is not found there.

    With few rows of each level PQL is far from it.
    """
    layout, beta = model.layout, start.mode.beta
    templates = layout.templates(start.theta)
    mode = find_mode(model, templates, beta, start.mode.u, last_step=LOOSE)
    point = at_mode(model, np.concatenate([start.theta, beta]), templates, approximation, mode)
    if point.mode is None:
        return None
    slope = laplace_slope(point)
    step = _newton_step(slope.hessian, slope.gradient)
    theta = start.theta + _within(templates, step[: layout.n_theta])
    moved = np.concatenate([theta, beta + step[layout.n_theta :]])
    return GeneralizedStart(theta, point.mode._replace(beta=moved[layout.n_theta :], u=followed(point, moved)))


def _start(model: Generalized, approximation: Approximation, *, n_steps: int = PQL_STEPS) -> GeneralizedStart:
    """Return the start after steps of PQL; a step of the Laplace approximation needs no more than one before it."""
    mode = regression(model, last_step=LOOSE)
    theta = _moments(model, approximation, mode)
    if model.family.has_dispersion:
        return GeneralizedStart(theta, mode)
    steps: list[np.ndarray] = []
    for _ in range(n_steps):
        templates = model.layout.templates(theta)
        joint = _joint(model, templates, mode, last_step=LOOSE if n_steps == PQL_STEPS else LOOSER)
        if joint is None:
            return GeneralizedStart(theta, mode)
        mode = joint
        steps.append(_pql_step(model, templates, joint))
        theta = theta + steps[-1]
    return GeneralizedStart(theta if len(steps) < PQL_STEPS else theta + _remainder(*steps), mode)


def _joint(model: Generalized, templates: Stacks, near: Mode, *, last_step: float = LOOSE) -> Mode | None:
    """Return about the joint modes of random and fixed effects."""
    return find_mode(model, templates, near.beta, near.u, free_beta=True, last_step=last_step, least_gain=LEAST_GAIN)


def _remainder(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return what is left of a geometric series of steps after two of them: PQL converges at such a rate."""
    ratio = float(second @ first) / max(float(first @ first), 1e-300)
    ratio = min(max(ratio, 0.0), LARGEST_RATIO)
    return second * (ratio / (1.0 - ratio))


def regression(model: Generalized, *, last_step: float = LAST_STEP) -> Mode:
    """Return the maximum of the likelihood without random effects; `last_step` as in `find_mode`.

    Raises
    ------
    FitError
        If no linear predictor within the range of the link was found.
    """
    zero = tuple(np.zeros((k, k)) for k in model.layout.factor_sizes)
    for beta in _first_betas(model):
        mode = find_mode(model, zero, beta, None, free_beta=True, last_step=last_step, least_gain=LEAST_GAIN)
        if mode is not None:
            return mode
    raise FitError(
        "no regression coefficients were found for which all means are in the range of the family; "
        f"{another_link(model.family)}"
    )


def another_link(family: Family) -> str:
    """Say what to do where means are out of range."""
    link = family.unbounded_link
    return "check the offset, and predictors with huge values" if link is None else f"link='{link}' has no such end"


def _first_betas(model: Generalized) -> list[np.ndarray]:
    """Return coefficients to start from: least squares on the link scale, drawn towards a constant predictor."""
    y, weights = model.response.y, model.response.weights
    middle = model.family.start(np.array([weights @ y / weights.sum()]), np.ones(1))[0]

    def sums(piece: Piece) -> tuple[np.ndarray, ...]:
        here, X, w = piece.response, piece.X, piece.response.weights
        target = model.family.start(here.y, w)
        return (X * w) @ X.T, X @ (w * (target - piece.offset)), X @ (w * (middle - piece.offset))

    gram, to_direct, to_level = added(model, sums)
    direct, level = np.linalg.solve(gram, to_direct), np.linalg.solve(gram, to_level)
    shares = (1.0, 0.5, 0.1, SHORTEST_MIX, 0.0)
    return [level + share * (direct - level) for share in shares]


def _moments(model: Generalized, approximation: Approximation, mode: Mode) -> np.ndarray:
    """Return theta at which the scores of the regression vary by level as they do."""
    local = mode.local

    def by_level(piece: Piece) -> tuple[np.ndarray, ...]:
        here = piece.of(local)
        return tuple(piece.frame.panels(here.expected, here.score[None]))

    panels = added(model, by_level)
    size = np.sqrt(scale_of(model, approximation, mode).slope) if model.family.has_dispersion else 1.0
    covariances = [moment_covariance(panel[:, : len(panel)], size * panel[:, -1], 1.0) for panel in panels]
    theta = inner_theta(model.layout, covariances, 1.0)
    largest = float(np.abs(theta).max(initial=0.0))
    has_scale = model.family.has_dispersion  # theta is relative to sigma, which may be small
    return theta if has_scale or largest < LARGEST_START else theta * (LARGEST_START / largest)


def _pql_step(model: Generalized, templates: Stacks, joint: Mode) -> np.ndarray:
    """Return a step of theta that lowers the linear model's criterion at the working response."""
    layout, local = model.layout, joint.local
    working = working_model(model, templates, local)
    traces = factor_traces(working.by_factor, templates, working.state)
    slopes = tuple(Q - s @ s.T for (Q, _), s in zip(traces, working.scores, strict=True))
    gradient = 2.0 * layout.gather(tuple(D @ T for D, T in zip(slopes, templates, strict=True)))
    metric = without_fixed(working_metric(working, slopes, 1.0), layout.n_theta)
    return _within(templates, _newton_step(metric, gradient))


def _newton_step(metric: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """Return a step downhill, with the curvatures of a metric made positive."""
    values, vectors = np.linalg.eigh(metric)
    values = np.maximum(np.abs(values), CURVATURE_SHARE * float(np.abs(values).max()))
    return -vectors @ ((vectors.T @ gradient) / values)


def _within(templates: Stacks, step: np.ndarray) -> np.ndarray:
    """Return a step of theta, shortened where it is longer than the templates."""
    reach = LONGEST_PQL * max(0.5, *(float(np.abs(T).max()) for T in templates))
    return step * min(1.0, reach / max(float(np.abs(step).max()), 1e-300))


def first_shape(model: Generalized) -> float:
    """Return a shape of the negative binomial by which the responses vary about a regression as they do."""
    local = regression(model).local

    def sums(piece: Piece) -> tuple[float, float]:
        y, weights, mean = piece.response.y, piece.response.weights, piece.of(local).mean
        return float(weights @ ((y - mean) ** 2 - mean)), float(weights @ mean**2)

    excess, squares = added(model, sums)
    shape = squares / excess if excess > 0.0 else LARGEST_SHAPE
    return float(np.clip(shape, LEAST_SHAPE, LARGEST_SHAPE))
