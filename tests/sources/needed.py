"""Packages that only some users have: tests that need one are skipped without it, and fail without it in CI."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import pytest


def needed(module: str) -> Any:
    """Import a module."""
    if os.environ.get("CI") == "true":
        return import_module(module)
    return pytest.importorskip(module)
