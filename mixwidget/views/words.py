"""What the equation and the report of a fit say, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.likelihood import likelihood
from mixwidget.inference.crossed import crossed_sentence
from mixwidget.inference.singularity import is_singular
from mixwidget.views.coefficients import CoefficientRow, rows_with_tests
from mixwidget.views.generalized_words import GeneralizedWords, generalized_words
from mixwidget.views.varcorr import TermRows, varcorr_view
from mixwidget.views.view import View, number


@dataclass(frozen=True, slots=True)
class WordsView(View):
    """A fit in the pieces from which sentences are made.

    Attributes
    ----------
    fixed : tuple of CoefficientRow
    limits : tuple of tuple of (float or None), each of length 2
        The 95 % limits of each fixed effect.
    terms : tuple of TermRows
    n_levels : tuple of int
        Those of the grouping factor of each term.
    sigma : float
        The residual standard deviation, or the root of the dispersion.
    crossed : str
        How large crossed factors were solved, where that is not the usual way.
    generalized : GeneralizedWords or None
        What a generalized model says beside this.
    """

    response: str
    n_rows: int
    reml: bool
    fixed: tuple[CoefficientRow, ...]
    limits: tuple[tuple[float | None, float | None], ...]
    terms: tuple[TermRows, ...]
    n_levels: tuple[int, ...]
    sigma: float
    r2_marginal: float
    r2_conditional: float
    is_singular: bool
    has_weights: bool
    has_offset: bool
    version: str
    crossed: str
    generalized: GeneralizedWords | None = None


def words_view(fit: Fit, r2: Any, limits: Any, version: str) -> WordsView:
    """Return the pieces of a fit.

    Parameters
    ----------
    fit : Fit
    r2 : Series
        marginal and conditional.
    limits : DataFrame
        Two columns, the 95 % limits of the coefficients.
    version : str
        Of the package.
    """
    design, terms = fit.design, varcorr_view(fit).terms
    return WordsView(
        response=design.formula.response,
        n_rows=likelihood(fit).nobs,
        reml=fit.reml,
        fixed=rows_with_tests(fit),
        limits=tuple((number(low), number(high)) for low, high in np.asarray(limits).tolist()),
        terms=terms,
        n_levels=tuple(design.ngroups[term.group] for term in terms),
        sigma=fit.estimates.sigma,
        r2_marginal=float(r2["marginal"]),
        r2_conditional=float(r2["conditional"]),
        is_singular=is_singular(fit),
        has_weights=design.recipe.has_weights,
        has_offset=design.recipe.has_offset,
        version=version,
        crossed=crossed_sentence(fit),
        generalized=generalized_words(fit),
    )
