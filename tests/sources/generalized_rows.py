"""Rows of generalized models with few different predictors, as they come in every shape; and formulas for them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import statsmodels.api as sm

N = 1_200
NEGATIVE_BINOMIAL = sm.families.NegativeBinomial(alpha=0.5)


@cache
def generalized_table() -> pa.Table:
    """Rows with missing values, rows without trials, levels in an order of their own and unused ones."""
    rng = np.random.default_rng(41)
    g, k = rng.integers(0, 25, N), rng.integers(0, 6, N)
    x = rng.integers(-2, 3, N).astype(float)
    size = rng.choice(["small", "mid", "large"], N, p=[0.3, 0.4, 0.3])
    modes, slopes, others = rng.normal(scale=0.7, size=25), rng.normal(scale=0.3, size=25), rng.normal(size=6)
    eta = 0.2 + 0.4 * x + (size == "large") - 0.5 * (size == "mid") + modes[g] + slopes[g] * x + 0.4 * others[k]
    p = 1.0 / (1.0 + np.exp(-eta))
    trials = rng.integers(0, 6, N)
    log_exposure = np.log(rng.integers(1, 4, N))
    wins = rng.binomial(trials, p)
    columns = {
        "hit": (rng.random(N) < p).astype(np.int64),
        "answer": np.where(rng.random(N) < p, "yes", "no"),
        "wins": wins,
        "losses": trials - wins,
        "trials": np.maximum(trials, 1),
        "share": rng.binomial(np.maximum(trials, 1), p) / np.maximum(trials, 1),
        "count": rng.poisson(np.exp(0.4 * eta + log_exposure)),
        "spread": rng.poisson(np.exp(0.4 * eta) * rng.gamma(2.0, 0.5, N)),
        "time": rng.gamma(4.0, np.exp(1.0 + 0.2 * eta) / 4.0),
        "x": pa.array(x, mask=_mask(rng, 9)),
        "far": 2010.0 + x,
        "kind": pa.array(rng.choice(["b", "a", "c"], N), mask=_mask(rng, 7)),
        "size": pa.DictionaryArray.from_arrays(
            pa.array([["small", "mid", "large", "huge"].index(s) for s in size], pa.int8()),
            pa.array(["small", "mid", "large", "huge"]),
        ),
        "flag": rng.random(N) < 0.4,
        "log_exposure": log_exposure,
        "weight": rng.integers(1, 4, N).astype(float),
        "g": pa.array(g + 100, mask=_mask(rng, 5)),
        "k": np.array([f"k{i}" for i in k]),
    }
    return pa.table(columns)


def _mask(rng: np.random.Generator, count: int) -> np.ndarray:
    mask = np.zeros(N, dtype=bool)
    mask[rng.choice(N, count, replace=False)] = True
    return mask


CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "binary": ("hit ~ x + size + (1 | g)", {}),
    "levels": ("answer ~ x * kind + (1 | g)", {}),
    "condition": ("answer == 'no' ~ x + (1 | g)", {}),
    "logical": ("flag ~ x + (1 | g)", {}),
    "slopes": ("hit ~ x + (x | g)", {}),
    "far slopes": ("hit ~ far + (far | g)", {}),
    "crossed": ("hit ~ x + size + (1 | g) + (1 | k)", {"family": "binomial", "link": "probit"}),
    "trials": ("cbind(wins, losses) ~ x + size + (1 | g)", {}),
    "proportions": ("share ~ x + (1 | g)", {"weights": "trials"}),
    "poisson": ("count ~ x + kind + offset(log_exposure) + (1 | g)", {"family": "poisson"}),
    "weighted counts": ("count ~ x + (x || g)", {"family": "poisson", "weights": "weight", "offset": "log_exposure"}),
    "negative binomial": ("spread ~ x + (1 | g)", {"family": NEGATIVE_BINOMIAL}),
    "Gamma": ("time ~ x + size + (1 | g)", {"family": "Gamma", "link": "log"}),
    "weighted Gamma": ("time ~ x + (1 | g)", {"family": "Gamma", "link": "log", "weights": "weight"}),
    "inverse Gaussian": ("time ~ x + (1 | g)", {"family": "inverse.gaussian", "link": "log"}),
    "log Gaussian": ("time ~ x + (1 | g)", {"family": "gaussian", "link": "log"}),
    "quadrature": ("hit ~ x + (1 | g)", {"n_agq": 7}),
    "joint modes": ("hit ~ x + size + (1 | g)", {"n_agq": 0}),
    "subset": ("hit ~ x + size + (1 | g)", {"subset": "size != 'mid' & x > -2"}),
    "contrasts": ("hit ~ poly(x, 2) + size + (1 | g / k)", {"contrasts": {"size": "sum"}}),
    "aliased": ("hit ~ x + I(2 * x) + kind + (1 | g)", {}),
    "cloglog": ("hit ~ scale(x) + (1 | k:g)", {"link": "cloglog"}),
}
EVERYWHERE = (
    "levels",
    "slopes",
    "crossed",
    "trials",
    "proportions",
    "poisson",
    "weighted counts",
    "negative binomial",
    "weighted Gamma",
    "quadrature",
    "joint modes",
    "subset",
    "contrasts",
)
