"""Errors of ours without a traceback: the user wrote one line, and one sentence tells what is wrong with it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from IPython.core.error import UsageError

from mixwidget.errors import MixwidgetError, OptionError

_RED, _PLAIN = "\x1b[31m", "\x1b[0m"


@contextmanager
def clean_errors() -> Generator[None]:
    """Show errors of ours as one sentence.

    A wrong option becomes a `UsageError`, which IPython prints as one line. The others keep their class and carry
    ``_render_traceback_``, which IPython asks for the text: the cell still ends in an error for nbclient and kernel.
    """
    try:
        yield
    except OptionError as error:
        raise UsageError(str(error)) from None
    except MixwidgetError as error:
        lines = [f"{_RED}{type(error).__name__}{_PLAIN}: {error}"]
        error._render_traceback_ = lambda: lines  # type: ignore[attr-defined]  # IPython looks for it
        raise
