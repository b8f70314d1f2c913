"""What the tags of a notebook's cells ask of a handout: folded solutions, numbered questions with a box each."""

from __future__ import annotations

import re
from typing import Any

QUESTION, SOLUTION = "question", "solution"
BEFORE, AFTER = "mw_before", "mw_after"  # what the template puts around a cell
_HEADING = re.compile(r"^#\s+(.+?)\s*#*$", re.MULTILINE)


def mark_cells(cells: list[Any], solutions: str) -> list[Any]:
    """Return the cells with what stands before and after each of them.

    Parameters
    ----------
    cells : list of cells
        Their metadata are changed.
    solutions : {"folded", "removed", "shown"}
    """
    kept: list[Any] = []
    number = 0
    for cell in cells:
        tags = cell.metadata.get("tags", [])
        if SOLUTION in tags and solutions == "removed":
            continue
        number += QUESTION in tags
        is_folded = SOLUTION in tags and solutions == "folded"
        around = _question(number) if QUESTION in tags else _FOLDED if is_folded else ("", "")
        cell.metadata[BEFORE], cell.metadata[AFTER] = around
        kept.append(cell)
    return kept


def title_of(notebook: Any, resources: Any) -> str:
    """Return the title of a notebook: its own, its first heading, or the name of its file."""
    titled = notebook.metadata.get("title")
    if titled:
        return str(titled)
    for cell in notebook.cells:
        found = _HEADING.search(cell.source) if cell.cell_type == "markdown" else None
        if found:
            return re.sub(r"[*_`$]", "", found[1])
    return str(resources.get("metadata", {}).get("name") or "Notebook")


_FOLDED = ('<details class="mw-solution"><summary>Solution</summary>', "</details>")


def _question(number: int) -> tuple[str, str]:
    box = (
        f'<label class="mw-answer"><span>Your answer to question {number}</span>'
        f'<textarea rows="3" spellcheck="true"></textarea></label>'
    )
    return (
        f'<section class="mw-question" aria-label="Question {number}"><p class="mw-number">Question {number}</p>',
        f"{box}</section>",
    )
