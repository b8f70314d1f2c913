"""Data frames of results that show themselves: as R prints them, and in a notebook with a caption."""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd

from mixwidget.report.result_table import result_html, result_text
from mixwidget.views.result_table import Look, ResultView, result_view


class _Shown:
    """What pandas' classes learn: how their numbers are shown for as long as these are the ones that were made."""

    _metadata: ClassVar[list[str]] = ["look", "as_made"]
    look: Look | None = None
    as_made: Any = None

    @property
    def caption(self) -> str | None:
        """The method behind the numbers; None once they were changed."""
        view = self._view()
        return None if view is None else view.look.caption

    def _view(self) -> ResultView | None:
        if self.look is None or self.as_made is None or not self.as_made.equals(self):
            return None
        return result_view(pd.DataFrame(self.as_made), self.look)

    def __repr__(self) -> str:
        view = self._view()
        return super().__repr__() if view is None else result_text(view)

    __str__ = __repr__

    def as_html(self) -> str | None:
        """Return what a notebook shows; None where that is the text."""
        view = self._view()
        if view is not None and pd.get_option("display.notebook_repr_html"):
            return result_html(view)
        plain: Any = super()
        return plain._repr_html_() if hasattr(plain, "_repr_html_") else None

    def _repr_html_(self) -> str | None:
        return self.as_html()


class ResultTable(_Shown, pd.DataFrame):
    """A data frame that knows which method its numbers come from, and shows it.

    It is a pandas data frame in everything else. What pandas makes of it (a slice, a sorted or rounded frame, a
    copy) is a plain data frame, and so is it shown itself once its numbers or labels were changed: a caption that is no
    longer true is worse than none.

    Attributes
    ----------
    look : Look
        Caption, rounding and notes.
    as_made : DataFrame
        What the caption speaks of.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
    >>> table = fit.anova()
    >>> print(str(table).splitlines()[0])
    Type III Analysis of Variance Table with Satterthwaite's method
    >>> table.caption
    "Type III analysis of variance with Satterthwaite's method"
    >>> type(table.round(3)) is pd.DataFrame
    True
    """

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame


class ResultSeries(_Shown, pd.Series):
    """A series that knows which method its numbers come from, and shows it, as `ResultTable`."""

    @property
    def _constructor(self) -> type[pd.Series]:
        return pd.Series


def shown(frame: pd.DataFrame, look: Look) -> ResultTable:
    """Return a data frame of results that shows itself; the frame itself is not touched, and must not be later."""
    table = ResultTable(frame.copy())
    table.attrs = dict(frame.attrs)
    table.look, table.as_made = look, frame
    return table


def shown_series(series: pd.Series, look: Look) -> ResultSeries:
    """Return a series of results that shows itself."""
    found = ResultSeries(series.copy())
    found.look, found.as_made = look, series
    return found
