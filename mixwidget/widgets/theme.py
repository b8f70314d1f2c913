"""The themes of what we show: as the page around it, or light or dark whatever that is."""

from __future__ import annotations

from mixwidget.errors import OptionError, nearest

THEMES = ("auto", "light", "dark")


def checked_theme(theme: object) -> str:
    """Return a theme.

    Raises
    ------
    OptionError
        If there is no such theme.
    """
    if theme not in THEMES:
        raise OptionError(f"theme={theme!r} is no theme; {nearest(theme, THEMES, 'it is one of')}")
    return str(theme)
