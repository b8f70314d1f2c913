"""A real Jupyter server in a process of its own: JupyterLab's own settings, none of the user's."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.e2e.warm_kernel import warm_kernels

ROOT = Path(__file__).parents[2]
APPS = {"jupyterlab": "LabApp", "notebook": "JupyterNotebookApp"}
# whether JupyterLab should be built anew, it would ask yarn at every opening of a page
PAGE = {"buildAvailable": False, "buildCheck": False}
START_SECONDS = 90  # a busy machine with two cores
SETTINGS = {
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false", "checkForUpdates": False},
}


@contextmanager
def jupyter(app: str, folder: Path, is_warm: bool = False):
    """Start ``jupyterlab`` or ``notebook`` over a folder; yields its address."""
    port = free_port()
    arguments = [
        *("--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"),
        *("--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.password="),
        *("--ServerApp.disable_check_xsrf=True", f"--ServerApp.root_dir={folder / 'work'}"),
        f"--{APPS[app]}.expose_app_in_browser=True",
    ]
    (folder / "work").mkdir(parents=True, exist_ok=True)
    environment = _environment(folder)
    with ExitStack() as stack:
        log = stack.enter_context((folder / "server.log").open("w"))
        if is_warm:
            stack.enter_context(warm_kernels(folder / "warm", environment, log))
            environment["JUPYTER_PATH"] = str(folder / "warm")  # comes before what the virtual environment has
        command = [sys.executable, "-m", app, *arguments]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/api/status", process, folder / "server.log")
            yield address
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


def end_kernels(address: str) -> None:
    """End what notebooks left running: the next one of that name would find its variables."""
    for session in json.loads(_ask(f"{address}/api/sessions")):
        _ask(f"{address}/api/sessions/{session['id']}", method="DELETE")


def trust(folder: Path, notebook: Path) -> None:
    """Say to the server of a folder that the user trusts a notebook, whoever wrote it."""
    code = "from nbformat.sign import TrustNotebookApp; TrustNotebookApp.launch_instance()"
    subprocess.run([sys.executable, "-c", code, str(notebook)], env=_environment(folder), check=True)


def _environment(folder: Path) -> dict[str, str]:
    environment = dict(os.environ)
    names = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    environment |= {f"JUPYTER_{name}": str(folder / name.lower()) for name in names}
    settings = folder / "settings"
    for name, value in SETTINGS.items():
        path = settings / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))
    page = folder / "config_dir" / "labconfig" / "page_config.json"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(json.dumps(PAGE))
    environment |= {
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
        "NO_PROXY": "127.0.0.1,localhost",
        "PYTHONPATH": str(ROOT),
        "OPENBLAS_NUM_THREADS": "1",
    }
    environment.pop("PYTEST_CURRENT_TEST", None)
    return environment


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            _ask(address)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-3000:]}")


def _ask(address: str, method: str = "GET") -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(address, method=method)  # noqa: S310  a server of ours
    return opener.open(request, timeout=30).read()
