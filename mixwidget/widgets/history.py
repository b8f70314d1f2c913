"""The structures that were visited, and the trail through them for undo and redo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mixwidget.fit.fit import Fit
from mixwidget.widgets.choice import Choice


@dataclass(frozen=True, slots=True)
class Visit:
    """One structure with its fit.

    Attributes
    ----------
    formula : str
        As the picker wrote it.
    is_draft : bool
        Whether it is only shown while the dial is turned.
    """

    formula: str
    choice: Choice
    fit: Fit
    seconds: float
    is_draft: bool = False


class History:
    """Visits in the order of their first visit, and a trail of positions among them.

    Parameters
    ----------
    visits : sequence of Visit
        The first one, or a path of several that were fitted already: undo and redo step along it.
    place : int
        Position of the one that is shown.
    """

    def __init__(self, visits: Sequence[Visit], place: int = 0) -> None:
        self.visits = list(visits)
        self._trail = list(range(len(self.visits)))
        self._place = place

    @property
    def trail(self) -> tuple[int, ...]:
        """The steps so far, as positions in `visits`: undo and redo go along it."""
        return tuple(self._trail)

    @property
    def place(self) -> int:
        """Position of the current step in `trail`."""
        return self._place

    @property
    def key(self) -> int:
        """Position of the current visit in `visits`."""
        return self._trail[self._place]

    @property
    def current(self) -> Visit:
        """The visit that is shown."""
        return self.visits[self.key]

    @property
    def can_undo(self) -> bool:
        """Whether there is a step back."""
        return self._place > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a step forth."""
        return self._place < len(self._trail) - 1

    def find(self, formula: str, choice: Choice) -> int | None:
        """Return the key of a structure that was fitted before, by the same criterion and under the same prior."""
        for key, visit in enumerate(self.visits):
            if (visit.formula, visit.choice.reml, visit.choice.prior) == (formula, choice.reml, choice.prior):
                return key
        return None

    def add(self, visit: Visit) -> None:
        """Take in a new structure and step to it."""
        known = self.find(visit.formula, visit.choice)
        if known is None:
            self.visits.append(visit)
            known = len(self.visits) - 1
        self.go(known)

    def go(self, key: int) -> None:
        """Step to a visited structure; what was undone before is forgotten."""
        if key == self.key:
            return
        self._trail = [*self._trail[: self._place + 1], key]
        self._place += 1

    def undo(self) -> None:
        """Step back."""
        self._place -= self.can_undo

    def redo(self) -> None:
        """Step forth."""
        self._place += self.can_redo
