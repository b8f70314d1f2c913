"""Formulas as MathML, written by docutils while the site is built: nothing is loaded to show them."""

from __future__ import annotations

from typing import Any

from docutils import nodes

from mixwidget.handout.formulas import mathml


def setup(app: Any) -> dict[str, bool]:
    """Register the renderer that conf.py names."""
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(writer: Any, node: Any) -> None:
    writer.body.append(mathml(node.astext(), is_block=False))
    raise nodes.SkipNode


def _block(writer: Any, node: Any) -> None:
    number = f'<span class="eqno">({node["number"]})</span>' if node.get("number") else ""
    anchor = " ".join(f'id="{name}"' for name in node.get("ids", [])[:1])
    writer.body.append(f'<div class="math-block" {anchor}>{mathml(node.astext(), is_block=True)}{number}</div>\n')
    raise nodes.SkipNode
