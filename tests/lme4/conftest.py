"""An Rscript for the tests: the one of this machine where it has lme4, else one that plays what R once said."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.lme4.programs import RECORDED, executable

_PLAYER = """#!{python}
import pathlib, sys
asked = pathlib.Path("model.R").read_text(encoding="utf-8")
for code in pathlib.Path({recorded!r}).glob("*.R"):
    if code.read_text(encoding="utf-8") == asked:
        pathlib.Path("found.csv").write_bytes(code.with_suffix(".csv").read_bytes())
        sys.exit()
sys.exit("no such exchange was recorded; python -m tests.lme4.record makes it, where R has lme4")
"""


@pytest.fixture(scope="session")
def played_r(tmp_path_factory):
    """A program in the place of Rscript that answers from the recorded exchanges."""
    player = _PLAYER.format(python=sys.executable, recorded=str(RECORDED))
    return executable(tmp_path_factory.mktemp("R") / "Rscript", player)


@pytest.fixture(scope="session")
def any_r(played_r):
    """R itself where it is installed with lme4, else the recorded exchange: nothing is skipped."""
    found = shutil.which("Rscript")
    if found is None:
        return played_r
    probe = subprocess.run([found, "-e", "library(lme4)"], capture_output=True, check=False)
    return played_r if probe.returncode else found
