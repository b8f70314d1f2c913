"""`fit.plot`: a picture by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixwidget.answers.curves import curves
from mixwidget.errors import OptionError, nearest
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.rows_for import rows_for
from mixwidget.inference.curve_request import CurveRequest
from mixwidget.views.diagnostic_plot import DIAGNOSTIC_KINDS, diagnostic_plot_view
from mixwidget.views.lineup import lineup_view

if TYPE_CHECKING:
    from mixwidget.plots.picture import Picture

SIMULATED = "simulated"
CURVES = "curves"  # of levels, which generalized models alone have


def plot(fit: Fit, kind: str) -> Picture:
    """Return a picture by its name; altair is imported only here.

    Raises
    ------
    OptionError
        If a fit of this kind has no such picture.
    """
    known = [*DIAGNOSTIC_KINDS, SIMULATED, *([CURVES] if isinstance(fit, GeneralizedFit) else [])]
    if kind not in known:
        raise OptionError(f"plot: kind={kind!r} is not known; {nearest(kind, known, 'choose one of')}")
    if isinstance(fit, GeneralizedFit) and kind == CURVES:
        return curves(fit, CurveRequest(), None, 0.95).plot()
    with rows_for("plot"):
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
