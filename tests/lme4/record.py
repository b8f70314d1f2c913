"""Record what R says of the fits in `fits.py`: ``python -m tests.lme4.record``; needs R with lme4."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from mixwidget.lme4.compare import compare_with_lme4
from tests.lme4.fits import FITS
from tests.lme4.programs import RECORDED, executable

_KEEPER = """#!{python}
import pathlib, shutil, subprocess, sys
subprocess.run([{rscript!r}, *sys.argv[1:]], check=True)
shutil.copy("model.R", {code!r})
shutil.copy("found.csv", {found!r})
"""


def main() -> None:
    """Ask R about every fit, and keep the question and the answer."""
    rscript = shutil.which("Rscript")
    for name, made in FITS.items():
        code, found = (os.fspath(RECORDED / f"{name}{suffix}") for suffix in (".R", ".csv"))
        with tempfile.TemporaryDirectory() as folder:
            text = _KEEPER.format(python=sys.executable, rscript=rscript, code=code, found=found)
            compare_with_lme4(made(), executable(Path(folder) / "Rscript", text))


if __name__ == "__main__":
    main()
