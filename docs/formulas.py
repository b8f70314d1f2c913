"""Formulas as MathML, written by docutils while the site is built: nothing is loaded to show them."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

ALIGNED = re.compile(r"\\(begin|end)\{(?:align|gather|eqnarray|split)\*?\}")  # what docutils calls "aligned"


def setup(app: Any) -> dict[str, bool]:
    """Register the renderer that conf.py names."""
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(writer: Any, node: Any) -> None:
    writer.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def _block(writer: Any, node: Any) -> None:
    latex = ALIGNED.sub(r"\\\1{aligned}", node.astext())
    number = f'<span class="eqno">({node["number"]})</span>' if node.get("number") else ""
    anchor = " ".join(f'id="{name}"' for name in node.get("ids", [])[:1])
    writer.body.append(f'<div class="math-block" {anchor}>{tex2mathml(latex, as_block=True)}{number}</div>\n')
    raise nodes.SkipNode
