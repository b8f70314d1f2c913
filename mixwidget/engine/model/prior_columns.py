"""Generalized models in the basis of priors that hold covariance matrices far from where data alone would have them.

As `prior_basis`, for columns that are stored row by row.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mixwidget.engine.model.generalized import Generalized, columns_by_factor
from mixwidget.engine.model.prior import Prior
from mixwidget.engine.model.prior_basis import FAR, prior_modes
from mixwidget.engine.model.standard_columns import StandardColumns
from mixwidget.engine.model.weighted import frame


def with_prior_columns(model: Generalized, prior: Prior, max_dense_columns: int) -> Generalized:
    """Return the model with other standardised columns for the terms whose prior has its mode far away.

    Parameters
    ----------
    model : Generalized
    prior : Prior
    max_dense_columns : int
        As in `choose_order`.

    Returns
    -------
    Generalized
        The same one if there are no such terms.
    """
    terms = list(model.terms)
    for place, (term, mode) in enumerate(zip(model.terms, prior_modes(prior, 1.0), strict=True)):
        if mode is not None and np.abs(term.root @ mode).max() > FAR:
            rows = np.ascontiguousarray((term.root @ mode).T @ term.rows)
            terms[place] = StandardColumns(rows, np.linalg.inv(mode), term.dependent)
    if all(new is old for new, old in zip(terms, model.terms, strict=True)):
        return model
    columns = columns_by_factor(terms, model.layout.term_factor, len(model.layout.factor_sizes))
    return replace(model, terms=tuple(terms), frame=frame(model.frame.pattern, columns, max_dense_columns))
