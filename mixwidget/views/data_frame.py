"""A data frame before any model: its columns, the candidates for groups, responses of successes and failures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mixwidget.design.column_facts import ColumnFacts
from mixwidget.views.columns import ColumnView, column_view
from mixwidget.views.group_candidates import GroupView, group_views
from mixwidget.views.response_family import successes_among
from mixwidget.views.view import View


@dataclass(frozen=True, slots=True)
class FrameView(View):
    """A data frame.

    Attributes
    ----------
    name : str
        Of the frame in the user's code.
    n_columns : int
        All of them; of many only the first are described.
    groups : tuple of GroupView
        Those that are proposed first.
    trials : tuple of str
        Responses of successes and failures.
    """

    name: str
    n_rows: int
    n_columns: int
    columns: tuple[ColumnView, ...]
    groups: tuple[GroupView, ...]
    trials: tuple[str, ...]


def frame_view(name: str, facts: Sequence[ColumnFacts], n_rows: int, n_columns: int) -> FrameView:
    """Return what a data frame offers a model.

    Parameters
    ----------
    name : str
    facts : sequence of ColumnFacts
        Of the columns that are described.
    n_rows, n_columns : int
    """
    columns = tuple(map(column_view, facts))
    return FrameView(name, n_rows, n_columns, columns, group_views(facts), successes_among(facts))
