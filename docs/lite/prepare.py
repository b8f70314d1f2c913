"""Write the notebooks that JupyterLite opens: those of `demo_notebooks/`, which first install the package."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).parents[2] / "demo_notebooks"
INSTALL = "%pip install -q mixwidget  # the wheel comes with this site; numpy, scipy and pandas with the kernel"


def prepare(into: Path) -> list[Path]:
    """Write the notebooks into a folder, and return what was written."""
    into.mkdir(parents=True, exist_ok=True)
    written = [into / path.name for path in sorted(NOTEBOOKS.glob("*.ipynb"))]
    for target in written:
        notebook = nbformat.read(NOTEBOOKS / target.name, as_version=4)
        first = nbformat.v4.new_code_cell(INSTALL, id="install")
        nbformat.write(nbformat.from_dict({**notebook, "cells": [first, *notebook.cells]}), target)
    return written


if __name__ == "__main__":
    print(f"{len(prepare(Path(sys.argv[1])))} notebooks for the browser")
