"""Findings of an answer that is not kept, such as a prediction: who hears them is the policy of the fit's `Control`."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

from mixwidget.errors import Diagnostic, MixwidgetWarning
from mixwidget.fit.caller import level_of_caller
from mixwidget.fit.fit import Fit


def tell(fit: Fit, findings: Iterable[Diagnostic]) -> None:
    """Issue findings as warnings at the caller's line, each with the finding in its ``finding``."""
    if fit.control.warn:
        for finding in findings:
            warnings.warn(MixwidgetWarning(finding.text, finding), stacklevel=level_of_caller())
