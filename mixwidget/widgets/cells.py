"""Widgets of a cell that runs again: the ones it showed before are closed, so that re-runs do not pile up."""

from __future__ import annotations

import sys
from typing import Any, Protocol

MAX_CELLS = 500


class Closable(Protocol):
    """A widget."""

    def close(self) -> None:
        """Leave the page and free what is held."""
        ...


class ShownWidgets:
    """Which widgets each cell has shown, and in which run."""

    def __init__(self) -> None:
        self._cells: dict[str, tuple[int, list[Closable]]] = {}

    def show(self, widget: Closable) -> None:
        """Note that the running cell shows a widget, and close what an earlier run of this cell showed.

        A widget that a variable of the notebook still holds stays open.
        """
        shell = _shell()
        cell = _cell_id(shell)
        if shell is None or cell is None:
            return
        run = int(shell.execution_count)
        last, shown = self._cells.pop(cell, (run, []))
        if last != run:
            kept = [value for name, value in shell.user_ns.items() if not name.startswith("_")]
            for old in shown:
                if old is not widget and not any(value is old for value in kept):
                    old.close()
            shown = []
        self._cells[cell] = (run, [*(old for old in shown if old is not widget), widget])
        while len(self._cells) > MAX_CELLS:
            del self._cells[next(iter(self._cells))]


def is_watched() -> bool:
    """Return whether a front end runs the cell, which a person looks at; nbclient and nbconvert do not name theirs."""
    return _cell_id(_shell()) is not None


def _shell() -> Any:
    """Return the running IPython shell, if IPython was imported at all."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def _cell_id(shell: Any) -> str | None:
    """Return the front end's name of the running cell; terminals and old front ends give none."""
    parent = shell.get_parent() if shell is not None and hasattr(shell, "get_parent") else None
    metadata = parent.get("metadata", {}) if isinstance(parent, dict) else {}
    return metadata.get("cellId")


SHOWN = ShownWidgets()
