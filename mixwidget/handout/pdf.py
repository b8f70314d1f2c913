"""A page as PDF, by the Chromium or Chrome that is installed: nothing else draws a page as its reader sees it."""

from __future__ import annotations

import base64
import os
import shutil
from pathlib import Path

from mixwidget.errors import MissingProgramError
from mixwidget.handout.devtools import open_page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
SETTING = "MIXWIDGET_CHROMIUM"
WINDOW = "760,1400"  # as wide as the paper between its margins, and higher than where the explorer makes two panes
WAKE_MS = 15_000  # a page whose widgets do not wake in this time is printed with the tables that stand in their place
WAKE = f"""(async () => {{
  const limit = performance.now() + {WAKE_MS};
  const frame = () => new Promise(requestAnimationFrame);
  const waits = ".mw-twin[data-state]:not(.mw-awake), .mw-any:not(:has(.mw-any-drawn))";
  const isSeen = (place) => place.getClientRects().length > 0;
  const sleeps = () => document.readyState !== "complete" || [...document.querySelectorAll(waits)].some(isSeen);
  while (sleeps() && performance.now() < limit) await frame();
  await frame();
  await frame();  // what a widget measures in its first frame it draws in the second
}})()"""


def print_pdf(page: Path, path: Path) -> Path:
    """Print a page without header and footer, once its widgets are awake; return the path of the PDF.

    Raises
    ------
    MissingProgramError
        If there is no such browser, or it prints nothing.
    """
    with open_page(find_browser(), page, WINDOW) as shown:
        shown.value(WAKE)
        printed = shown.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
    path.write_bytes(base64.b64decode(printed["data"]))
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
