"""``jupyter nbconvert --to handout``: a whole notebook as one page that works offline, its widgets alive."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from jinja2 import pass_context
from nbconvert.exporters.html import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from traitlets import Bool, Enum, Unicode, default
from traitlets.config import Config

from mixwidget.handout.formulas import formula_html
from mixwidget.handout.kept import NEARBY, SETTING
from mixwidget.handout.outputs import LiveOutputs
from mixwidget.handout.page import page_html
from mixwidget.handout.tags import mark_cells, title_of
from mixwidget.widgets.static_files import static_text
from mixwidget.widgets.theme import THEMES

TEMPLATE = """\
{%- extends 'basic/index.html.j2' -%}
{%- block any_cell -%}
{{ cell.metadata.mw_before }}{{ super() }}{{ cell.metadata.mw_after }}
{%- endblock any_cell -%}
"""
DISPLAY = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/latex", "text/plain"]
LIVE, TITLE = "mixwidget_live", "mixwidget_title"  # what the preprocessing leaves for the page


@contextmanager
def _setting(structures: str) -> Generator[None]:
    """Tell the kernel, which is started with this environment, what its widgets are to hold."""
    before = os.environ.get(SETTING)
    os.environ[SETTING] = structures
    try:
        yield
    finally:
        if before is None:
            del os.environ[SETTING]
        else:
            os.environ[SETTING] = before


class _MathRenderer(IPythonRenderer):
    """Markdown whose formulas need no script."""

    def block_math(self, body: str) -> str:
        return f'<div class="mw-formula-block">{formula_html(body, is_block=True)}</div>'

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def inline_math(self, body: str) -> str:
        return formula_html(body, is_block=False)


class HandoutExporter(HTMLExporter):
    """One HTML file without an outside request.

    Cells with the tag ``hide-input`` show their output alone, those with ``solution`` are folded away (or left out),
    and those with ``question`` get a number and a box for the answer.
    """

    export_from_notebook = "Handout (offline HTML)"

    solutions = Enum(
        ["folded", "removed", "shown"], "folded", help="What becomes of cells with the tag 'solution'."
    ).tag(config=True)
    structures = Enum(
        [NEARBY, "visited"],
        NEARBY,
        help="What pickers hold where the notebook is executed: the structures that one or two clicks lead to, or "
        "those that the notebook visits.",
    ).tag(config=True)
    hide_code = Bool(False, help="Show the outputs of all cells without their code.").tag(config=True)
    look = Enum(THEMES, "auto", help="The colours of the page; auto follows the reader's browser.").tag(config=True)
    title = Unicode("", help="The title of the page; the notebook's own, or its first heading, unless given.").tag(
        config=True
    )

    @property
    def default_config(self) -> Config:
        """What of each output is shown, and that code of tagged cells is not."""
        own = Config(
            {
                "NbConvertBase": {"display_data_priority": DISPLAY},
                "TagRemovePreprocessor": {"enabled": True, "remove_input_tags": {"hide-input"}},
            }
        )
        config = Config(super().default_config)
        config.merge(own)
        return config

    @default("template_name")
    def _template(self) -> str:
        return "basic"

    @default("raw_template")
    def _raw_template(self) -> str:
        return TEMPLATE

    @default("exclude_anchor_links")
    def _without_anchor_links(self) -> bool:
        return True

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Return Markdown as HTML, formulas as MathML."""
        cell, metadata = context.get("cell", {}), context.get("resources", {}).get("metadata", {})
        renderer = _MathRenderer(
            escape=False,
            attachments=cell.get("attachments", {}),
            embed_images=True,
            path=metadata.get("path", ""),
            exclude_anchor_links=self.exclude_anchor_links,
        )
        return MarkdownWithMath(renderer=renderer).render(source)

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[str, Any]:
        """Return the page of a notebook."""
        self.exclude_input = self.exclude_input or self.hide_code
        body, resources = super().from_notebook_node(nb, resources, **kw)
        live: LiveOutputs = resources.pop(LIVE)
        for tag in live.outside:
            self.log.warning("an output asks the network, and is left out: %s", tag)
        for holds in live.holds:
            self.log.info("a picker of this page holds %s", holds)
        title = self.title or resources.pop(TITLE)
        page = page_html(
            title, [body], theme=self.look, scripts=live.scripts(), style=static_text("notebook.css"), is_said=False
        )
        return page, resources

    def _preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Run the preprocessors, which may execute the notebook, and make its cells ready for the page."""
        with _setting(self.structures):
            nb, resources = super()._preprocess(nb, resources)
        nb.cells = mark_cells(nb.cells, self.solutions)
        live = resources[LIVE] = LiveOutputs(nb.metadata)
        for cell in nb.cells:
            if "outputs" in cell:
                cell.outputs = live.of(cell.outputs)
        resources[TITLE] = title_of(nb, resources)
        return nb, resources
