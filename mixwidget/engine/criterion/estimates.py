"""Estimates in the user's units, from an optimum in the standardised basis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mixwidget.engine.criterion.evaluation import Evaluation
from mixwidget.engine.criterion.scattered_blocks import relative_errors, scattered_blocks
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.model.theta import ThetaLayout
from mixwidget.linalg.backward import back_substitute, selected_inverse
from mixwidget.linalg.by_factor import ByFactor
from mixwidget.linalg.elimination import Elimination
from mixwidget.linalg.iterative_rest import IterativeRest
from mixwidget.linalg.level_blocks import LevelBlocks
from mixwidget.linalg.sparse_rest import SparseRest
from mixwidget.linalg.triangle import lower_triangle, solve_upper

VANISHING = 1e-9  # relative standard deviation: the square root of rounding, and far below what a search sets to zero


@dataclass(frozen=True, slots=True)
class Estimates:
    """Fixed effects and covariance parameters.

    Attributes
    ----------
    beta : ndarray, shape (p,)
    vcov : ndarray, shape (p, p)
        sigma^2 (X'V^-1X)^-1.
    sigma : float
        Residual standard deviation, in units of the response.
    covariances : tuple of ndarray, shape (k, k)
        Covariance matrix of each term, in the user's units.
    templates : tuple of ndarray, shape (k, k)
        Relative covariance factor T of each term: covariance = sigma^2 T T'; lower triangular, diagonal >= 0.
    """

    beta: np.ndarray
    vcov: np.ndarray
    sigma: float
    covariances: tuple[np.ndarray, ...]
    templates: tuple[np.ndarray, ...]

    def __post_init__(self) -> None:
        for array in (self.beta, self.vcov, *self.covariances, *self.templates):
            array.flags.writeable = False  # they are handed out as they are


def estimate(arrangement: Arrangement, at: Evaluation) -> Estimates:
    """Return the estimates at an evaluated theta."""
    basis, layout = arrangement.basis, arrangement.layout
    sigma = basis.y_scale * float(np.sqrt(at.r2 / at.df))
    templates = templates_in_units(layout, basis.term_roots, at.templates)
    beta, vcov = np.zeros(0), np.zeros((0, 0))
    if len(at.beta):
        beta = solve_upper(basis.x_root, basis.ols + basis.y_scale * at.beta)
        half = solve_upper(basis.x_root, at.x_inverse.T)
        vcov = sigma**2 * (half @ half.T)
    return Estimates(beta, vcov, sigma, tuple(sigma**2 * (t @ t.T) for t in templates), templates)


def templates_in_units(
    layout: ThetaLayout, roots: Sequence[np.ndarray], templates: tuple[np.ndarray, ...]
) -> tuple[np.ndarray, ...]:
    """Return the relative covariance factor T of each term in the user's units.

    Parameters
    ----------
    layout : ThetaLayout
    roots : sequence of ndarray, shape (k, k)
        R of each term: raw columns = standardised columns @ R.
    templates : tuple of ndarray, shape (K, K)
        T of each factor, for the standardised columns.
    """
    return tuple(
        _without_rounding(lower_triangular(solve_upper(root, layout.term_template(templates, term))), root)
        for term, root in enumerate(roots)
    )


def theta_from_units(layout: ThetaLayout, roots: Sequence[np.ndarray], templates: Sequence[np.ndarray]) -> np.ndarray:
    """Return theta for the standardised columns, of templates of each term in the user's units."""
    scaled = [root @ template for root, template in zip(roots, templates, strict=True)]
    return layout.from_terms([lower_triangular(matrix) for matrix in scaled])


def conditional_blocks(by_factor: ByFactor, state: Elimination) -> tuple[np.ndarray, ...]:
    """Return the diagonal blocks of ``Lambda M^-1 Lambda'`` of each factor, shape (K, K, J)."""
    if isinstance(state.rest, SparseRest | IterativeRest):
        return tuple([found.values for found in scattered_blocks(by_factor, state, state.rest)])
    own = selected_inverse(state, first=True).own
    covariance = np.zeros((0, 0)) if state.rest is None else state.rest.covariance()
    return by_factor.diagonal([own[position] for position in range(len(own))], covariance)


def modes_in_units(layout: ThetaLayout, roots: Sequence[np.ndarray], modes: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the effects of each term, shape (k, J), in the user's units, of those of each factor, shape (K, J)."""
    return [solve_upper(root, modes[f][place]) for f, place, root in _terms(layout, roots)]


def blocks_in_units(
    layout: ThetaLayout, roots: Sequence[np.ndarray], blocks: Sequence[np.ndarray], *, of_errors: bool = False
) -> list[np.ndarray]:
    """Return covariance blocks of each factor, shape (K, K, J), in the user's units; of errors, bounds for them."""
    result = []
    for f, (size, stack) in enumerate(zip(layout.factor_sizes, blocks, strict=True)):
        inverse = np.zeros((size, size))
        for term_factor, place, root in _terms(layout, roots):
            if term_factor == f:
                inverse[place, place] = solve_upper(root, np.eye(len(root)))
        inverse = np.abs(inverse) if of_errors else inverse
        result.append(np.einsum("ab,bcj,dc->adj", inverse, stack, inverse))
    return result


def _without_rounding(template: np.ndarray, root: np.ndarray) -> np.ndarray:
    """Return T with the rows of columns that do not vary at exactly zero, so that they have no correlations either."""
    if len(template) == 1:
        return template
    # the square of the relative SD times the column's size
    squares = (template * template).sum(axis=1) * (root * root).sum(axis=0)
    vanishes = squares <= VANISHING**2 * max(1.0, float(squares.max()))
    return np.where(vanishes[:, None], 0.0, template) if vanishes.any() else template


def lower_triangular(matrix: np.ndarray) -> np.ndarray:
    """Return the lower triangular T with diagonal >= 0 and ``T T' = matrix matrix'``."""
    if len(matrix) == 1:
        return np.abs(matrix)
    lower = lower_triangle(matrix)
    return lower * np.where(np.diagonal(lower) < 0, -1.0, 1.0)


def standardised_theta(arrangement: Arrangement, templates: list[np.ndarray]) -> np.ndarray:
    """Return theta in the standardised basis for templates in the user's units."""
    return theta_from_units(arrangement.layout, arrangement.basis.term_roots, templates)


def factor_modes(arrangement: Arrangement, at: Evaluation) -> list[np.ndarray]:
    """Return the conditional modes of each factor in the standardised basis and response unit, shape (K, J)."""
    solution = back_substitute(at.state)
    weights = np.append(-at.beta, 1.0)
    by_factor = arrangement.by_factor.gathered(solution.modes, solution.rest_modes)
    return [weights @ modes for modes in by_factor]


def conditional_modes(arrangement: Arrangement, at: Evaluation) -> list[np.ndarray]:
    """Return the conditional modes of each term, in the user's units, shape (k, J)."""
    modes = [arrangement.basis.y_scale * modes for modes in factor_modes(arrangement, at)]
    return modes_in_units(arrangement.layout, arrangement.basis.term_roots, modes)


@dataclass(frozen=True, slots=True)
class ConditionalCovariances:
    """Conditional covariances in the user's units; the fixed effects count as known, as in lme4.

    Attributes
    ----------
    blocks : list of ndarray, shape (K, K, J)
        Of each factor.
    errors : list of ndarray, shape (K, J)
        Relative standard errors of the standard deviations where random probes estimate them; empty where all are
        exact.
    """

    blocks: list[np.ndarray]
    errors: list[np.ndarray]


def conditional_covariances(arrangement: Arrangement, at: Evaluation) -> ConditionalCovariances:
    """Return the conditional covariances of each factor's effects, as ``lme4::ranef(condVar = TRUE)``."""
    layout, roots, by_factor = arrangement.layout, arrangement.basis.term_roots, arrangement.by_factor
    variance = arrangement.basis.y_scale**2 * at.r2 / at.df
    if not isinstance(at.state.rest, IterativeRest):
        blocks = [variance * block for block in conditional_blocks(by_factor, at.state)]
        return ConditionalCovariances(blocks_in_units(layout, roots, blocks), [])
    found = scattered_blocks(by_factor, at.state, at.state.rest)
    values = blocks_in_units(layout, roots, [variance * each.values for each in found])
    errors = blocks_in_units(layout, roots, [variance * each.errors for each in found], of_errors=True)
    return ConditionalCovariances(
        values, [relative_errors(LevelBlocks(*each)) for each in zip(values, errors, strict=True)]
    )


def _terms(layout: ThetaLayout, roots: Sequence[np.ndarray]) -> list[tuple[int, slice, np.ndarray]]:
    return [(f, layout.term_slice(term), roots[term]) for term, f in enumerate(layout.term_factor)]
