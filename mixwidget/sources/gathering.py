"""What one call of a stateful function needs of all rows, as batches bring it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from mixwidget.dialect.memory import Memory


class Gathering(ABC):
    """What one call needs of its arguments.

    Parameters
    ----------
    name : str
        Of the function.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def add(self, given: Mapping[str, Any]) -> None:
        """Add a batch: the arguments by the names of the parameters."""

    @abstractmethod
    def keep(self, memory: Memory) -> None:
        """Put what was found where the function looks for it."""
