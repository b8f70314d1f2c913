"""A handout: fits, widgets, text and tables as one file that works offline, in a sandboxed frame and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mixwidget.errors import OptionError
from mixwidget.handout.page import live_parts, page_html
from mixwidget.handout.pdf import print_pdf
from mixwidget.handout.prose import prose_html
from mixwidget.handout.sizes import in_kb, structure_count
from mixwidget.handout.widget import stored_widget
from mixwidget.widgets.fit_widget import FitWidget
from mixwidget.widgets.theme import checked_theme


@dataclass(frozen=True, repr=False)
class Handout:
    """A handout that was written.

    Attributes
    ----------
    path : Path
    n_bytes : int
        Of the file.
    n_structures : int
        Fitted structures in it, of all its pickers.
    """

    path: Path
    n_bytes: int
    n_structures: int

    def to_pdf(self, path: str | Path | None = None) -> Path:
        """Print it by an installed Chromium or Chrome; beside the page unless a path is given.

        Raises
        ------
        MissingProgramError
            Without such a browser.
        """
        return print_pdf(self.path, Path(path) if path is not None else self.path.with_suffix(".pdf"))

    def __repr__(self) -> str:
        count = "" if self.n_structures == 0 else f", {structure_count(self.n_structures)}"
        return f"{self.path}: {in_kb(self.n_bytes)}{count}; works offline (.to_pdf() prints it)"


def write_handout(
    parts: Sequence[Any],
    path: str | Path,
    *,
    title: str,
    structures: Sequence[Any] | None,
    theme: str,
    say: Callable[[str], object],
    progress: Callable[[int, int], object],
) -> Handout:
    """Write a handout.

    Parameters
    ----------
    parts : sequence
        Widgets, text, and whatever shows itself as HTML.
    path : str or Path
    title : str
        Empty for the formula of the first fit.
    structures : sequence, optional
        What pickers hold beside what was visited: formulas, random parts, models. By default what is a click or two
        away.
    theme : {"auto", "light", "dark"}
    say : callable
        Takes the sentence on the size, before fits are made and anything is written.
    progress : callable
        Takes how many structures are fitted, and of how many.

    Raises
    ------
    OptionError
        If there is no such theme, or a part cannot be shown.
    """
    theme = checked_theme(theme)
    place = Path(path)
    shown: list[str] = []
    n_structures = 0
    parts = [part.explorer() if hasattr(part, "explorer") else part for part in parts]
    for number, part in enumerate(parts, start=1):
        if isinstance(part, FitWidget):
            held = stored_widget(part, f"mw-{number}", structures, lambda text: say(f"{place}: {text}"), progress)
            n_structures += held.n_structures
            shown.append(held.html)
        else:
            shown.append(still_html(part))
    is_live = any(isinstance(part, FitWidget) for part in parts)
    text = page_html(
        title or _title(parts), shown, theme=theme, scripts=live_parts() if is_live else "", is_said=bool(title)
    )
    place.write_text(text, encoding="utf-8")
    return Handout(place, len(text.encode()), n_structures)


def still_html(part: Any) -> str:
    """Return text, a table, a picture or anything else that shows itself as HTML.

    Raises
    ------
    OptionError
        If it shows itself in no such way.
    """
    if isinstance(part, str):
        return prose_html(part)
    bundle = part._repr_mimebundle_() if hasattr(part, "_repr_mimebundle_") else {}
    data = bundle[0] if isinstance(bundle, tuple) else bundle or {}
    html = data.get("text/html") or (part._repr_html_() if hasattr(part, "_repr_html_") else None)
    if html is None:
        kind = type(part).__name__
        raise OptionError(f"a handout cannot show a {kind}; give fits, widgets, text, tables or pictures")
    return html


def _title(parts: Sequence[Any]) -> str:
    return next((part.formula for part in parts if isinstance(part, FitWidget)), "Handout")
