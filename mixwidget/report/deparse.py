"""Long formulas on several lines, broken where R breaks them."""

from __future__ import annotations

from mixwidget.report.rprint import filled_lines
from mixwidget.views.formula_text import formula_tokens

CUTOFF = 60  # as R's deparse(): a line ends after the operator that comes behind its 60th character
INDENT = "    "


def labelled_formula(label: str, formula: str) -> list[str]:
    """Return ``label formula`` on as many lines as R uses; the label may be empty.

    Examples
    --------
    >>> labelled_formula("Formula:", "y ~ x + (1 | g)")
    ['Formula: y ~ x + (1 | g)']
    """
    return filled_lines([*([label] if label else []), *_deparse_lines(formula)])


def _deparse_lines(formula: str) -> list[str]:
    lines = [""]
    for token in formula_tokens(formula):
        lines[-1] += token
        if token.startswith(" ") and len(lines[-1]) > CUTOFF:
            lines.append(INDENT)
    return lines
