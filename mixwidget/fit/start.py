"""Starting values that a user gives, in lme4's parametrisation."""

from __future__ import annotations

import numpy as np

from mixwidget.design.design import Design
from mixwidget.errors import OptionError


def start_templates(design: Design, start: object) -> list[np.ndarray]:
    """Return a relative covariance factor for each term from a theta vector.

    Parameters
    ----------
    design : Design
    start : array_like, shape (n_theta,)
        Lower triangles by columns, term after term, as ``lme4::getME(fit, "theta")``.

    Raises
    ------
    OptionError
        If the length is wrong or a value is not finite.
    """
    sizes = [len(term.columns) for term in design.terms]
    needed = sum(k * (k + 1) // 2 for k in sizes)
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
