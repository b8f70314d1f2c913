"""`fit.emmeans` and `fit.trends`: marginal means and slopes, their contrasts, and how they were made."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from mixwidget.answers.answer import Answer
from mixwidget.fit.fit import Fit
from mixwidget.inference.emmeans import emmeans_table, trends_table
from mixwidget.inference.interrupts import Progress, telling
from mixwidget.inference.means_request import MeansRequest, Wanted, wanted_means
from mixwidget.report.phrases import listed


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


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Means(Answer):
    """Marginal means or slopes, or contrasts of them; the sentence says how they were made.

    Attributes
    ----------
    request : MeansRequest
        What was asked for, with the contrasts of a two-sided formula.
    """

    request: MeansRequest

    def to_frame(self) -> MeansTable:
        """Return the table, which shows the notes of its ``attrs``."""
        plain = super().to_frame()
        found = MeansTable(plain)
        found.attrs = dict(plain.attrs)
        return found


def emmeans(fit: Fit, request: MeansRequest, progress: Progress | None) -> Means:
    """Return marginal means, or their contrasts."""
    with telling(progress):
        frame = emmeans_table(fit, request)
    return _answer(frame, request, "marginal means")


def trends(fit: Fit, variable: str, request: MeansRequest, progress: Progress | None) -> Means:
    """Return the slopes of a covariate, or their contrasts."""
    with telling(progress):
        frame = trends_table(fit, variable, request)
    return _answer(frame, request, f"slopes of {variable}")


def _answer(frame: pd.DataFrame, request: MeansRequest, what: str) -> Means:
    wanted = wanted_means(request)
    return Means(
        title=_title(wanted, what), sentence=" ".join(frame.attrs["notes"]), frame=frame, request=wanted.request
    )


def _title(wanted: Wanted, what: str) -> str:
    named = wanted.request.contrasts
    kind = "" if named is None else f"{named} contrasts of " if isinstance(named, str) else "contrasts of "
    over = f" of {listed(wanted.specs)}" if wanted.specs else ""
    by = f" for each {listed(wanted.by)}" if wanted.by else ""
    title = f"{kind}{what}{over}{by}"
    return f"{title[0].upper()}{title[1:]}"
