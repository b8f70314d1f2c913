"""Kernels that have imported the packages already: each is a fork of one process, and from there on one as any other.

    python warm_kernel.py fork FD           imports, and forks a kernel for each connection to the socket
    python warm_kernel.py PORT -f FILE      what a server starts as its kernel: asks for a fork, and lives as long as it

Two thirds of what a kernel computes in these tests are imports. Notebook 7 has kernels that import for themselves.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

ADDRESS = "127.0.0.1"


@contextmanager
def warm_kernels(data: Path, environment: dict[str, str], log):
    """Let the kernels for Python of a server be such forks; its `JUPYTER_PATH` is to name `data`."""
    folder = data / "kernels" / "python3"
    folder.mkdir(parents=True, exist_ok=True)
    with socket.create_server((ADDRESS, 0)) as listening:
        argv = [sys.executable, "-S", __file__, str(listening.getsockname()[1]), "-f", "{connection_file}"]
        spec = {"argv": argv, "display_name": "Python 3 (ipykernel)", "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(spec | {"metadata": {"debugger": True}}))
        fd = listening.fileno()
        command = [sys.executable, __file__, "fork", str(fd)]
        options = {"env": environment, "stdout": log, "stderr": log, "start_new_session": True}
        process = subprocess.Popen(command, pass_fds=[fd], **options)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def _fork(listening: socket.socket) -> None:
    """Fork for each connection; only the forks return, as kernels."""
    import gc
    import pkgutil

    import ipykernel.kernelapp

    import mixwidget

    del sys.path[0]  # the folder of this file
    for module in pkgutil.walk_packages(mixwidget.__path__, "mixwidget."):
        __import__(module.name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombies
    while True:
        connection, _ = listening.accept()
        if os.fork() == 0:
            break
        connection.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    listening.close()
    asked = json.loads(connection.makefile("rb", buffering=0).readline())
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    threading.Thread(target=_obey, args=[connection], daemon=True).start()
    sys.argv[1:] = asked["arguments"]
    ipykernel.kernelapp.launch_new_instance()


def _obey(connection: socket.socket) -> None:
    """Be interrupted, and end, as the process that asked for the kernel."""
    while connection.recv(1):
        os.kill(os.getpid(), signal.SIGINT)
    os._exit(0)


def _ask(port: int, arguments: list[str]) -> None:
    with socket.create_connection((ADDRESS, port)) as connection:
        signal.signal(signal.SIGINT, lambda *_: connection.sendall(b"i"))
        # a kernel that looked for its parent would not find the server
        environment = {name: value for name, value in os.environ.items() if name != "JPY_PARENT_PID"}
        asked = {"environment": environment, "folder": os.getcwd(), "arguments": arguments}  # noqa: PTH109
        connection.sendall(json.dumps(asked).encode() + b"\n")
        connection.recv(1)  # the kernel says nothing: it has ended


if __name__ == "__main__":
    if sys.argv[1] == "fork":
        _fork(socket.socket(fileno=int(sys.argv[2])))
    else:
        _ask(int(sys.argv[1]), sys.argv[2:])
