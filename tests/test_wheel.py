"""The built wheel works where nothing else is installed: a missing dependency or data file shows here."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# -I: the working folder and PYTHONPATH do not count, so that the package can only come from the wheel
FIRST_FIT = """
import json
import mixwidget as mw
fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
rows = {name: len(mw.load_dataset(name)) for name in mw.datasets.list_datasets().index}
print(json.dumps({"file": mw.__file__, "criterion": fit.criterion, "summary": str(fit.summary()), "rows": rows}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    _run("-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def empty_python(tmp_path_factory):
    folder = tmp_path_factory.mktemp("empty") / "venv"
    venv.create(folder, with_pip=False)
    return folder / "bin" / "python"


def test_the_wheel_is_pure_and_holds_only_the_package(wheel):
    assert wheel.name.endswith("-py3-none-any.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"mixwidget", "mixwidget-0.1.0.dist-info"}
    assert {"mixwidget/py.typed", "mixwidget/datasets/data/catalogue.json"} < set(names)
    assert not [name for name in names if "__pycache__" in name]


def test_a_fit_runs_from_the_wheel_in_an_empty_environment(wheel, empty_python, tmp_path):
    _run("-m", "pip", "--python", empty_python, "install", "--quiet", wheel)
    done = subprocess.run(
        [empty_python, "-I", "-c", FIRST_FIT], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert Path(found["file"]).is_relative_to(empty_python.parents[1])
    assert found["criterion"] == pytest.approx(1743.6282719599)
    assert "Satterthwaite" in found["summary"]
    assert found["rows"]["insteval"] == 73421
    assert len(found["rows"]) == 16


def _run(*arguments):
    done = subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
