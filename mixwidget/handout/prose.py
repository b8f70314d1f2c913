"""The text of a handout: paragraphs, headings and lists in the few signs of Markdown that a page of tables needs."""

from __future__ import annotations

import re
from html import escape

_INLINE = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w*])\*([^*\s](?:[^*]*[^*\s])?)\*(?![\w*])"), r"<em>\1</em>"),
    (re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)"), r'<a href="\2">\1</a>'),
)
_HEADING = re.compile(r"(#{1,4})\s+(.*)")
_ITEM = re.compile(r"[-*]\s+")
_CODE = re.compile(r"(<code>.*?</code>)")


def prose_html(text: str) -> str:
    r"""Return text as HTML: blank lines part paragraphs, ``#`` makes headings, ``-`` lists.

    A heading of the first level is the page's own; in a handout it comes one level below the title.

    Examples
    --------
    >>> prose_html("# Sleep\n\nHow much do *reactions* slow?\n\n- `Days`: nights")
    '<h2>Sleep</h2>\n<p>How much do <em>reactions</em> slow?</p>\n<ul><li><code>Days</code>: nights</li></ul>'
    """
    blocks = re.split(r"\n\s*\n", "\n".join(line.strip() for line in text.strip().splitlines()))
    return "\n".join(map(_block, filter(None, blocks)))


def _block(block: str) -> str:
    heading = _HEADING.match(block)
    if heading:
        level = len(heading[1]) + 1
        rest = block[heading.end() :].strip()
        return f"<h{level}>{_inline(heading[2])}</h{level}>" + (f"\n{_block(rest)}" if rest else "")
    lines = block.splitlines()
    if all(_ITEM.match(line) for line in lines):
        items = "".join(f"<li>{_inline(_ITEM.sub('', line, count=1))}</li>" for line in lines)
        return f"<ul>{items}</ul>"
    return f"<p>{_inline(' '.join(lines))}</p>"


def _inline(text: str) -> str:
    """Return a line with its signs; nothing within code is a sign."""
    code, *others = _INLINE
    pieces = _CODE.split(code[0].sub(code[1], escape(text)))
    return "".join(piece if piece.startswith("<code>") else _signs(piece, others) for piece in pieces)


def _signs(text: str, signs: list[tuple[re.Pattern[str], str]]) -> str:
    for pattern, tags in signs:
        text = pattern.sub(tags, text)
    return text
