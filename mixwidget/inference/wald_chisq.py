"""Wald chi-square tests of the fixed terms of a generalized model, as ``car::Anova``.

A Wald statistic with some coefficients held at zero is the difference of two: that of the term together with those
coefficients, less that of these alone. It depends on the covariance matrix of the estimates only.
Fox & Weisberg (2019), An R Companion to Applied Regression, section 5.3.
"""

from __future__ import annotations

import numpy as np

from mixwidget.fit.fixed_terms import FixedTerm, fixed_terms
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.inference.ddf import ConstantDf, FTest, joint_test
from mixwidget.inference.tails import chi2_tail
from mixwidget.inference.term_contrasts import term_contrasts


def wald_tests(fit: GeneralizedFit, kind: int) -> dict[str, FTest]:
    """Return the test of each fixed term (but the intercept), its statistic over its degrees of freedom.

    Parameters
    ----------
    fit : GeneralizedFit
    kind : {1, 2, 3}
        In the model without the terms after it; in the model without those that contain all its variables; in the
        whole model, comparing unweighted means whatever the contrasts.
    """
    method, beta = ConstantDf(fit.estimates.vcov, np.inf), fit.estimates.beta
    if kind == 3:
        return {label: joint_test(method, beta, rows) for label, rows in term_contrasts(fit, 3).items()}
    terms = fixed_terms(fit.design)
    tested = [term for term in terms if term.variables and term.columns]
    return {term.label: _beside(method, beta, term, _held(term, terms, kind)) for term in tested}


def _held(term: FixedTerm, terms: tuple[FixedTerm, ...], kind: int) -> list[int]:
    """Return the columns that are not in the model in which a term is tested."""
    if kind == 1:
        others = terms[terms.index(term) + 1 :]
    else:
        others = tuple(other for other in terms if other.variables > term.variables)
    return [column for other in others for column in other.columns]


def _beside(method: ConstantDf, beta: np.ndarray, term: FixedTerm, held: list[int]) -> FTest:
    """Return the test of a term in the model in which other columns have no effect."""
    unit = np.eye(len(beta))
    together, alone = (joint_test(method, beta, unit[columns]) for columns in ([*term.columns, *held], held))
    df = together.num_df - alone.num_df
    without = alone.statistic * alone.num_df if held else 0.0
    chisq = max(0.0, together.statistic * together.num_df - without)
    return FTest(chisq / df, df, np.inf, float(chi2_tail(chisq, df)), chisq / df)
