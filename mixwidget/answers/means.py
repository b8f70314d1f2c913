"""`fit.emmeans` and `fit.trends`: tables of marginal means that say how they were made."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd


class MeansTable(pd.DataFrame):
    """A data frame that is shown with the notes in its ``attrs``; what is taken from it is a plain frame.

    Examples
    --------
    >>> import mixwidget as mw
    >>> cake = mw.lmer("angle ~ recipe + temp + (1 | recipe:replicate)", mw.load_dataset("cake"))
    >>> pairs = cake.emmeans("pairwise ~ recipe")
    >>> pairs.attrs["adjust"], pairs.attrs["family"]
    ('tukey', 'comparing a family of 3 estimates')
    >>> print(str(pairs).splitlines()[-1])
    p values adjusted: tukey method for comparing a family of 3 estimates.
    """

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    def __repr__(self) -> str:
        notes: list[str] = self.attrs.get("notes", [])
        return "\n".join([super().__repr__(), *([""] if notes else []), *notes])

    __str__ = __repr__

    def _repr_html_(self) -> Any:
        frame: Any = super()
        table = frame._repr_html_()
        notes: list[str] = self.attrs.get("notes", [])
        return None if table is None else "".join([table, *(f"<p>{escape(note)}</p>" for note in notes)])


def shown_means(table: pd.DataFrame) -> MeansTable:
    """Return a table of means that shows its notes."""
    found = MeansTable(table)
    found.attrs = dict(table.attrs)
    return found
