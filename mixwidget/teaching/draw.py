"""A data set from its settings and a seed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.teaching.settings import Settings

BETWEEN_SPREAD = 1.5  # of the groups' means of x, of which each group's own x reach 1 to both sides
GAP = 0.95  # of the middles of two populations from their mean, in standard deviations; the rest is within them
FEW = 0.6  # of the logarithms of the sizes of unbalanced groups
LEAST_ROWS = 2


def draw(settings: Settings, seed: int) -> pd.DataFrame:
    """Return rows with the columns group, x and y; the same for the same settings and seed.

    Parameters
    ----------
    settings : Settings
    seed : int

    Examples
    --------
    >>> draw(Settings(n_groups=3, n_rows=2), seed=1).round(2)["y"].tolist()[:2]
    [8.59, 13.6]
    """
    sizes, effects, centres, noise = (np.random.default_rng([seed, part]) for part in range(4))
    codes = np.repeat(np.arange(settings.n_groups), _sizes(settings, sizes))
    middle = _centres(settings, centres)[codes]
    x = middle + _within(codes)
    intercepts, slopes = _effects(settings, effects)
    trend = (settings.between_slope - settings.slope) * middle if settings.has_trend_between else 0.0
    line = settings.intercept + intercepts[codes] + (settings.slope + slopes[codes]) * x + trend
    y = _responses(settings, line, codes, noise)
    names = [f"g{i:0{len(str(settings.n_groups))}d}" for i in range(1, settings.n_groups + 1)]
    return pd.DataFrame({"group": pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(names)), "x": x, "y": y})


def _sizes(settings: Settings, generator: np.random.Generator) -> np.ndarray:
    if settings.is_balanced:
        return np.full(settings.n_groups, settings.n_rows)
    shares = np.exp(FEW * generator.standard_normal(settings.n_groups))
    sizes = np.round(shares / shares.mean() * settings.n_rows).astype(int)
    return np.maximum(sizes, LEAST_ROWS)


def _within(codes: np.ndarray) -> np.ndarray:
    """Return evenly spaced numbers from -1 to 1 for the rows of each group."""
    return np.concatenate([np.linspace(-1.0, 1.0, n) for n in np.bincount(codes)])


def _centres(settings: Settings, generator: np.random.Generator) -> np.ndarray:
    drawn = generator.standard_normal(settings.n_groups)
    return BETWEEN_SPREAD * drawn if settings.has_trend_between else np.zeros(settings.n_groups)


def _effects(settings: Settings, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the deviations of the groups' intercepts and slopes, with the standard deviations that are set."""
    first, second = generator.standard_normal((2, settings.n_groups))
    if settings.has_two_populations:
        side = np.where(generator.permutation(settings.n_groups) % 2 == 0, -1.0, 1.0)
        first = GAP * side + np.sqrt(1.0 - GAP**2) * first
    slopes = settings.correlation * first + np.sqrt(1.0 - settings.correlation**2) * second
    first[0] += settings.outlier
    return settings.sd_intercept * first, settings.sd_slope * slopes


def _responses(settings: Settings, line: np.ndarray, codes: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    if settings.family == "binomial":
        return (generator.random(len(line)) < 1.0 / (1.0 + np.exp(-line))).astype(float)
    spread = settings.sd_residual * np.where(codes % 2 == 1, settings.residual_ratio, 1.0)
    return line + spread * generator.standard_normal(len(line))
