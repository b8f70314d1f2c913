"""What is saved of a model that was chosen by clicks: the formula, the columns, the fit."""

from __future__ import annotations

from html import escape

from mixwidget.report.html_table import Column, Row, Table, table_html
from mixwidget.views.data_frame import FrameView
from mixwidget.views.group_candidates import GroupView
from mixwidget.widgets.draft import Draft

UNCHOSEN = "No model is chosen yet."
MAX_ROWS = 40  # of the table of columns, in a saved notebook


def still_html(view: FrameView, draft: Draft, fitted: str) -> str:
    """Return formula, columns and fit as HTML without script.

    Parameters
    ----------
    view : FrameView
    draft : Draft
    fitted : str
        HTML of the fit, empty without one.
    """
    formula = draft.formula
    chosen = f"<p><code>{escape(formula)}</code> {escape(_family(draft))}</p>" if formula else f"<p>{UNCHOSEN}</p>"
    return f'<div class="mixwidget">{chosen}{_columns(view)}</div>{fitted}'


def still_text(view: FrameView, draft: Draft, fitted: str) -> str:
    """Return formula, columns and fit as text.

    Parameters
    ----------
    view : FrameView
    draft : Draft
    fitted : str
        Text of the fit, empty without one.
    """
    chosen = f"{draft.formula} {_family(draft)}".strip() if draft.formula else UNCHOSEN
    roles = _roles(view)
    lines = [f" {column.name}: {column.kind}, {column.text}{roles[column.name]}" for column in view.columns[:MAX_ROWS]]
    more = [_more(view)] if len(view.columns) > MAX_ROWS else []
    return "\n".join([chosen, f"{_caption(view)}:", *lines, *more, *([fitted] if fitted else [])])


def _family(draft: Draft) -> str:
    return "" if draft.request.is_linear else f"({draft.family}, {draft.link})"


def _columns(view: FrameView) -> str:
    roles = _roles(view)
    head = (Column("Column", "left"), Column("Kind", "left"), Column("Values", "left"), Column("As a group", "left"))
    shown = view.columns[:MAX_ROWS]
    rows = tuple(Row(column.name, (column.kind, column.text, roles[column.name].lstrip("; "))) for column in shown)
    return table_html(Table(_caption(view), head, rows, _more(view) if len(view.columns) > MAX_ROWS else ""))


def _more(view: FrameView) -> str:
    return f"and {view.n_columns - MAX_ROWS:,} more columns"


def _caption(view: FrameView) -> str:
    return f"{view.name}: {view.n_rows:,} rows, {view.n_columns:,} columns"


def _roles(view: FrameView) -> dict[str, str]:
    """Return of each column what it would be as a group, where it is proposed as one."""
    groups = {group.name: group for group in view.groups}
    return {column.name: _role(groups.get(column.name)) for column in view.columns}


def _role(group: GroupView | None) -> str:
    if group is None or group.role != "proposed":
        return ""
    return "; " + ", ".join(["a group: " + group.text, *group.relations])
