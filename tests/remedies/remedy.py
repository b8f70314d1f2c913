"""What a remedy is, and the shorthands with which remedies are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest

import mixwidget as mw

QUIET = mw.Control(warn=False)
SINGULAR_SD = 1e-3  # relative; far above what the boundary is told by


@dataclass(frozen=True)
class Remedy:
    """What is advised about a finding, and the steps that follow the advice.

    Attributes
    ----------
    code, advice : str
        Of the finding; the words of its message or hint that say what to do.
    stays : bool
        Whether the advice is to let the finding stand.
    steps : callable
        Yields the findings before, and those after what was advised.
    """

    code: str
    advice: str
    stays: bool
    steps: Callable[[], Iterator]

    def __str__(self):
        return f"{self.code}: {self.advice[:40]}"


def remedy(code, advice, *, stays=False):
    """Make a remedy of its steps; `advice` are the words of the finding's message or hint that say so."""
    return lambda steps: Remedy(code, advice, stays, steps)


def fitted(formula, data, **options):
    return mw.lmer(formula, data, **{"control": QUIET, **options})


def found_in(formula, data, **options):
    return fitted(formula, data, **options).diagnostics


def notes(formula, data, **options):
    return mw.check_design(formula, data, **options).notes


def smallest_sd(fit):
    return min(np.linalg.svd(root, compute_uv=False).min() for root in fit.fit.estimates.templates)


def same_numbers(one, other):
    assert one.criterion == pytest.approx(other.criterion, abs=1e-6)
    assert one.fixef.to_numpy() == pytest.approx(other.fixef.to_numpy(), rel=1e-5, abs=1e-6)
