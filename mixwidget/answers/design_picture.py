"""`design_picture`: nested or crossed, seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from mixwidget.answers.answer import Answer
from mixwidget.design.incidence import Incidence, incidence
from mixwidget.views.incidence import IncidenceView, incidence_view

if TYPE_CHECKING:
    from mixwidget.plots.picture import Picture


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class DesignPicture(Answer):
    """How two grouping factors stand to each other; a picture in a notebook.

    Attributes
    ----------
    incidence : IncidenceView
        The cells that are drawn, and the words.
    """

    incidence: IncidenceView = field(repr=False)

    @property
    def term(self) -> str:
        """What to write into the formula."""
        return self.incidence.term

    def plot(self) -> Picture:
        """Return the picture: a cell for each pair of levels that occurs, darker with more rows."""
        from mixwidget.plots.incidence import incidence_chart
        from mixwidget.plots.picture import Picture

        return Picture(incidence_chart(self.incidence))

    def __str__(self) -> str:
        shown = self.incidence
        lines = [shown.sentence, f"Write {shown.term}", shown.caution, shown.new_level]
        return "\n".join(line for line in lines if line)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        del include, exclude  # IPython takes from the bundle what it wants
        return self.plot().bundle()


def design_picture(data: Any, first: str, second: str) -> DesignPicture:
    """Draw which levels of two columns meet, say whether one is nested in the other, and which term to write.

    Parameters
    ----------
    data : data frame
        pandas, or any frame that narwhals understands.
    first, second : str
        Two of its columns, in either order.

    Returns
    -------
    DesignPicture
        ``.sentence``, ``.term``; ``.to_frame()`` has the rows of each pair of levels, ``.plot()`` the picture.

    Raises
    ------
    DataError
        If there is no such column, both are one, or no row has both.

    Examples
    --------
    >>> import mixwidget as mw
    >>> picture = mw.design_picture(mw.load_dataset("pastes"), "batch", "sample")
    >>> print(picture.sentence)
    Nested: each of the 30 levels of sample occurs in one of the 10 levels of batch only.
    >>> picture.term
    '(1 | batch/sample)'
    """
    found = incidence(data, first, second)
    view = incidence_view(found)
    title = f"{view.across} and {view.down}"
    return DesignPicture(title=title, sentence=view.sentence, frame=_frame(found), incidence=view)


def _frame(found: Incidence) -> pd.DataFrame:
    return pd.DataFrame(
        {
            found.first: [found.first_levels[i] for i in found.first_codes],
            found.second: [found.second_levels[j] for j in found.second_codes],
            "rows": found.counts,
        }
    )
