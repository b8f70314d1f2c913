"""Servers that the tests of this folder share."""

from __future__ import annotations

import os

import pytest

from tests.e2e.notebook_page import AXE, NotebookPage
from tests.e2e.server import jupyter


@pytest.fixture(scope="session", params=["jupyterlab", "notebook"])
def server(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    with jupyter(request.param, folder) as address:
        yield address, request.param, folder / "work"


@pytest.fixture
def notebook(browser, server):
    context = browser.new_context(viewport={"width": 1280, "height": 1700})
    page = context.new_page()
    made = NotebookPage(page, *server)
    yield made
    errors = made.our_errors()
    context.close()
    assert errors == []


@pytest.fixture(scope="session")
def axe():
    """Axe-core in js/node_modules: skips without it on a user's machine, fails without it in CI."""
    if not AXE.exists():
        message = "axe-core is not installed (cd js && npm ci)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
