"""``%load_ext mixwidget``: what is added to a shell, and taken away again."""

from __future__ import annotations

from itertools import product

from IPython.core.interactiveshell import InteractiveShell

from mixwidget.magic.completer import IDENTIFIER, formula_matcher
from mixwidget.magic.magics import MixedMagics
from mixwidget.magic.options import GLMER, LMER

_KINDS = ("line", "cell")
HANDOUT = "lmer_handout"


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add ``%%lmer``, ``%%glmer`` and their completion to a shell; loading twice changes nothing."""
    unload_ipython_extension(shell)
    shell.register_magics(MixedMagics)
    shell.Completer.custom_matchers.append(formula_matcher(shell.user_ns))


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take the magics and their completion away from a shell."""
    for kind, name in product(_KINDS, (LMER, GLMER, HANDOUT)):
        (shell.magics_manager.magics or {})[kind].pop(name, None)
    matchers = shell.Completer.custom_matchers
    matchers[:] = [matcher for matcher in matchers if not _is_ours(matcher)]


def _is_ours(matcher: object) -> bool:
    return getattr(matcher, "matcher_identifier", None) == IDENTIFIER
