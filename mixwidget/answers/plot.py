"""`fit.plot`: a diagnostic picture by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixwidget.errors import OptionError, nearest
from mixwidget.fit.fit import Fit
from mixwidget.views.diagnostic_plot import DIAGNOSTIC_KINDS, diagnostic_plot_view
from mixwidget.views.lineup import lineup_view

if TYPE_CHECKING:
    from mixwidget.plots.picture import Picture

SIMULATED = "simulated"


def plot(fit: Fit, kind: str) -> Picture:
    """Return a diagnostic picture; altair is imported only here.

    Raises
    ------
    OptionError
        If there is no such picture.
    """
    known = [*DIAGNOSTIC_KINDS, SIMULATED]
    if kind not in known:
        raise OptionError(f"plot: kind={kind!r} is not known; {nearest(kind, known, 'choose one of')}")
    return _lineup(fit) if kind == SIMULATED else _diagnostic(fit, kind)


def _lineup(fit: Fit) -> Picture:
    view = lineup_view(fit)
    from mixwidget.plots.lineup import lineup_chart
    from mixwidget.plots.picture import Picture

    return Picture(lineup_chart(view))


def _diagnostic(fit: Fit, kind: str) -> Picture:
    view = diagnostic_plot_view(fit, kind)
    from mixwidget.plots.diagnostics import diagnostic_chart
    from mixwidget.plots.picture import Picture

    return Picture(diagnostic_chart(view))
