"""The page of a handout: one file with all that it needs, which asks the network for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape

from mixwidget.widgets.packed import pack
from mixwidget.widgets.static_files import static_text

BUNDLE = "mw-bundle"  # the id of the element with script and style that all widgets of a page share


def page_html(
    title: str,
    parts: Sequence[str],
    *,
    theme: str = "auto",
    scripts: str = "",
    style: str = "",
    is_said: bool = True,
) -> str:
    """Return a page.

    Parameters
    ----------
    title : str
    parts : sequence of str
        HTML, one below the other.
    theme : {"auto", "light", "dark"}
        "auto" follows the reader's browser.
    scripts : str
        What stands at the end of the page.
    style : str
        Beside that of all handouts.
    is_said : bool
        Whether the title stands above the parts too; if not, screen readers still hear it.
    """
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>"
    )
    unsaid = "" if is_said else ' class="mw-unsaid"'
    look = "" if theme == "auto" else f' data-theme="{escape(theme)}"'
    css = f"{static_text('handout.css')}\n{style}"
    sections = "\n".join(f"<section>{part}</section>" for part in parts)
    return (
        f'<!doctype html>\n<html lang="en"{look}>\n<head>{head}<style>{css}</style></head>\n'
        f'<body class="mw-page"><main>\n<h1{unsaid}>{escape(title)}</h1>\n{sections}\n</main>\n'
        f"{scripts}</body>\n</html>\n"
    )


def live_parts() -> str:
    """Return what brings the widgets of a page to life: once, at its end."""
    bundle = f'<script type="text/plain" id="{BUNDLE}">{_bundle()}</script>'
    return f"{bundle}\n<script>{static_text('handout.js')}</script>"


def model_parts(models: object) -> str:
    """Return what brings the anywidgets of other packages to life, once, at the end of a page."""
    script = static_text("anywidgets.js")
    return f'<script type="text/plain" id="mw-models">{pack(models, is_ours=False)}</script>\n<script>{script}</script>'


def widget_html(name: str, still: str, state: object) -> str:
    """Return the place of a widget: what stands still where no script runs, and the state that it wakes from.

    Parameters
    ----------
    name : str
        Of the widget, unique in the page.
    still : str
        HTML without script.
    state : mapping
        Traits.
    """
    return (
        f'<div class="mw-twin" data-of="{escape(name)}" data-bundle="#{BUNDLE}" data-state="{pack(state)}">'
        f"<div>{still}</div></div>"
    )


def page_bytes() -> int:
    """Return what a page takes for its script and style, whatever is in it."""
    return len(live_parts()) + len(static_text("handout.css"))


def any_html(name: str, still: str) -> str:
    """Return the place of an anywidget of another package, which holds something still until it is drawn.

    Parameters
    ----------
    name : str
        Of its model.
    still : str
        HTML without script.
    """
    return f'<div class="mw-any" data-model="{escape(name)}"><div>{still}</div></div>'


@cache
def _bundle() -> str:
    """Return script and style of the widgets; the style of the page has their rules for print too."""
    css = f"{static_text('widget.css')}\n{static_text('handout.css')}"
    scripts = {name: static_text(f"{file}.js") for name, file in (("script", "widget"), ("pictures", "pictures"))}
    return pack({**scripts, "css": css})
