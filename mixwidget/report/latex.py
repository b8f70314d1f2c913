"""Texts that LaTeX and Markdown take as they are meant."""

from __future__ import annotations

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "–": "--",
}


def latex_text(text: str) -> str:
    r"""Return a text with LaTeX's special characters escaped.

    Examples
    --------
    >>> latex_text("cor_x & 5 %")
    'cor\\_x \\& 5 \\%'
    """
    return "".join(_SPECIAL.get(character, character) for character in text)


def markdown_text(text: str) -> str:
    r"""Return a text whose bars and stars do not end a cell or begin emphasis.

    Examples
    --------
    >>> markdown_text("SD (x | g)")
    'SD (x \\| g)'
    """
    return text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")
