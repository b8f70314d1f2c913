"""Servers that the tests of this folder share."""

from __future__ import annotations

import os
from contextlib import ExitStack
from functools import cache

import pytest

from tests.conftest import BROWSER_FLAGS
from tests.e2e.notebook_page import AXE, SIZE, NotebookPage
from tests.e2e.server import jupyter


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    """What gives the server of an application: started when it is first asked for, and there for all tests.

    JupyterLab's kernels are warm; those of Notebook 7 import everything themselves, as a user's do.
    """
    with ExitStack() as running:

        @cache
        def of(app):
            folder = tmp_path_factory.mktemp(app)
            return running.enter_context(jupyter(app, folder, is_warm=app == "jupyterlab")), app, folder / "work"

        yield of


@pytest.fixture(params=["jupyterlab", "notebook"])
def server(request, servers):
    return servers(request.param)


@pytest.fixture(scope="session")
def profile(browser, chromium, tmp_path_factory):
    """A browser with a profile, as a user's: it keeps the compiled scripts of JupyterLab from page to page."""
    folder = tmp_path_factory.mktemp("profile")
    start = browser.browser_type.launch_persistent_context
    context = start(folder, executable_path=chromium, headless=True, args=BROWSER_FLAGS, viewport=SIZE)
    yield context
    context.close()


@pytest.fixture
def notebook(profile, server):
    """A page to open a notebook in: the JupyterLab that a test before this one left open, or a new one."""
    address = server[0]
    left_open = [page for page in profile.pages if page.url.startswith(f"{address}/lab")]
    made = NotebookPage(left_open[0] if left_open else profile.new_page(), *server)
    yield made
    errors = made.our_errors()  # before the application complains of what is taken from it
    made.leave()
    assert errors == []


@pytest.fixture(scope="session")
def axe():
    """Axe-core in js/node_modules: skips without it on a user's machine, fails without it in CI."""
    if not AXE.exists():
        message = "axe-core is not installed (cd js && npm ci)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
