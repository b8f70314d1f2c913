"""Formulas in LaTeX as MathML, which browsers draw without a script or a font from the network."""

from __future__ import annotations

import re
from html import escape

from mixwidget.errors import MissingProgramError

NO_READER = 'formulas are read by docutils 0.22 or later, which is not there; pip install "mixwidget[handout]"'
# what docutils writes within a formula has another name there, or needs none
_ALIASES = {
    "equation": "",
    "align": "aligned",
    "eqnarray": "aligned",
    "gather": "aligned",
    "split": "aligned",
    "multline": "",
}
_ENVIRONMENT = re.compile(r"\\(begin|end)\{(\w+)\*?\}")
_DELIMITED = re.compile(r"^\s*(\$\$?|\\\[|\\\()(.*?)(\$\$?|\\\]|\\\))\s*$", re.DOTALL)


def formula_html(tex: str, *, is_block: bool) -> str:
    r"""Return a formula as MathML, as its source where it has a command that is not known.

    Parameters
    ----------
    tex : str
        Without the dollars around it.
    is_block : bool
        Whether it stands in a line of its own.

    Raises
    ------
    MissingProgramError
        Without docutils, which reads formulas.

    Examples
    --------
    >>> formula_html("b^2", is_block=False).split()[0]
    '<math'
    >>> formula_html(r"\unknown", is_block=False)
    '<code class="mw-tex">\\unknown</code>'
    """
    try:
        return mathml(tex, is_block=is_block)
    except MissingProgramError:
        raise
    except Exception:  # noqa: BLE001  its reader gives up in many ways on what is no formula, some not on purpose
        return f'<code class="mw-tex">{escape(tex.strip())}</code>'


def mathml(tex: str, *, is_block: bool) -> str:
    """Return a formula as MathML, or raise what its reader does where it has a command that is not known."""
    try:  # not at the top: nbconvert loads every exporter that is installed, whatever it is to write
        from docutils.utils.math.latex2mathml import tex2mathml
    except ImportError:
        raise MissingProgramError(NO_READER) from None
    return tex2mathml(_ENVIRONMENT.sub(_known, tex).strip(), as_block=is_block)


def output_html(tex: str) -> str:
    """Return the LaTeX of an output, with or without dollars around it, as MathML in a line of its own."""
    found = _DELIMITED.match(tex)
    return f'<div class="mw-formula-block">{formula_html(found[2] if found else tex, is_block=True)}</div>'


def _known(found: re.Match[str]) -> str:
    which, name = found[1], found[2]
    alias = _ALIASES.get(name, name)
    return f"\\{which}{{{alias}}}" if alias else ""
