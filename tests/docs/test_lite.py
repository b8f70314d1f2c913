"""What the browser's Python has not (threads, processes, vl-convert), the package does without."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
LITE = ROOT / "docs" / "lite"

# As in Pyodide: no thread starts, the module of processes cannot be imported, no vl-convert. `sys.platform` changes
# after the compiled packages, which are other builds there.
IN_THE_BROWSER = """
import sys, threading
import numpy, scipy.optimize, scipy.stats, pandas, IPython, anywidget, ipywidgets, statsmodels.api

def start(self):
    raise RuntimeError("can't start new thread")

threading.Thread.start = start
for name in ("_multiprocessing", "multiprocessing.synchronize", "vl_convert"):
    sys.modules[name] = None
sys.platform = "emscripten"

import mixwidget as mw

sleep = mw.load_dataset("sleepstudy")
fit = mw.lmer("Reaction ~ Days + (Days | Subject)", sleep)
slope = lambda model: model.fixef["Days"]
shared = fit.bootstrap(60, slope, seed=1, processes=2, progress=False)
alone = fit.bootstrap(60, slope, seed=1, progress=False)
assert (shared.replicates == alone.replicates).all().all()
fit.anova(ddf="kenward-roger"), fit.influence("Subject"), fit.profile()
from tests.widgets.fixtures import command, with_form

picker = fit.picker()
command(picker, 1, action="choose", choice=with_form(picker.ladder["choice"], "Subject", "diagonal"))
assert picker.formula == "Reaction ~ Days + (Days || Subject)", picker.status
mw.glmer("cbind(incidence, size - incidence) ~ period + (1 | herd)", mw.load_dataset("cbpp")).summary()
print(fit.verdict, len(shared.replicates))
"""


def test_fits_bootstraps_and_pickers_work_without_threads_and_processes():
    done = subprocess.run([sys.executable, "-c", IN_THE_BROWSER], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "Converged. 60"


def test_notebooks_for_the_browser_install_the_package_first(tmp_path):
    written = _prepare()(tmp_path)
    assert written
    for path in written:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert notebook.cells[0].source.startswith("%pip install -q mixwidget")


def test_the_settings_of_jupyterlite_are_json_with_its_schema():
    settings = json.loads((LITE / "jupyter-lite.json").read_text(encoding="utf-8"))
    assert settings["jupyter-lite-schema-version"] == 0


def _prepare():
    spec = importlib.util.spec_from_file_location("lite_prepare", LITE / "prepare.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.prepare
