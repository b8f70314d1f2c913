"""Handouts: pages of one file that work without a kernel and without a network, and whole notebooks made into such."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mixwidget.answers.progress import Progress
    from mixwidget.handout.write import Handout
    from mixwidget.widgets.fit_widget import FitWidget


def handout(
    parts: Any,
    path: str | Path,
    structures: Sequence[Any] | None = None,
    *,
    title: str = "",
    theme: str = "auto",
    progress: bool | Progress = True,
) -> Handout:
    """Write fits, widgets, text and tables as one HTML file that works offline.

    Parameters
    ----------
    parts : sequence, or one part
        Fits (their explorers), widgets, text with a few signs of Markdown, tables, pictures; one below the other.
    path : str or Path
    structures : sequence, optional
        What pickers can be clicked to, beside what was visited: formulas, random parts such as ``"(1 | Subject)"``, or
        models. By default what is one or two clicks away.
    title : str
        The formula of the first fit unless given.
    theme : {"auto", "light", "dark"}
        "auto" follows the reader's browser.
    progress : bool or callable
        Whether a bar shows the fits; or a function of (done, total).

    Returns
    -------
    Handout
        Its ``to_pdf()`` prints the page.

    Raises
    ------
    OptionError
        If a part cannot be shown.

    Examples
    --------
    >>> import mixwidget as mw, os, tempfile
    >>> fit = mw.lmer("Yield ~ 1 + (1 | Batch)", mw.load_dataset("dyestuff"))
    >>> path = os.path.join(tempfile.mkdtemp(), "dyestuff.html")
    >>> mw.handout(["How much do *batches* differ?", fit.table(), fit.icc()], path, title="Dyestuff")
    /...dyestuff.html: ... kB, 1 structure; works offline (.to_pdf() prints it)
    """
    from mixwidget.answers.progress import progress_bar  # IPython, anywidget: loaded where they are used
    from mixwidget.handout.write import write_handout
    from mixwidget.widgets.output_line import say

    several = parts if isinstance(parts, list | tuple) else [parts]
    shown = progress_bar("handout", shown=progress) or (lambda _done, _total: None)
    return write_handout(several, path, title=title, structures=structures, theme=theme, say=say, progress=shown)


def keep(widget: FitWidget) -> dict[str, Any]:
    """Return what the saved twin of a widget holds for pages that are made of the notebook."""
    from mixwidget.handout.kept import kept_state  # anywidget: loaded where it is used

    return kept_state(widget)
