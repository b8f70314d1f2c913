"""A real IPython shell with the extension loaded."""

from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.testing.globalipapp import start_ipython

from mixwidget.magic.extension import load_ipython_extension, unload_ipython_extension


@pytest.fixture(scope="session")
def _shell() -> InteractiveShell:
    return start_ipython() or InteractiveShell.instance()


@pytest.fixture
def shell(_shell, monkeypatch):
    """Return the shell with our magics and an empty namespace."""
    _shell.reset()
    load_ipython_extension(_shell)
    yield _shell
    unload_ipython_extension(_shell)
