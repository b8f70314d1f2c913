"""How the predictors of a model were coded, in words."""

from __future__ import annotations

import numpy as np

from mixwidget.dialect.contrasts import coding_of
from mixwidget.fit.fit import Fit
from mixwidget.fit.fixed_terms import FixedTerm, fixed_terms
from mixwidget.fit.row_summaries import fixed_means, fixed_spreads

NAMED = {
    "sum": "by sum contrasts (deviations from the mean of all levels)",
    "helmert": "by Helmert contrasts",
    "poly": "by polynomial contrasts",
}


def coding_words(fit: Fit) -> tuple[str, ...]:
    """Return for each predictor with a term of its own how it was coded: ``"period by treatment contrasts (...)"``.

    Examples
    --------
    >>> import mixwidget as mw
    >>> formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    >>> coding_words(mw.glmer(formula, mw.load_dataset("cbpp")).fit)
    ("period by treatment contrasts (reference '1')",)
    """
    alone = [term for term in fixed_terms(fit.design) if len(term.variables) == 1 and len(term.columns) > 0]
    return tuple(words for term in alone if (words := _words(fit, term)))


def _words(fit: Fit, term: FixedTerm) -> str:
    (label,) = term.variables
    if label in term.factors:
        levels = fit.design.recipe.factors[label].levels
        matrix = np.column_stack([np.broadcast_to(column[label], (len(levels),)) for column in term.codings])
        return f"{label} {_of_factor(label, levels, matrix)}"
    if len(term.columns) > 1:
        return ""
    column = next(iter(term.columns))
    return f"{label} as a number (mean {_number(fixed_means(fit)[column])}, SD {_number(fixed_spreads(fit)[column])})"


def _of_factor(label: str, levels: tuple[str, ...], matrix: np.ndarray) -> str:
    if matrix.shape[1] == len(levels):
        return "by a column for each level"
    if ((matrix == 0.0) | (matrix == 1.0)).all() and (matrix.sum(axis=0) == 1.0).all():
        reference = levels[int(np.flatnonzero(matrix.sum(axis=1) == 0.0)[0])]
        return f"by treatment contrasts (reference '{reference}')"
    if matrix.shape == (2, 1):
        return f"as {_number(matrix[0, 0])} ('{levels[0]}') and {_number(matrix[1, 0])} ('{levels[1]}')"
    for name, words in NAMED.items():
        own = coding_of(name, levels, label).matrix
        if own is not None and own.shape == matrix.shape and np.allclose(own, matrix):
            return words
    return "by contrasts of its own"


def _number(value: float) -> str:
    return f"{float(value) + 0.0:.3g}" if abs(value) > 1e-9 else "0"
