"""A browser that is run from outside, by Chromium's DevTools protocol: open a page, wait for it, print it."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from mixwidget.errors import MissingProgramError

SECONDS = 60.0  # for a start or an answer, on a machine that has other things to do
POLL_SECONDS = 0.02
PORT_FILE = "DevToolsActivePort"  # Chromium writes here where it listens
LAST_WORDS = "stderr.txt"
MISSING = (
    "to_pdf() talks to the browser through the package websocket-client, which is not installed; "
    "pip install 'mixwidget[handout]', or open the page in any browser and print it"
)


class Socket(Protocol):
    """What is used of a connection of websocket-client."""

    def send(self, payload: str) -> int:
        """Send a text."""
        ...

    def recv(self) -> str | bytes:
        """Wait for the next message."""
        ...

    def close(self) -> None:
        """End it."""
        ...


class BrowserPage:
    """A page of a running browser."""

    def __init__(self, socket: Socket, session: str) -> None:
        self._socket = socket
        self._session = session
        self._numbers = itertools.count(1)

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Call a method of the protocol on the page and return its result.

        Raises
        ------
        MissingProgramError
            If the browser refuses.
        """
        return _call(self._socket, next(self._numbers), method, params, self._session)

    def value(self, script: str) -> Any:
        """Return what an expression of JavaScript is worth, once its promise is kept."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise MissingProgramError(f"the page could not be printed: {answer['exceptionDetails']['text']}")
        return answer["result"].get("value")


@contextmanager
def open_page(browser: str, page: Path, window: str) -> Generator[BrowserPage]:
    """Open a file in a browser without a window and with a profile of its own, which ends with the context.

    Parameters
    ----------
    browser : str
        Path of Chromium or a relative.
    page : Path
    window : str
        Width and height in CSS pixels, with a comma.

    Raises
    ------
    MissingProgramError
        If the browser does not start, or websocket-client is not installed.
    """
    connect = _find_connect()
    with TemporaryDirectory(prefix="mixwidget-", ignore_cleanup_errors=True) as profile:
        process = _start(browser, profile, window)
        try:
            socket = connect(_address(process, browser, Path(profile)), timeout=SECONDS, suppress_origin=True)
            try:
                opened = BrowserPage(socket, _new_tab(socket))
                opened.call("Page.navigate", url=page.resolve().as_uri())
                yield opened
            finally:
                socket.close()
        finally:
            process.terminate()
            process.wait()


def _find_connect() -> Any:
    try:
        from websocket import create_connection
    except ImportError:
        raise MissingProgramError(MISSING) from None
    return create_connection


def _start(browser: str, profile: str, window: str) -> subprocess.Popen[bytes]:
    command = [
        *(browser, "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
        *([] if not _is_root() else ["--no-sandbox"]),
        *(f"--user-data-dir={profile}", f"--window-size={window}", "--remote-debugging-port=0", "about:blank"),
    ]
    with (Path(profile) / LAST_WORDS).open("wb") as errors:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)  # noqa: S603  the browser that was found, without a shell


def _address(process: subprocess.Popen[bytes], browser: str, profile: Path) -> str:
    """Return where the browser listens, once it has said so."""
    limit = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < limit:
        said = _read(profile / PORT_FILE).split()
        if len(said) == 2:
            return f"ws://127.0.0.1:{said[0]}{said[1]}"
        time.sleep(POLL_SECONDS)
    last = (_read(profile / LAST_WORDS).strip().splitlines() or ["no reason given"])[-1]
    raise MissingProgramError(f"{browser} did not start ({last}); print the page from a browser instead")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # not there yet, or being written
        return ""


def _new_tab(socket: Socket) -> str:
    """Open an empty tab and return the session that speaks to it."""
    tab = _call(socket, 1, "Target.createTarget", {"url": "about:blank"})
    attached = _call(socket, 2, "Target.attachToTarget", {"targetId": tab["targetId"], "flatten": True})
    return attached["sessionId"]


def _call(
    socket: Socket, number: int, method: str, params: dict[str, Any], session: str | None = None
) -> dict[str, Any]:
    message = {"id": number, "method": method, "params": params} | ({"sessionId": session} if session else {})
    socket.send(json.dumps(message))
    while True:  # events come in between
        answer = json.loads(socket.recv())
        if (answer.get("id"), answer.get("sessionId")) != (number, session):
            continue
        if "error" in answer:
            raise MissingProgramError(f"the browser refused {method}: {answer['error']['message']}")
        return answer["result"]


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium's sandbox refuses to run for root
