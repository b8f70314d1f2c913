"""Widgets of a cell that runs again: the ones it showed before are closed, so that re-runs do not pile up.

IPython keeps the value of every run in ``Out``, and with it a fit with all its arrays; that of the earlier run of the
same cell, which no page shows any more, is taken out. What is noted here is a live widget put on the page, or the value
of a cell of formulas; an answer that is shown as text or HTML is not noted, and may be shown as often as anybody likes.
"""

from __future__ import annotations

from typing import Any, Protocol

from mixwidget.widgets.shell import cell_id, running_shell

MAX_CELLS = 500


class Closable(Protocol):
    """A widget."""

    def close(self) -> None:
        """Leave the page and free what is held."""
        ...


Shown = tuple[Closable | None, object]


class ShownWidgets:
    """Which widgets each cell has shown, and in which run."""

    def __init__(self) -> None:
        self._cells: dict[str, tuple[int, list[Shown]]] = {}

    def show(self, widget: Closable | None, value: object = None) -> None:
        """Note that the running cell shows a widget, and close what an earlier run of this cell showed.

        A widget that a variable of the notebook still holds stays open.

        Parameters
        ----------
        widget : Closable or None
        value : object
            What the cell displays, if that is not the widget itself.
        """
        shell = running_shell()
        cell = cell_id(shell)
        if shell is None or cell is None:
            return
        run = int(shell.execution_count)
        last, shown = self._cells.pop(cell, (run, []))
        if last != run:
            kept = [value for name, value in shell.user_ns.items() if not name.startswith("_")]
            for old, _ in shown:
                if old is not None and old is not widget and not any(name is old for name in kept):
                    old.close()
            _forget_output(shell, last, [held for pair in shown for held in pair])
            shown = []
        others = [pair for pair in shown if pair[0] is not widget or widget is None]
        self._cells[cell] = (run, [*others, (widget, value)])
        while len(self._cells) > MAX_CELLS:
            del self._cells[next(iter(self._cells))]

    def renew(self, old: object, new: object) -> None:
        """Note that a value which cells have shown is another one by now, in IPython's history too."""
        for cell, (run, shown) in self._cells.items():
            self._cells[cell] = (run, [(widget, new if value is old else value) for widget, value in shown])


def _forget_output(shell: Any, run: int, shown: list[object]) -> None:
    """Take the value of a run out of IPython's history if it is one of those shown."""
    history = shell.user_ns.get("_oh", {})
    for number in (run, run - 1):  # IPython 9 counts on before it displays, earlier ones after
        if number in history and any(history[number] is value for value in shown):
            del history[number]
            for names in (shell.user_ns, shell.user_ns_hidden):
                names.pop(f"_{number}", None)


SHOWN = ShownWidgets()
