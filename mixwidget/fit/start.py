"""Starting values that a user gives, in lme4's parametrisation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mixwidget.design.alignment import as_series, by_label
from mixwidget.design.design import Design
from mixwidget.errors import OptionError


def start_templates(design: Design, start: Any) -> list[np.ndarray]:
    """Return a relative covariance factor for each term from a theta vector.

    Parameters
    ----------
    design : Design
    start : array_like, shape (n_theta,)
        Lower triangles by columns, term after term, as ``lme4::getME(fit, "theta")``; a Series may have its names,
        ``Subject.(Intercept)``, ``Subject.Days.(Intercept)``, ``Subject.Days``, in any order.

    Raises
    ------
    OptionError
        If the length is wrong or a value is not finite.
    """
    sizes = [len(term.columns) for term in design.terms]
    needed = sum(k * (k + 1) // 2 for k in sizes)
    if isinstance(start, pd.Series | pd.DataFrame):
        start = as_series(start, "start", OptionError)
        if not isinstance(start.index, pd.RangeIndex):
            start = by_label(start, pd.Index(_names(design), dtype=object), "start", "theta", error=OptionError)
    try:
        theta = np.asarray(start, dtype=float).reshape(-1)
    except (TypeError, ValueError):
        raise OptionError("start must be a vector of numbers, theta as in fit.theta") from None
    if len(theta) != needed:
        raise OptionError(f"start must hold {needed} numbers for this model (theta), not {len(theta)}")
    if not np.isfinite(theta).all():
        raise OptionError("start must hold finite numbers; some are missing or infinite")
    templates, first = [], 0
    for k in sizes:
        template = np.zeros((k, k))
        rows, columns = np.triu_indices(k)
        template[columns, rows] = theta[first : first + len(rows)]
        first += len(rows)
        templates.append(template)
    return templates


def theta_vector(templates: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return theta for one lower triangular template per term, the inverse of `start_templates`."""
    return np.concatenate([template.T[np.triu_indices(len(template))] for template in templates])


def _names(design: Design) -> list[str]:
    """Return the names that lme4 gives to theta."""
    names: list[str] = []
    for term in design.terms:
        group = design.factors[term.factor].label
        for i, column in enumerate(term.columns):
            names += [f"{group}.{column}", *(f"{group}.{row}.{column}" for row in term.columns[i + 1 :])]
    return names
