"""How Sphinx builds the documentation: `make docs`, or `make docs-tests` without running notebooks."""

import os
import sys
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]  # the package of this clone, and the extensions beside this file

from gathered import gather, package_state
from public_classes import own_members

gather(HERE)

project = author = "mixwidget"
version = release = installed("mixwidget")
extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_copybutton",
    "sphinx_design",
    "formulas",
    "public_classes",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "lite"]
suppress_warnings = ["config.cache"]  # a function in `autosummary_context` is not pickled
nitpicky = True  # with -W a cross reference that leads nowhere fails the build
nitpick_ignore_regex = [("py:.*", r"(?!mixwidget\.).*")]  # words of types, and what other packages document

myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
html_math_renderer = "mathml"  # formulas.py: no script, no font, no request

nb_execution_mode = os.environ.get("DOCS_NOTEBOOKS", "cache")  # "off": as they are stored, without results
nb_execution_cache_path = str(HERE / "_build" / "executed" / package_state())
nb_execution_timeout = 120
nb_execution_raise_on_error = True
nb_merge_streams = True
nb_ipywidgets_js = {}  # no require.js and html-manager from a CDN
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None), ("html", "image/svg+xml", 5)]

autosummary_generate = True
autosummary_context = {"own_members": own_members}
autodoc_typehints = "none"  # the docstrings have types and shapes in words
numpydoc_show_class_members = False  # _templates/autosummary/class.rst lists them
copybutton_prompt_text = ">>> |... "

html_theme = "pydata_sphinx_theme"
html_title = "mixwidget"
html_theme_options = {
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_end": [],
}
html_static_path = ["_static"]
html_css_files = ["docs.css"]
html_show_sourcelink = False


def _without_widget_state(_app: Any, _page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Leave out ipywidgets' state, 100 kB a page for which no script is there: what is alive is the saved twin."""
    state = "application/vnd.jupyter.widget-state+json"
    files = context.get("script_files", [])
    context["script_files"] = [file for file in files if getattr(file, "attributes", {}).get("type") != state]


def setup(app: Any) -> None:
    app.connect("html-page-context", _without_widget_state, priority=900)
