"""Open built pages in Chromium without a network: nothing may be asked for, and no script may fail.

The first pages of each folder, or every one with `--all`.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LOCAL = ("file:", "data:", "blob:", "about:")
EACH = 3


def faults_of(root: Path, pages: list[Path]) -> list[str]:
    """Return what pages asked of other hosts, and the errors of their scripts."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, BROWSERS)))
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(offline=True)
        for page in pages:
            faults += [f"{page.relative_to(root)}: {fault}" for fault in _faults(context, page)]
        browser.close()
    return faults


def _faults(context: Any, path: Path) -> list[str]:
    found: list[str] = []
    page = context.new_page()
    page.on(
        "request", lambda request: found.append(f"asks {request.url}") if not request.url.startswith(LOCAL) else None
    )
    page.on("pageerror", lambda error: found.append(f"script error: {error}"))
    page.goto(path.as_uri())
    page.close()
    return found


def _some_of_each_folder(pages: list[Path]) -> list[Path]:
    """Return the first pages of each folder: those of one folder are made alike."""
    folders = sorted({page.parent for page in pages})
    return [page for folder in folders for page in [known for known in pages if known.parent == folder][:EACH]]


if __name__ == "__main__":
    site = Path(sys.argv[1]).resolve()
    if not any(map(shutil.which, BROWSERS)):
        print("Chromium is not installed: the pages were not opened")
        sys.exit(0)
    shown = [
        path for path in sorted(site.rglob("*.html")) if path.relative_to(site).parts[0] not in {"_static", "lite"}
    ]
    shown = shown if "--all" in sys.argv else _some_of_each_folder(shown)
    faults = faults_of(site, shown)
    print("\n".join(faults) or f"{len(shown)} pages opened without a request or an error")
    sys.exit(bool(faults))
