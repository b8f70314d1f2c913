"""Variances and modes that show themselves, in a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mixwidget.report.html import ranef_html
from mixwidget.report.text import ranef_text, varcorr_text
from mixwidget.report.varcorr_html import varcorr_html
from mixwidget.views.model import CovarianceTable
from mixwidget.views.ranef import RanefView, modes_view
from mixwidget.views.varcorr import covariance_view


class VarCorrDisplay:
    """Mixin for a table of variances with terms and sigma: prints as ``VarCorr(fit)`` of lme4, HTML in a notebook."""

    __slots__ = ()

    def __str__(self: CovarianceTable) -> str:
        return varcorr_text(covariance_view(self))

    __repr__ = __str__

    def _repr_html_(self: CovarianceTable) -> str:
        return varcorr_html(covariance_view(self))


class RanefTables(dict[str, Any]):
    """The conditional modes, one data frame for each grouping factor; prints as ``ranef(fit)`` of lme4.

    Parameters
    ----------
    modes : mapping of str to DataFrame
        Levels by effects.
    cond_var : callable
        Returns the conditional variances of a factor, shape (levels, k, k); asked for only when HTML is.
    """

    def __init__(self, modes: Mapping[str, Any], cond_var: Callable[[str], Any]) -> None:
        super().__init__(modes)
        self._cond_var = cond_var

    def view(self) -> RanefView:
        """Return modes and conditional standard deviations as plain data."""
        return modes_view(self, {group: self._cond_var(group) for group in self})

    def __str__(self) -> str:
        return ranef_text(modes_view(self, {}))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return ranef_html(self.view())

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)  # a copy needs no fit behind it
