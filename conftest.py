"""For pytest alone: the package is imported as a user imports it, before pytest collects its files one by one."""

from __future__ import annotations

import importlib


def pytest_collection() -> None:
    """Import the package.

    Collecting ``mixwidget/lmer.py`` first, pytest's importlib mode would put the module in the place of the function of
    the same name, and its doctests would call a module.
    """
    importlib.import_module("mixwidget")
