"""`fit.plot`: a diagnostic picture by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixwidget.fit.fit import Fit
from mixwidget.views.diagnostic_plot import diagnostic_plot_view

if TYPE_CHECKING:
    from mixwidget.plots.picture import Picture


def plot(fit: Fit, kind: str) -> Picture:
    """Return a diagnostic picture; altair is imported only here."""
    view = diagnostic_plot_view(fit, kind)
    from mixwidget.plots.diagnostics import diagnostic_chart
    from mixwidget.plots.picture import Picture

    return Picture(diagnostic_chart(view))
