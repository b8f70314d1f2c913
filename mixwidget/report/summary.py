"""The summary of a fit as an object that prints itself."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.report.print_text import print_text
from mixwidget.report.summary_html import summary_html
from mixwidget.report.summary_text import summary_text
from mixwidget.views.summary import SummaryView


@dataclass(frozen=True, slots=True)
class Summary:
    """What ``summary(fit)`` shows: text in a terminal, a table in a notebook.

    Attributes
    ----------
    view : SummaryView
        The same as plain data.
    """

    view: SummaryView

    def short(self) -> str:
        """Return what ``print(fit)`` of R shows."""
        return print_text(self.view)

    def html(self) -> str:
        """Return the summary as a table for a notebook."""
        return summary_html(self.view)

    def __str__(self) -> str:
        return summary_text(self.view)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.html()
