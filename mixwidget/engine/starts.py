"""Starting values from cross products alone, in O(number of levels).

* *moment*: the variance components whose expected cross products of least-squares residuals equal the observed ones
  (MINQUE0-like; Rao 1971);
* *no pooling*: the covariance of per-level least-squares coefficients less its sampling part;
* *within*: the same for the conditional modes at a wide prior, where the fixed effects are those within levels: the
  other end when the slopes within and between levels disagree (Simpson's paradox);
* *unit*: T = I, lme4's own start.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mixwidget.engine.arrangement import Arrangement
from mixwidget.engine.criterion import evaluate
from mixwidget.engine.estimates import factor_modes
from mixwidget.linalg import levelwise

SMALLEST_RELATIVE_VARIANCE = 1e-2  # a start on the boundary would be a stationary point
LARGEST_RELATIVE_VARIANCE = 1e8
EIGENVALUE_SHARE = 1e-3  # smallest eigenvalue kept in a starting covariance matrix, as a share of the largest
WIDE_PRIOR_SD = 1e3  # relative standard deviation at which conditional modes are nearly unpooled
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
    """
    arrangement = replace(arrangement, prior=None)  # data alone choose the starts
    own = _factor_blocks(arrangement)
    right = arrangement.blocks.right
    total = float(right[-1, -1])
    if thorough:
        within, noise = _within(arrangement, [block for block, _ in own])
        moments = [_moment(block, score, noise) for block, score in own]
        return {
            "moment": _theta(arrangement, moments, noise),
            "within": within,
            "unit": _isotropic(arrangement, 1.0),
        }
    per_level = [_per_level(block, score, total, arrangement.cross.n) for block, score in own]
    noise = min(level_noise for _, level_noise in per_level)
    moments = [_moment(block, score, noise) for block, score in own]
    no_pooling = [
        _no_pooling(block, coefficients, noise) for (block, _), (coefficients, _) in zip(own, per_level, strict=True)
    ]
    return {"moment": _theta(arrangement, moments, noise), "no pooling": _theta(arrangement, no_pooling, noise)}


def _isotropic(arrangement: Arrangement, sd: float) -> np.ndarray:
    return arrangement.layout.from_terms([sd * np.eye(k) for k in arrangement.layout.term_sizes])


def _within(arrangement: Arrangement, blocks: list[np.ndarray]) -> tuple[np.ndarray, float]:
    """Return the start from modes at a prior so wide that only variation within levels informs them.

    The second result is the residual variance within levels.
    """
    wide = evaluate(arrangement, _isotropic(arrangement, WIDE_PRIOR_SD), reml=False)
    n_random = sum(len(block) * block.shape[2] for block in blocks)
    noise = wide.r2 / max(arrangement.cross.n - n_random, 1)
    covariances = []
    for modes, block in zip(factor_modes(arrangement, wide), blocks, strict=True):
        stack = block.transpose(2, 0, 1) + RIDGE * np.trace(block.mean(axis=2)) * np.eye(len(block))
        centred = modes - modes.mean(axis=1, keepdims=True)
        sampling = noise * np.linalg.inv(stack).mean(axis=0)
        covariances.append(centred @ centred.T / max(modes.shape[1] - 1, 1) - sampling)
    return _theta(arrangement, covariances, noise), noise


def _factor_blocks(arrangement: Arrangement) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return for each factor its own blocks A (K, K, J) and scores Z'r of the least-squares residual r (K, J)."""
    blocks: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for f, block in zip(arrangement.chain, arrangement.blocks.chain, strict=True):
        blocks[f] = block.panel[:, : block.k], block.panel[:, -1]
    if arrangement.blocks.rest is not None:
        for f, place in zip(arrangement.rest, arrangement.blocks.rest.factors, strict=True):
            own = arrangement.blocks.rest.own[place.columns, place.columns]
            stack = np.diagonal(own.reshape(place.k, place.n_levels, place.k, place.n_levels), axis1=1, axis2=3)
            score = arrangement.blocks.rest.right[place.columns, -1].reshape(place.k, place.n_levels)
            blocks[f] = np.ascontiguousarray(stack), score
    return [blocks[f] for f in range(len(blocks))]


def _per_level(block: np.ndarray, score: np.ndarray, total: float, n: int) -> tuple[np.ndarray, float]:
    """Return per-level least-squares coefficients (K, J) and the residual variance within levels."""
    k, _, n_levels = block.shape
    ridged = block.copy()
    mean_square = np.trace(block.sum(axis=2)) / (k * n_levels)
    for i in range(k):
        ridged[i, i] += RIDGE * mean_square
    factor = levelwise.cholesky(ridged)
    half = levelwise.solve_lower(factor, score[:, None])
    inverse = levelwise.solve_lower(factor, np.eye(k)[:, :, None])
    coefficients = levelwise.multiply_transposed(inverse, half)[:, 0]
    within = (total - float((half * half).sum())) / max(n - k * n_levels, 1)
    floor = 1e-3 * total / n
    return coefficients, within if n > k * n_levels and within > 1e-8 * floor else floor


def _moment(block: np.ndarray, score: np.ndarray, noise: float) -> np.ndarray:
    """Solve ``sum A G A = sum s s' - noise * sum A`` for G."""
    k = len(block)
    flat = block.reshape(k * k, -1)
    system = (flat @ flat.T).reshape(k, k, k, k).transpose(0, 2, 1, 3).reshape(k * k, k * k)
    right = score @ score.T - noise * block.sum(axis=2)
    solution = np.linalg.lstsq(system, right.reshape(-1), rcond=None)[0].reshape(k, k)
    return (solution + solution.T) / 2.0


def _no_pooling(block: np.ndarray, coefficients: np.ndarray, noise: float) -> np.ndarray:
    """Return the covariance of the per-level coefficients of levels that identify them, less the sampling part."""
    k, _, n_levels = block.shape
    stack = block.transpose(2, 0, 1)
    values = np.linalg.eigvalsh(stack) if k > 1 else stack[:, :, 0]
    good = values[:, 0] > 1e-3 * np.median(values[:, -1])
    if good.sum() < 2:
        good = np.ones(n_levels, dtype=bool)
        stack = stack + RIDGE * np.trace(stack.mean(axis=0)) * np.eye(k)
    chosen = coefficients[:, good]
    centred = chosen - chosen.mean(axis=1, keepdims=True)
    sampling = noise * np.linalg.inv(stack[good]).mean(axis=0)
    return centred @ centred.T / max(chosen.shape[1] - 1, 1) - sampling


def _theta(arrangement: Arrangement, covariances: list[np.ndarray], noise: float) -> np.ndarray:
    """Return theta of the nearest covariance matrices that are well inside the cone."""
    layout = arrangement.layout
    templates = []
    for term, f in enumerate(layout.term_factor):
        place = layout.term_slice(term)
        values, vectors = np.linalg.eigh(covariances[f][place, place] / noise)
        floor = max(SMALLEST_RELATIVE_VARIANCE, EIGENVALUE_SHARE * float(values[-1]))
        values = np.clip(values, floor, max(LARGEST_RELATIVE_VARIANCE, floor))
        templates.append(np.linalg.cholesky((vectors * values) @ vectors.T))
    return layout.from_terms(templates)
