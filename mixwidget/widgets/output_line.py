"""One line below a running cell that is written over and over, and leaves nothing when it is wiped.

In a notebook it is an output of its own that is updated in place: the error stream would leave its red bar behind, and
in a saved notebook every state that the line ever had. Elsewhere it is a line of the error stream.
"""

from __future__ import annotations

import sys
from typing import Any
from uuid import uuid4

from mixwidget.widgets.shell import running_shell


def say(text: str) -> None:
    """Write a line that stays."""
    line = OutputLine()
    line.draw(text)
    line.end()


class OutputLine:
    """A line that is drawn and wiped; nothing is written before it is drawn first."""

    def __init__(self) -> None:
        shell = running_shell()
        self._publisher: Any = shell.display_pub if getattr(shell, "kernel", None) is not None else None
        self._display = ""
        self._width = 0

    def draw(self, text: str) -> None:
        """Show a text in the place of the one before."""
        if self._publisher is None:
            sys.stderr.write(f"\r{text.ljust(self._width)}")
            sys.stderr.flush()
        else:
            self._publish({"text/plain": text})
        self._width = max(self._width, len(text))

    def end(self) -> None:
        """Leave it as it is."""
        if self._publisher is None:
            sys.stderr.write("\n")
        self._width = 0

    def wipe(self) -> None:
        """Leave nothing behind."""
        if not self._width:
            return
        if self._publisher is None:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
        else:
            self._publish({})
        self._width = 0

    def _publish(self, data: dict[str, str]) -> None:
        """Send the output, or what it is now; an output without data takes no place on the page."""
        is_there = bool(self._display)
        self._display = self._display or f"mixwidget-{uuid4().hex}"
        self._publisher.publish(data, metadata={}, transient={"display_id": self._display}, update=is_there)
