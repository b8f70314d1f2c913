"""The formula of a fit as R has to read it."""

from __future__ import annotations

from mixwidget.fit.fit import Fit
from mixwidget.fit.r_words import r_formula


def formula_in_r(fit: Fit) -> str | None:
    """Return the formula with its terms written out where R reads it in another way, else None."""
    return r_formula(fit.design)
