"""What all tests share: one BLAS thread, no deadline for hypothesis, and Chromium where it is installed."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

# before the first test module imports numpy; two workers with two BLAS threads each only get in each other's way
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# a busy machine is slow, not wrong; fixed draws, so that a failure comes back when it is looked for
settings.register_profile("house", deadline=None, derandomize=True, max_examples=40)
settings.load_profile("house")

HERE = Path(__file__).parent
# a headless browser that asks nobody on the network anything
BROWSER_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-proxy-server", "--disable-dev-shm-usage"),
]


def pytest_collection_modifyitems(items):
    """Begin with the files that open pages, then those of the whole package: what begins last should be short."""
    of_pages = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: (item.path not in of_pages, item.path.parent != HERE))


def pytest_collection_finish():
    """Leave thousands of tests and the packages out of every collection of garbage: they stay to the end anyway."""
    gc.collect()
    gc.freeze()


def find_chromium() -> str | None:
    """Return the path of the system's Chromium, ``MIXWIDGET_CHROMIUM`` first."""
    names = (os.environ.get("MIXWIDGET_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium: skips without it on a user's machine, fails without it in CI."""
    path = find_chromium()
    if path is None:
        message = "Chromium is not installed (Debian: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="session")
def browser(chromium):
    """One headless Chromium for all tests of a process: Playwright allows no second one beside it."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, headless=True, args=BROWSER_FLAGS)
        yield running
        running.close()
