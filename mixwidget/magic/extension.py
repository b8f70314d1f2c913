"""``%load_ext mixwidget``: what is added to a shell, and taken away again."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell

from mixwidget.magic.completer import IDENTIFIER, lmer_matcher
from mixwidget.magic.lmer_magic import LmerMagics

_KINDS = ("line", "cell")


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add ``%lmer``, ``%%lmer`` and their completion to a shell; loading twice changes nothing."""
    unload_ipython_extension(shell)
    shell.register_magics(LmerMagics)
    shell.Completer.custom_matchers.append(lmer_matcher(shell.user_ns))


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take the magics and their completion away from a shell."""
    for kind in _KINDS:
        (shell.magics_manager.magics or {})[kind].pop("lmer", None)
    matchers = shell.Completer.custom_matchers
    matchers[:] = [matcher for matcher in matchers if not _is_ours(matcher)]


def _is_ours(matcher: object) -> bool:
    return getattr(matcher, "matcher_identifier", None) == IDENTIFIER
