"""Starting values from cross products alone, in O(number of levels).

* *moment*: the variance components whose expected cross products of least-squares residuals equal the observed ones
  (MINQUE0-like; Rao 1971);
* *no pooling*: the covariance of per-level least-squares coefficients less its sampling part;
* *within*: the same for the conditional modes at a wide prior, where the fixed effects are those within levels: the
  other end when the slopes within and between levels disagree (Simpson's paradox);
* *unit*: T = I, lme4's own start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mixwidget.engine.criterion.estimates import factor_modes
from mixwidget.engine.criterion.evaluation import evaluate
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.engine.model.theta import ThetaLayout
from mixwidget.linalg import levelwise

SMALLEST_RELATIVE_VARIANCE = 1e-3  # a start on the boundary would be a stationary point
LARGEST_RELATIVE_VARIANCE = 1e8
EIGENVALUE_SHARE = 1e-3  # smallest eigenvalue kept in a starting covariance matrix, as a share of the largest
WIDE_PRIOR_SD = 1e3  # relative standard deviation at which conditional modes are nearly unpooled
GOOD_SHARE = 1e-3  # of the mean square: least information on a coefficient for a level to count in its spread
CHOOSE_BELOW = 300  # dense random effects; above, evaluating a second start costs more than it saves in steps
SATURATED_SHARE = 1e-4  # of the mean square: a residual variance within levels below it says nothing
RIDGE = 1e-9  # share of the mean square that makes the blocks of poor levels invertible


def starting_values(arrangement: Arrangement, *, thorough: bool) -> dict[str, np.ndarray]:
    """Return candidate starts in the standardised basis.

    Parameters
    ----------
    arrangement : Arrangement
    thorough : bool
        Whether to use the starts that cost an evaluation (*within* instead of *no pooling*) or are rarely the best
        (*unit*).

    Returns
    -------
    dict of str to ndarray, shape (n_theta,)
        The likeliest first.
    """
    own = _factor_blocks(arrangement)
    right = arrangement.blocks.right
    total = float(right[-1, -1])
    if thorough:
        within, noise = _within(arrangement, [block for block, _ in own])
        moments = [moment_covariance(block, score, noise) for block, score in own]
        informed = {"within": within, "moment": inner_theta(arrangement.layout, moments, noise)}
        if noise < SATURATED_SHARE * total / arrangement.cross.n:
            informed = dict(reversed(informed.items()))
        return {**informed, "unit": _isotropic(arrangement, 1.0)}
    levels = [_least_squares(block, score, total, arrangement.cross.n) for block, score in own]
    noise = min(fitted.noise for fitted in levels)
    starts = {"no pooling": inner_theta(arrangement.layout, [_no_pooling(fitted, noise) for fitted in levels], noise)}
    if sum(place.k * place.n_levels for place in arrangement.blocks.rest_factors) < CHOOSE_BELOW:
        moments = [moment_covariance(block, score, noise) for block, score in own]
        starts["moment"] = inner_theta(arrangement.layout, moments, noise)
    return starts


def _isotropic(arrangement: Arrangement, sd: float) -> np.ndarray:
    return arrangement.layout.from_terms([sd * np.eye(k) for k in arrangement.layout.term_sizes])


def _within(arrangement: Arrangement, blocks: list[np.ndarray]) -> tuple[np.ndarray, float]:
    """Return the start from modes at a prior so wide that only variation within levels informs them.

    The second result is the residual variance within levels.
    """
    wide = evaluate(arrangement, _isotropic(arrangement, WIDE_PRIOR_SD), reml=False)
    noise = wide.r2 / max(arrangement.cross.n - arrangement.n_random, 1)
    covariances = [
        _spread(modes, _inverse_factors(block)[1], noise)
        for modes, block in zip(factor_modes(arrangement, wide), blocks, strict=True)
    ]
    return inner_theta(arrangement.layout, covariances, noise), noise


def _factor_blocks(arrangement: Arrangement) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return for each factor its own blocks A (K, K, J) and scores Z'r of the least-squares residual r (K, J)."""
    by_factor = arrangement.by_factor
    return [(by_factor.own(f), by_factor.right(f)[:, -1]) for f in range(len(by_factor.order))]


@dataclass(frozen=True, slots=True)
class _Levels:
    """Per-level least squares: coefficients (K, J), their information's inverse Cholesky factor, residual variance."""

    coefficients: np.ndarray
    inverse: np.ndarray
    is_good: np.ndarray
    noise: float


def _least_squares(block: np.ndarray, score: np.ndarray, total: float, n: int) -> _Levels:
    """Fit the residual within every level; a level is good if it identifies all its coefficients."""
    k, _, n_levels = block.shape
    factor, inverse = _inverse_factors(block)
    half = levelwise.multiply(inverse, score[:, None])
    coefficients = levelwise.multiply_transposed(inverse, half)[:, 0]
    within = (total - float((half * half).sum())) / max(n - k * n_levels, 1)
    floor = 1e-3 * total / n
    noise = within if n > k * n_levels and within > 1e-8 * floor else floor
    smallest = np.einsum("iij->ij", factor).min(axis=0) ** 2
    return _Levels(coefficients, inverse, smallest > GOOD_SHARE * _mean_square(block), noise)


def _inverse_factors(block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the Cholesky factors of ridged blocks and their inverses, shape (K, K, J)."""
    k = len(block)
    ridged = block.copy()
    for i in range(k):
        ridged[i, i] += RIDGE * _mean_square(block)
    factor = levelwise.cholesky(ridged)
    return factor, levelwise.solve_lower(factor, np.eye(k)[:, :, None])


def _mean_square(block: np.ndarray) -> float:
    return float(np.einsum("iij->", block)) / (len(block) * block.shape[2])


def _spread(coefficients: np.ndarray, inverse: np.ndarray, noise: float) -> np.ndarray:
    """Return the covariance of unpooled coefficients (K, J) less its sampling part."""
    n_levels = coefficients.shape[1]
    centred = coefficients - coefficients.sum(axis=1, keepdims=True) / n_levels
    sampling = noise * levelwise.gram(inverse) / n_levels
    return centred @ centred.T / max(n_levels - 1, 1) - sampling


def _no_pooling(levels: _Levels, noise: float) -> np.ndarray:
    """Return the covariance of the coefficients of the levels that identify them, less the sampling part."""
    if levels.is_good.all() or levels.is_good.sum() < 2:
        return _spread(levels.coefficients, levels.inverse, noise)
    return _spread(levels.coefficients[:, levels.is_good], levels.inverse[:, :, levels.is_good], noise)


def moment_covariance(block: np.ndarray, score: np.ndarray, noise: float) -> np.ndarray:
    """Return the covariance of the effects of a factor by which its scores vary beyond noise; it may be indefinite.

    Solves ``sum A G A = sum s s' - noise * sum A`` for G.
    """
    k = len(block)
    if k == 1:
        own = block[0, 0]
        return np.array([[(score @ score.T - noise * own.sum()).item() / float(own @ own)]])
    flat = block.reshape(k * k, -1)
    system = (flat @ flat.T).reshape(k, k, k, k).transpose(0, 2, 1, 3).reshape(k * k, k * k)
    right = score @ score.T - noise * block.sum(axis=2)
    solution = np.linalg.lstsq(system, right.reshape(-1), rcond=None)[0].reshape(k, k)
    return (solution + solution.T) / 2.0


def inner_theta(layout: ThetaLayout, covariances: Sequence[np.ndarray], noise: float) -> np.ndarray:
    """Return theta of the nearest covariance matrices of each factor, over the noise, that are well inside the cone."""
    relative = [
        covariances[f][layout.term_slice(term)][:, layout.term_slice(term)] / noise
        for term, f in enumerate(layout.term_factor)
    ]
    return layout.from_terms([_inner_template(covariance) for covariance in relative])


def _inner_template(covariance: np.ndarray) -> np.ndarray:
    """Return a Cholesky factor of the nearest covariance matrix that is well inside the cone."""
    if len(covariance) == 1:
        variance = min(max(float(covariance[0, 0]), SMALLEST_RELATIVE_VARIANCE), LARGEST_RELATIVE_VARIANCE)
        return np.array([[np.sqrt(variance)]])
    values, vectors = np.linalg.eigh(covariance)
    floor = max(SMALLEST_RELATIVE_VARIANCE, EIGENVALUE_SHARE * float(values[-1]))
    values = np.clip(values, floor, max(LARGEST_RELATIVE_VARIANCE, floor))
    return np.linalg.cholesky((vectors * values) @ vectors.T)
