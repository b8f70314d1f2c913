"""`fit.plot`: a diagnostic picture by name."""

from __future__ import annotations

from typing import Any

from mixwidget.fit.fit import Fit
from mixwidget.views.diagnostic_plot import diagnostic_plot_view


def plot(fit: Fit, kind: str) -> Any:
    """Return a diagnostic picture as an altair chart; altair is imported only here."""
    view = diagnostic_plot_view(fit, kind)
    from mixwidget.plots.diagnostics import diagnostic_chart

    return diagnostic_chart(view)
