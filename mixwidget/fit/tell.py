"""Findings of an answer that is not kept, such as a prediction: who hears them is the policy of the fit's `Control`."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

from mixwidget.errors import Diagnostic, MixwidgetWarning
from mixwidget.fit.fit import Fit


def tell(fit: Fit, findings: Iterable[Diagnostic], *, stacklevel: int) -> None:
    """Issue findings as warnings, each with the finding in its ``finding``.

    Parameters
    ----------
    fit : Fit
    findings : iterable of Diagnostic
    stacklevel : int
        As of `warnings.warn`: 2 is the line of the caller.
    """
    if fit.control.warn:
        for finding in findings:
            text = f"{finding.message}; {finding.hint}" if finding.hint else finding.message
            warnings.warn(MixwidgetWarning(text, finding), stacklevel=stacklevel)
