"""Long work piece by piece: progress is told, and an interrupt keeps the pieces that are finished."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias, TypeVar

from mixwidget.errors import FitCancelled, MixwidgetWarning
from mixwidget.fit.caller import level_of_caller

Item = TypeVar("Item")
Result = TypeVar("Result")
Progress: TypeAlias = Callable[[int, int], None]  # told (done, total)


_told: ContextVar[Progress | None] = ContextVar("_told", default=None)


@contextmanager
def telling(progress: Progress | None) -> Generator[None]:
    """Let a function know how far computations inside are that have no such argument of their own."""
    token = _told.set(progress)
    try:
        yield
    finally:
        _told.reset(token)


def tell(done: int, total: int) -> None:
    """Tell the function of the innermost `telling` how much is done, of how much."""
    progress = _told.get()
    if progress is not None:
        progress(done, total)


def finished(
    items: Sequence[Item],
    work: Callable[[Item], Result],
    what: str,
    progress: Progress | None = None,
    *,
    least: int = 1,
) -> list[Result]:
    """Return the results of a piece of work for each item, or of those that came before an interrupt, with a warning.

    Parameters
    ----------
    items : sequence
    work : callable
    what : str
        For the warning, which begins with it.
    progress : callable, optional
        Told how many items are done, of how many.
    least : int
        Fewer results than that are worth nothing.

    Raises
    ------
    KeyboardInterrupt, FitCancelled
        If fewer than `least` were finished.
    """
    results: list[Result] = []
    try:
        for item in items:
            results.append(work(item))
            if progress is not None:
                progress(len(results), len(items))
    except (KeyboardInterrupt, FitCancelled):
        if len(results) < least:
            raise
        message = f"{what} was stopped: {len(results)} of {len(items)} are finished, the others are missing"
        warnings.warn(message, MixwidgetWarning, stacklevel=level_of_caller())
    return results
