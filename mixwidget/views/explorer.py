"""Everything the widgets show of one fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mixwidget.views.caterpillar import CONF_LEVELS, ModesView, modes_views
from mixwidget.views.designed import DesignedModel
from mixwidget.views.formula_text import formula_text
from mixwidget.views.prior import prior_words
from mixwidget.views.ranef_table import RanefTableView, ranef_table_view
from mixwidget.views.view import View


@dataclass(frozen=True, slots=True)
class FindingView(View):
    """A `Diagnostic` of the fit."""

    code: str
    severity: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class FixedView(View):
    """Fixed effects: names, estimates, standard errors and t values, side by side."""

    names: tuple[str, ...]
    estimate: tuple[float, ...]
    se: tuple[float, ...]
    t: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ExplorerView(View):
    """One fit.

    Attributes
    ----------
    seconds : float
        How long the fit took.
    intervals : tuple of str
        The confidence levels that plots offer, in per cent.
    verdict : str
        In a word or two.
    prior : str
        The prior on the covariance matrices as it is written, empty without one.
    """

    formula: str
    method: Literal["REML", "ML"]
    nobs: int
    npar: int
    criterion: float
    loglik: float
    aic: float
    bic: float
    sigma: float
    is_singular: bool
    findings: tuple[FindingView, ...]
    seconds: float
    fixed: FixedView
    varcorr: RanefTableView
    modes: tuple[ModesView, ...]
    intervals: tuple[str, ...]
    verdict: str
    prior: str


def explorer_view(fit: DesignedModel, *, seconds: float = 0.0) -> ExplorerView:
    """Return summary, random-effects table and conditional modes of a fit."""
    estimate = [float(value) for value in fit.fixef]
    se = np.sqrt(np.diagonal(fit.vcov.to_numpy(dtype=float))).tolist()
    return ExplorerView(
        formula_text(fit.formula),
        "REML" if fit.reml else "ML",
        int(fit.nobs),
        int(fit.npar),
        float(fit.criterion),
        float(fit.loglik),
        float(fit.aic),
        float(fit.bic),
        float(fit.sigma),
        bool(fit.is_singular),
        tuple(FindingView(found.code, found.severity, found.message, found.hint) for found in fit.alerts),
        seconds,
        FixedView(
            tuple(map(str, fit.fixef.index)),
            tuple(estimate),
            tuple(se),
            tuple(value / error if error > 0 else 0.0 for value, error in zip(estimate, se, strict=True)),
        ),
        ranef_table_view(fit),
        modes_views(fit),
        tuple(map(str, CONF_LEVELS)),
        str(fit.verdict.code),
        prior_words(fit.priors),
    )
