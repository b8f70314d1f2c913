"""`fit.threshold`: where predicted probabilities or means are reached, and how that was found."""

from __future__ import annotations

from mixwidget.answers.result_table import ResultTable, shown
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.interrupts import Progress
from mixwidget.inference.threshold import ThresholdRequest, threshold_table
from mixwidget.views.looks import threshold_look


def threshold(fit: GeneralizedFit, request: ThresholdRequest, progress: Progress | None) -> ResultTable:
    """Return thresholds as a table; its caption and notes say what stands where."""
    frame = threshold_table(fit, request, progress)
    return shown(frame, threshold_look(frame.attrs))
