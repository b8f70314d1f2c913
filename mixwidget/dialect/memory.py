"""What a stateful function of a formula remembers between the fit and new data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Memory:
    """The place of one call in the memory of a design.

    Attributes
    ----------
    store : dict
        By the text of the call.
    key : str
        The text of this call, ``"poly(x, 2)"``.
    is_new : bool
        Whether the call is made on new data.
    """

    store: dict[str, Any]
    key: str
    is_new: bool

    def recall(self, compute: Callable[[], _T]) -> _T:
        """Return what was found on the data of the fit; on these data themselves, compute and keep it."""
        if self.key not in self.store:
            self.store[self.key] = compute()
        return self.store[self.key]
