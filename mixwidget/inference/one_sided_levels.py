"""Levels of a grouping factor whose outcomes are all alike, and the probabilities that shrinkage gives them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mixwidget.engine.criterion.laplace import found
from mixwidget.errors import Diagnostic, listed
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.separated import separated

SHOWN = 3  # levels in a sentence
LEAST_TRIALS = 2  # of a level that could have had both outcomes


def one_sided_levels(fit: GeneralizedFit) -> Iterator[Diagnostic]:
    """Yield a finding for each grouping factor that has levels with one outcome only: all 0, all 1, or no counts."""
    is_binomial = fit.family.distribution.support == "unit"
    if (not is_binomial and fit.design.response.kind != "counts") or separated(fit) is not None:
        return
    model = fit.optimum.model
    mean = found(fit.optimum.evaluation)[0].local.mean
    trials = model.response.weights
    for factor, codes in zip(fit.design.factors, model.frame.pattern.codes, strict=True):
        total = np.bincount(codes, trials)
        seen = np.bincount(codes, trials * model.response.y)
        fitted = np.bincount(codes, trials * mean) / total
        is_open = total >= LEAST_TRIALS
        low = is_open & (seen <= 0.0)
        high = is_open & (seen >= total) if is_binomial else np.zeros_like(low)
        if not (low | high).any() or len(factor.levels) == fit.n:
            continue
        told = [
            _told(fit, [factor.levels[i] for i in np.flatnonzero(which)], fitted[which], is_success=is_success)
            for which, is_success in ((low, False), (high, True))
            if which.any()
        ]
        message = f"of the {len(factor.levels)} levels of '{factor.label}' {', and '.join(told)}"
        hint = "nothing to do: shrinkage keeps them from the ends, where fits of these levels alone would put them"
        yield Diagnostic("one_sided_levels", "info", message, hint)


def _told(fit: GeneralizedFit, levels: list[str], fitted: np.ndarray, *, is_success: bool) -> str:
    """Say how many levels have one outcome, which, and what the fit gives them on average over their rows."""
    count = f"{len(levels)} {'has' if len(levels) == 1 else 'have'}"
    one, many = ("a mean", "means") if fit.design.response.kind == "counts" else ("a probability", "probabilities")
    low, high = f"{fitted.min():.3g}", f"{fitted.max():.3g}"
    span = f"{one} of {low}" if low == high else f"{many} of {low} to {high}"
    return f"{count} {_outcome(fit, is_success=is_success)} ({listed(levels, SHOWN)}), where the fit gives {span}"


def _outcome(fit: GeneralizedFit, *, is_success: bool) -> str:
    labels = fit.design.response
    if labels.kind == "binary":
        return f"only '{labels.success if is_success else labels.failure}'"
    if labels.kind == "counts":
        return "only zeros"
    return "no failures" if is_success else "no successes"
