"""A page as PDF, by the Chromium or Chrome that is installed: nothing else draws a page as its reader sees it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from mixwidget.errors import MissingProgramError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
SETTING = "MIXWIDGET_CHROMIUM"
WINDOW = "760,1400"  # as wide as the paper between its margins, and higher than where the explorer makes two panes
WAKE_MS = 10_000  # of the browser's own time, which runs ahead when nothing happens: the widgets wake in 0.3 s
SECONDS = 120.0


def print_pdf(page: Path, path: Path) -> Path:
    """Print a page without header and footer; return the path of the PDF.

    Raises
    ------
    MissingProgramError
        If there is no such browser, or it prints nothing.
    """
    browser = find_browser()
    with TemporaryDirectory(prefix="mixwidget-") as profile:
        command = [
            *(browser, "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
            *([] if not _is_root() else ["--no-sandbox"]),
            *(f"--user-data-dir={profile}", f"--window-size={WINDOW}"),
            *("--no-pdf-header-footer", f"--virtual-time-budget={WAKE_MS}"),
            *(f"--print-to-pdf={path.resolve()}", page.resolve().as_uri()),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603
    if done.returncode != 0 or not path.exists():
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise MissingProgramError(f"{browser} printed no PDF ({last}); print {page} from a browser instead")
    return path


def find_browser() -> str:
    """Return the path of a browser that prints: the one of the setting first.

    Raises
    ------
    MissingProgramError
        If none is found.
    """
    names = (os.environ.get(SETTING, ""), *NAMES, *PLACES)
    found = next(filter(None, map(shutil.which, filter(None, names))), None)
    if found is None:
        raise MissingProgramError(
            f"to_pdf() needs Chromium or Chrome, and none was found; install one, let {SETTING} name it, "
            "or open the page in any browser and print it"
        )
    return found


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium's sandbox refuses to run for root
