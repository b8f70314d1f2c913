"""Names of widgets that are the same whenever a notebook runs from top to bottom, so that saved files do not differ."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from mixwidget.widgets.shell import cell_id, in_kernel, running_shell


class Labels:
    """Counts the widgets that each cell has made.

    A name belongs to its cell, not to the order of the runs: what another cell saved yesterday never finds the widget
    of today under its own name.
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def next(self) -> str | None:
        """Return a name for a widget of the running cell; None outside of a kernel, where ipywidgets draws one.

        A kernel whose front end does not name its cells runs them one after the other: their number stands for them.
        """
        if not in_kernel():
            return None
        shell = running_shell()
        cell = cell_id(shell) or f"run {shell.execution_count}"
        self._counts[cell] += 1
        return f"mw-{sha256(cell.encode()).hexdigest()[:12]}-{self._counts[cell]}"


LABELS = Labels()
