"""What `import mixwidget` loads, and what a first fit does; that names which come late are there all the same."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import mixwidget as mw

ROOT = Path(__file__).parents[1]
SLOW = ("scipy.stats", "scipy.optimize", "scipy.interpolate", "narwhals", "statsmodels", "formulaic", "altair")
WIDGETS = ("anywidget", "ipywidgets", "IPython", "matplotlib", "polars")
FIT = 'str(mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy")).summary())'


def _run(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout.split()


def _loaded(code: str, names: tuple[str, ...]) -> list[str]:
    return _run(f"import sys; {code}; print(*[name for name in {names!r} if name in sys.modules])")


def test_importing_mixwidget_loads_no_package_at_all():
    assert _loaded("import mixwidget", (*SLOW, *WIDGETS, "numpy", "pandas", "scipy")) == []


def test_importing_mixwidget_loads_no_room():
    loaded = _run("import sys, mixwidget; print(*sorted(name for name in sys.modules if name.startswith('mixwidget')))")
    assert loaded == ["mixwidget", "mixwidget.errors"]


def test_a_fit_and_its_summary_load_no_slow_package():
    assert _loaded(f"import mixwidget as mw; {FIT}", (*SLOW, *WIDGETS)) == []


@pytest.mark.parametrize("name", mw.__all__)
def test_each_public_name_comes_first_in_a_fresh_process(name):
    assert _run(f"from mixwidget import {name}; print({name}.__name__)") in ([name], [f"mixwidget.{name}"])


def test_star_import_brings_every_public_name():
    names: dict[str, object] = {}
    exec("from mixwidget import *", names)  # noqa: S102  what a user of notebooks may write
    assert set(mw.__all__) <= set(names)


def test_dir_names_what_is_not_loaded_yet():
    assert "simplify" in _run("import mixwidget; print(*dir(mixwidget))")


@pytest.mark.parametrize(
    "before",
    ["import mixwidget.lmer", "import mixwidget.magic.fitting", "from mixwidget.lmer import lmer", "mw.LmerModel"],
)
def test_the_module_of_a_functions_name_does_not_hide_the_function(before):
    assert _run(f"import mixwidget as mw; {before}; print(type(mw.lmer).__name__)") == ["function"]


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'mixwidget' has no attribute 'lmre'"):
        mw.lmre  # noqa: B018  what is asked for is the attribute


def test_type_checkers_see_the_homes_that_are_used_at_run_time():
    tree = ast.parse((ROOT / "mixwidget" / "__init__.py").read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {alias.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen == mw._HOME
    assert set(seen) | {"errors", "load_ipython_extension", "unload_ipython_extension"} == set(mw.__all__)
