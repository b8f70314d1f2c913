"""Servers and browsers that the tests of this folder share."""

from __future__ import annotations

import pytest

from tests.e2e.notebook_page import FLAGS, NotebookPage
from tests.e2e.server import jupyter

sync_api = pytest.importorskip("playwright.sync_api")


@pytest.fixture(scope="session")
def browser(chromium):
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        yield running
        running.close()


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
