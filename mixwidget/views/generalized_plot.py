"""The diagnostic pictures of generalized models, whose residuals are where each response lies in its distribution.

That distribution is over new random effects, as in DHARMa: uniform if the model is right, whatever the family.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.mean import mean_of
from mixwidget.fit.simulate import simulate
from mixwidget.fit.values import fixed_part, marginal_uniform
from mixwidget.inference.simulated_band import N_SIMULATED as N_BAND
from mixwidget.inference.simulated_band import banded_mean, rank_residuals
from mixwidget.views.diagnostic_marks import DiagnosticPlotView, band_of, line_of, points_of, thinning_note
from mixwidget.views.diagnostic_words import trend_finding, uniform_finding

SEED = 1  # of the residuals, which are drawn between the probabilities of a response and of the one below it
SAME_DIGITS = 11


def _residuals(fit: GeneralizedFit) -> DiagnosticPlotView:
    return _trend(
        fit,
        lambda uniform: uniform,
        "The mean of the residuals",
        "By the model the points are spread evenly over the square: a bend of the running mean, with one half outside "
        "its band, means a missing curve or interaction.",
        "share of its distribution below each response",
    )


def _scale_location(fit: GeneralizedFit) -> DiagnosticPlotView:
    return _trend(
        fit,
        lambda uniform: 2.0 * np.abs(uniform - 0.5),
        "The spread of the residuals",
        "By the model the running mean stays at one half: above it responses vary more than the family lets them, "
        "below it less.",
        "distance from the middle of its distribution",
    )


def _trend(
    fit: GeneralizedFit, shape: Callable[[np.ndarray], np.ndarray], subject: str, advice: str, y_title: str
) -> DiagnosticPlotView:
    """Draw residuals over predictions, with the band that data simulated from the fit give their mean."""
    uniform, generator = _uniform(fit), np.random.default_rng(SEED)
    x = _ranks(mean_of(fit, fixed_part(fit)))
    simulated = rank_residuals(simulate(fit, N_BAND, generator, None), generator)
    points, means = points_of(x, shape(uniform), _labels(fit)), banded_mean(x, uniform, simulated, shape)
    return DiagnosticPlotView(
        trend_finding(means, 0.5, subject=subject, leaves="one half"),
        f"{advice} The band is that of {N_BAND} data sets simulated from the fit." if len(means.x) else advice,
        "rank of the prediction for a median level",
        y_title,
        points,
        (*line_of(means.x, means.mean, "running mean"), *line_of(np.array([0.0, 1.0]), np.full(2, 0.5), "one half")),
        band_of(means),
        thinning_note(points, len(x)),
    )


def _qq(fit: GeneralizedFit) -> DiagnosticPlotView:
    y, labels = _uniform(fit), _labels(fit)
    order = np.argsort(y, kind="stable")
    expected = (np.arange(len(y)) + 0.5) / len(y)
    points = points_of(expected, y[order], [labels[i] for i in order])
    return DiagnosticPlotView(
        uniform_finding(y),
        "The points should follow the line: an S says that responses vary more (steep ends) or less than the model "
        "has it. Rows of one level are not independent, so that few levels make longer waves.",
        "uniform quantile",
        "share of its distribution below each response",
        points,
        line_of(np.array([0.0, 1.0]), np.array([0.0, 1.0]), "uniform"),
        shown=thinning_note(points, len(y)),
    )


def _uniform(fit: GeneralizedFit) -> np.ndarray:
    return marginal_uniform(fit, np.random.default_rng(SEED))


def _labels(fit: GeneralizedFit) -> list[str]:
    return [str(label) for label in fit.rows.index]


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return ranks from 0 to 1, equal values having the mean of theirs."""
    alike = np.round(values / np.abs(values).max(), SAME_DIGITS)  # rows of one design differ by rounding
    _, place, counts = np.unique(alike, return_inverse=True, return_counts=True)
    return ((np.cumsum(counts) - 0.5 * counts) / len(values))[place.reshape(-1)]


GENERALIZED_KINDS: dict[str, Callable[[GeneralizedFit], DiagnosticPlotView]] = {
    "residuals": _residuals,
    "qq": _qq,
    "scale_location": _scale_location,
}
