"""Everything the widgets show of one fit."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.fit.fit import Fit
from mixwidget.fit.likelihood import likelihood
from mixwidget.inference.findings import alerts
from mixwidget.inference.singularity import is_singular
from mixwidget.inference.verdict import verdict
from mixwidget.views.caterpillar import CONF_LEVELS, ModesView, modes_views
from mixwidget.views.coefficients import CoefficientRow, untested_rows
from mixwidget.views.family import family_view
from mixwidget.views.formula_text import formula_text
from mixwidget.views.link_words import family_word, method_word, unit_word
from mixwidget.views.notes import Note, note_rows
from mixwidget.views.prior import prior_words
from mixwidget.views.ranef_table import RanefTableView, ranef_table_view
from mixwidget.views.view import View


@dataclass(frozen=True, slots=True)
class ExplorerView(View):
    """One fit.

    Attributes
    ----------
    method : str
        ``"REML"``, ``"ML"``, ``"Laplace"``, ``"AGQ 9"``.
    family : str
        Family and link of a generalized model, empty for a linear one.
    modelled : str
        What its linear predictor is the predictor of.
    unit : str
        Of effects on the link scale, empty where that is the scale of the response.
    sigma : float or None
        None where there is no residual variance.
    seconds : float
        How long the fit took.
    fixed : tuple of CoefficientRow
        Without tests, which may come later.
    intervals : tuple of str
        The confidence levels that plots offer, in per cent.
    verdict : str
        In a word or two.
    prior : str
        The prior on the covariance matrices as it is written, empty without one.
    """

    formula: str
    method: str
    family: str
    modelled: str
    unit: str
    nobs: int
    npar: int
    criterion: float
    loglik: float
    aic: float
    bic: float
    sigma: float | None
    is_singular: bool
    findings: tuple[Note, ...]
    seconds: float
    fixed: tuple[CoefficientRow, ...]
    varcorr: RanefTableView
    modes: tuple[ModesView, ...]
    intervals: tuple[str, ...]
    verdict: str
    prior: str


def explorer_view(fit: Fit, *, seconds: float = 0.0) -> ExplorerView:
    """Return summary, random-effects table and conditional modes of a fit."""
    found, family = likelihood(fit), family_view(fit)
    return ExplorerView(
        formula_text(fit.design.formula.text),
        method_word(fit),
        family_word(fit),
        "" if family is None else family.modelled,
        unit_word(fit),
        found.nobs,
        found.npar,
        found.criterion,
        found.loglik,
        found.aic,
        found.bic,
        fit.estimates.sigma if fit.has_sigma else None,
        is_singular(fit),
        note_rows(alerts(fit)),
        seconds,
        untested_rows(fit),
        ranef_table_view(fit),
        modes_views(fit),
        tuple(map(str, CONF_LEVELS)),
        verdict(fit, thorough=True).code,
        prior_words(fit.priors),
    )
