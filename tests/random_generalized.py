"""Random small data sets for generalized models, as arrays, drawn by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from mixwidget.engine.criterion.generalized_criterion import GeneralizedCriterion
from mixwidget.engine.model.generalized import GeneralizedArrays
from mixwidget.engine.search.newton import minimise
from mixwidget.engine.sums.arrays import FactorArrays, TermArrays

Rows = tuple[np.ndarray, tuple[np.ndarray, ...]]  # a predictor, and codes of each factor


class Draw(NamedTuple):
    """What is drawn.

    Attributes
    ----------
    rows : callable
        Of a generator: predictor and codes.
    slopes : tuple of bool
        For each factor whether its effects have a slope beside the intercept.
    """

    rows: Callable[[np.random.Generator], Rows]
    slopes: tuple[bool, ...]


def _one(rng: np.random.Generator) -> Rows:
    n_groups = int(rng.integers(5, 15))
    g = np.repeat(np.arange(n_groups), rng.integers(3, 9, n_groups))
    return rng.normal(size=len(g)) + rng.choice([0.0, 1.5]) * rng.normal(size=n_groups)[g], (g,)


def _crossed(rng: np.random.Generator) -> Rows:
    n_g, n_h = rng.integers(4, 11, 2)
    g, h = (part.ravel() for part in np.meshgrid(np.arange(n_g), np.arange(n_h)))
    kept = rng.random(len(g)) < rng.uniform(0.7, 1.0)
    kept[: n_g + 2] = kept[:: int(n_g)] = True
    return rng.normal(size=int(kept.sum())), (g[kept], h[kept])


def _nested(rng: np.random.Generator) -> Rows:
    n_upper, n_lower = int(rng.integers(4, 9)), int(rng.integers(2, 5))
    g = np.repeat(np.arange(n_upper * n_lower), rng.integers(2, 6, n_upper * n_lower))
    h = g // n_lower
    return rng.normal(size=len(g)) + rng.normal(size=n_upper)[h], (g, h)


DRAWS = {
    "one": Draw(_one, (False,)),
    "slope": Draw(_one, (True,)),
    "crossed": Draw(_crossed, (False, False)),
    "crossed slope": Draw(_crossed, (True, False)),
    "nested": Draw(_nested, (False, False)),
    "nested slope": Draw(_nested, (False, True)),
}


def draw_arrays(name: str, family: str, rng: np.random.Generator) -> GeneralizedArrays:
    """Return a data set; `family` is "binomial" (0/1, or a few trials each) or "poisson"."""
    x, codes = DRAWS[name].rows(rng)
    n, trials = len(x), None
    eta = rng.uniform(-1.0, 1.0) + rng.uniform(-1.0, 1.0) * x
    factors, terms = [], []
    for f, (drawn, has_slope) in enumerate(zip(codes, DRAWS[name].slopes, strict=True)):
        present, code = np.unique(drawn, return_inverse=True)
        z = np.column_stack([np.ones(n), x]) if has_slope else np.ones((n, 1))
        effects = rng.normal(size=(len(present), z.shape[1])) * rng.choice([0.0, 0.4, 1.0, 2.0], z.shape[1])
        eta = eta + (z * effects[code]).sum(axis=1)
        factors.append(FactorArrays(code, len(present)))
        terms.append(TermArrays(f, z))
    if family == "poisson":
        y = rng.poisson(np.exp(np.minimum(eta, 4.0))).astype(float)
    else:
        trials = rng.integers(1, 6, n).astype(float) if rng.random() < 0.3 else np.ones(n)
        y = rng.binomial(trials.astype(int), 1.0 / (1.0 + np.exp(-eta))) / trials
    return GeneralizedArrays(y, np.column_stack([np.ones(n), x]), tuple(terms), tuple(factors), trials)


def random_starts(criterion: GeneralizedCriterion, rng: np.random.Generator, n_starts: int) -> list[float]:
    """Return the values at which descents end from covariance matrices and fixed effects that are drawn at random."""
    values = []
    for _ in range(n_starts):
        drawn = [np.atleast_2d(np.cov(rng.normal(size=(k, k + 2)))) for k in criterion.layout.term_sizes]
        templates = [np.linalg.cholesky(cov) * 10.0 ** rng.uniform(-1.5, 0.7) for cov in drawn]
        theta = criterion.complete(criterion.layout.from_terms(templates))
        theta[criterion.layout.n_theta :] += 0.5 * rng.normal(size=len(theta) - criterion.layout.n_theta)
        start = criterion.evaluate(theta)
        if np.isfinite(start.value):
            end = minimise(criterion, start, tolerance=1e-8, max_evaluations=150, has_metric=True)
            values.append(end.point.value)
    return values
