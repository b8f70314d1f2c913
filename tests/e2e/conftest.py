"""Servers that the tests of this folder share."""

from __future__ import annotations

import os
from contextlib import ExitStack
from functools import cache

import pytest

from tests.e2e.notebook_page import AXE, NotebookPage
from tests.e2e.server import end_kernels, jupyter


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    """What gives the server of an application: started when it is first asked for, and there for all tests."""
    with ExitStack() as running:

        @cache
        def of(app):
            folder = tmp_path_factory.mktemp(app)
            return running.enter_context(jupyter(app, folder)), app, folder / "work"

        yield of


@pytest.fixture(params=["jupyterlab", "notebook"])
def server(request, servers):
    return servers(request.param)


@pytest.fixture
def notebook(browser, server):
    context = browser.new_context(viewport={"width": 1280, "height": 1700})
    page = context.new_page()
    made = NotebookPage(page, *server)
    yield made
    errors = made.our_errors()
    context.close()
    end_kernels(made.address)
    assert errors == []


@pytest.fixture(scope="session")
def axe():
    """Axe-core in js/node_modules: skips without it on a user's machine, fails without it in CI."""
    if not AXE.exists():
        message = "axe-core is not installed (cd js && npm ci)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
