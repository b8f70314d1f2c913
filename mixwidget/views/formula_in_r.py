"""The formula of a fit as R has to read it."""

from __future__ import annotations

from mixwidget.fit.r_words import r_formula
from mixwidget.views.designed import DesignedModel


def formula_in_r(fit: DesignedModel) -> str | None:
    """Return the formula with its terms written out where R reads it in another way, else None."""
    return r_formula(fit.design)
