"""The IPython shell that runs the notebook's cells: looked up where it runs, never imported."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any


def running_shell() -> Any:
    """Return the running IPython shell, None where IPython was never imported or does not run."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def in_kernel() -> bool:
    """Return whether the code runs in a Jupyter kernel, so that a widget can be shown."""
    return getattr(running_shell(), "kernel", None) is not None


def in_marimo() -> bool:
    """Return whether the code runs in a notebook of marimo, which has no IPython shell."""
    marimo = sys.modules.get("marimo")
    return marimo is not None and bool(marimo.running_in_notebook())


def cell_id(shell: Any) -> str | None:
    """Return the front end's name of the running cell; terminals, nbclient and old front ends give none."""
    parent = shell.get_parent() if shell is not None and hasattr(shell, "get_parent") else None
    metadata = parent.get("metadata", {}) if isinstance(parent, dict) else {}
    return metadata.get("cellId")


def is_watched() -> bool:
    """Return whether a front end runs the cell, which a person looks at; nbclient and nbconvert do not name theirs."""
    return cell_id(running_shell()) is not None


def publish(
    data: Mapping[str, Any], metadata: Mapping[str, Any] | None = None, *, display_id: str = "", update: bool = False
) -> None:
    """Put an output below the running cell, or rewrite those of the same display id; any thread may.

    Parameters
    ----------
    data : mapping
        A mime bundle.
    metadata : mapping, optional
    display_id : str
        By which the output can be rewritten; it is not saved with the notebook.
    update : bool
    """
    transient = {"display_id": display_id} if display_id else {}
    running_shell().display_pub.publish(dict(data), dict(metadata or {}), transient=transient, update=update)
