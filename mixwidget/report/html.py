"""Every view as self-contained HTML."""

from __future__ import annotations

from mixwidget.report.comparison_html import comparison_html
from mixwidget.report.html_table import BOX_STYLE, Column, Table, plain_rows, table_html
from mixwidget.report.rformat import format_numbers
from mixwidget.report.summary_html import summary_html
from mixwidget.report.varcorr_html import varcorr_html
from mixwidget.views.ranef import RanefGroup, RanefView

__all__ = ["comparison_html", "ranef_html", "summary_html", "varcorr_html"]

MAX_LEVELS = 60  # a notebook with more rows is slow to read and to load; the numbers are in fit.ranef()
DIGITS = 4


def ranef_html(view: RanefView) -> str:
    """Return the conditional modes with their conditional standard deviations, at most 60 levels of each factor."""
    return f'<div class="mixwidget" style="{BOX_STYLE}">{"".join(map(_group_html, view.groups))}</div>'


def _group_html(group: RanefGroup) -> str:
    columns: list[list[str]] = []
    for j in range(len(group.columns)):
        columns += [
            format_numbers([row[j] for row in group.modes[:MAX_LEVELS]], DIGITS),
            ["± " + text.strip() for text in format_numbers([row[j] for row in group.cond_sd[:MAX_LEVELS]], DIGITS)],
        ]
    head = (Column(group.group, "left"), *(Column(name, span=2) for name in group.columns))
    left_out = len(group.levels) - MAX_LEVELS
    foot = f"{left_out} more levels: see fit.ranef()[{group.group!r}]." if left_out > 0 else ""
    caption = f"Conditional modes of {group.group} ± conditional standard deviation"
    return table_html(Table(caption, head, plain_rows(group.levels[:MAX_LEVELS], columns), foot))
