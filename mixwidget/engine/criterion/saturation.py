"""Random effects that reproduce every row: the residual variance then runs to zero, and theta to infinity."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mixwidget.engine.criterion.evaluation import RESOLVED_SHARE, Evaluation
from mixwidget.engine.model.arrangement import Arrangement
from mixwidget.errors import FitError
from mixwidget.linalg.triangle import lower_triangle

SUSPECT_SHARE = 1e-6  # residual share of the response's sum of squares below which it is worth an evaluation to look
WIDER = 3.0  # factor on the large relative standard deviations
LARGE_SD = 100.0  # relative standard deviation
LEAST_RISE = 0.5  # criterion units; at an ordinary optimum one level alone adds log(9) - 8/9 = 1.3


def refuse_saturation(evaluate: Callable[[np.ndarray], Evaluation], arrangement: Arrangement, at: Evaluation) -> None:
    """Refuse an end at which the residual variance vanishes.

    Parameters
    ----------
    evaluate : callable
        The criterion.
    arrangement : Arrangement
    at : Evaluation
        The end.

    Raises
    ------
    FitError
        If the residual cannot be told from rounding, or if the criterion does not rise as it gets smaller still.
    """
    share = at.r2 / float(arrangement.blocks.right[-1, -1])
    if share > SUSPECT_SHARE:
        return
    is_resolved = share > WIDER**2 * RESOLVED_SHARE
    if is_resolved and evaluate(_wider(arrangement, at)).value > at.value + LEAST_RISE:
        return
    raise FitError(
        "the random effects reproduce the response up to rounding (the residual standard deviation falls below "
        f"{np.sqrt(share):.0e} of the response's): no residual variance is left to estimate; take random effects out, "
        "or check whether the response is a function of the grouping factors"
    )


def _wider(arrangement: Arrangement, at: Evaluation) -> np.ndarray:
    """Return theta with the large relative standard deviations made larger."""
    layout, terms = arrangement.layout, []
    for term in range(len(layout.term_sizes)):
        left, sds, right = np.linalg.svd(layout.term_template(at.templates, term))
        sds = np.where(sds > LARGE_SD, WIDER * sds, sds)
        terms.append(lower_triangle((left * sds) @ right))
    return layout.from_terms(terms)
