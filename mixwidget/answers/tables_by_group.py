"""Tables of results, one for each grouping factor, that show themselves below one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from mixwidget.answers.result_table import ResultTable, shown
from mixwidget.report.text import ranef_text
from mixwidget.views.ranef import modes_view
from mixwidget.views.result_table import Look


class TablesByGroup(dict[str, ResultTable]):
    """One data frame for each grouping factor, levels by effects; prints as ``coef(fit)`` of lme4."""

    def __str__(self) -> str:
        return ranef_text(modes_view(self, {}))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "".join(table.as_html() or "" for table in self.values())

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)


def shown_groups(frames: Mapping[str, pd.DataFrame], look: Callable[[str], Look]) -> dict[str, ResultTable]:
    """Return data frames by grouping factor that show themselves."""
    return {group: shown(frame, look(group)) for group, frame in frames.items()}
