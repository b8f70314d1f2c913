"""What is shown where no widget runs: tables and the plot as an image, all in one piece of HTML."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Mapping
from html import escape
from types import MappingProxyType
from typing import Any

from mixwidget.fit.fit import Fit
from mixwidget.inference.lines_request import lines_request
from mixwidget.inference.pooling_plane import ShrinkageRequest
from mixwidget.report.html_table import Column, Row, Table, table_html
from mixwidget.report.notes_html import notes_html
from mixwidget.report.rformat import format_numbers, known
from mixwidget.report.summary import Summary
from mixwidget.report.svg_caterpillar import caterpillar_svg
from mixwidget.report.svg_lines import lines_svg
from mixwidget.report.svg_shrinkage import shrinkage_svg
from mixwidget.report.varcorr_html import varcorr_html
from mixwidget.report.varcorr_lines import varcorr_lines
from mixwidget.views.caterpillar import level_names
from mixwidget.views.explorer import ExplorerView
from mixwidget.views.fixed_tests import has_quick_tests
from mixwidget.views.lines import lines_view
from mixwidget.views.shrinkage import shrinkage_view
from mixwidget.views.summary import summary_view
from mixwidget.views.varcorr import varcorr_view

QUIET = "opacity: 0.8; margin: 0.15em 0"


def wants_static() -> bool:
    """Return whether scripts must not be relied on: ``MIXWIDGET_DISPLAY=static``, or a Quarto document."""
    return os.environ.get("MIXWIDGET_DISPLAY") == "static" or "QUARTO_EXECUTE_INFO" in os.environ


def fallback_html(view: ExplorerView, fit: Fit, parts: str, wanted: Mapping[str, Any] = MappingProxyType({})) -> str:
    """Return the fit as HTML without script, style sheet or anything from the network.

    Parameters
    ----------
    view : ExplorerView
    fit : Fit
    parts : {"explorer", "table", "caterpillar", "picker", "lines", "shrinkage"}
        Which widget it stands for.
    wanted : mapping
        What its picture shows.
    """
    if parts == "explorer":
        return _summary(fit).html() + _pictures(view, fit)
    pieces = [_head(view, fit)]
    if parts == "caterpillar":
        pieces.append(_pictures(view, fit))
    elif parts == "lines":
        pieces.append(_lines(fit, wanted))
    elif parts == "shrinkage":
        pieces.append(_shrinkage(fit, wanted))
    else:
        pieces += [notes_html(view.findings), varcorr_html(varcorr_view(fit)), _fixed(view)]
    return f'<div class="mixwidget">{"".join(pieces)}</div>'


def _pictures(view: ExplorerView, fit: Fit) -> str:
    """Return a caterpillar plot of each grouping factor as an image; notebooks drop inline SVG, but keep images."""
    levels = level_names(fit)
    return "".join(_picture(caterpillar_svg(modes, levels[modes.group]), modes.group) for modes in view.modes)


def _lines(fit: Fit, wanted: Mapping[str, Any]) -> str:
    """Return the lines of the levels as an image, and what is held or left out."""
    view = lines_view(fit, lines_request(wanted))
    words = f"Data and lines of levels of {view.group}"
    notes = f'<p style="{QUIET}">{escape(" ".join(view.notes))}</p>'
    return _image(lines_svg(view, level_names(fit)[view.group]), words) + notes


def _shrinkage(fit: Fit, wanted: Mapping[str, Any]) -> str:
    """Return the levels between their own estimates and the average as an image, and how it is to be read."""
    view = shrinkage_view(fit, ShrinkageRequest(**wanted))
    words = f"Own estimates of levels of {view.group} and those of the mixed model"
    notes = f'<p style="{QUIET}">{escape(" ".join(view.words.notes))}</p>'
    return _image(shrinkage_svg(view, level_names(fit)[view.group]), words) + notes


def fallback_text(view: ExplorerView, fit: Fit, parts: str, _wanted: object = None) -> str:
    """Return the fit as plain text: its summary where the explorer shows all, else the estimates."""
    if parts == "explorer":
        return str(_summary(fit))
    return "\n".join(
        [
            f"{view.formula}  ({_numbers(view, fit)})",
            *varcorr_lines(varcorr_view(fit), digits=4, with_variance=True),
            "Fixed effects:",
            *(f" {row.name}: {known(row.estimate):.6g} (se {known(row.se):.4g})" for row in view.fixed),
        ]
    )


def _summary(fit: Fit) -> Summary:
    """Return the summary; nobody should wait for tests that the explorer brings later."""
    return Summary(summary_view(fit, with_tests=has_quick_tests(fit)))


def _numbers(view: ExplorerView, fit: Fit) -> str:
    criterion = "REML criterion" if view.method == "REML" else "-2 log-likelihood"
    family = f"{view.family}, " if view.family else ""
    singular = ", singular" if view.is_singular else ""
    known = f" (all +- {fit.criterion_error:.2g})" if fit.criterion_error > 0.0 else ""
    values = f"{criterion} {view.criterion:.2f}, AIC {view.aic:.1f}, BIC {view.bic:.1f}{known}"
    return f"{family}{view.method}, {view.nobs} rows, {values}{singular}"


def _head(view: ExplorerView, fit: Fit) -> str:
    numbers = f'<p style="{QUIET}">{escape(_numbers(view, fit))}</p>'
    return f'<p style="margin: 0"><code>{escape(view.formula)}</code></p>{numbers}'


def _fixed(view: ExplorerView) -> str:
    numbers = (
        [row.estimate for row in view.fixed],
        [row.se for row in view.fixed],
        [row.statistic for row in view.fixed],
    )
    columns = [format_numbers(values, 4) for values in numbers]
    rows = tuple(Row(row.name, tuple(column[i].strip() for column in columns)) for i, row in enumerate(view.fixed))
    statistic = "t value" if view.sigma is not None else "z value"
    head = (Column("Term", "left"), Column("Estimate"), Column("SE"), Column(statistic))
    return table_html(Table("Fixed effects", head, rows))


def _picture(svg: str, group: str) -> str:
    return _image(svg, f"Caterpillar plot of the conditional modes of {group} with 95% intervals")


def _image(svg: str, text: str) -> str:
    data = b64encode(svg.encode()).decode("ascii")
    return f'<img alt="{escape(text)}" src="data:image/svg+xml;base64,{data}" style="max-width: 100%">'
