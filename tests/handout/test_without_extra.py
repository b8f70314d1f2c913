"""nbconvert loads every exporter that is installed, whatever it writes: ours must not need what it may be without."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mixwidget.errors import MissingProgramError
from mixwidget.handout.pdf import SETTING, print_pdf

# as after `pip install mixwidget nbconvert`: the reader of formulas is not there
CODE = """
import sys; sys.modules['docutils'] = None
from nbconvert.exporters import get_export_names, get_exporter
assert 'handout' in get_export_names()
print(get_exporter('handout').__name__)

import nbformat
from mixwidget.handout.exporter import HandoutExporter

def convert(text):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    return HandoutExporter().from_notebook_node(notebook)[0]

print('said so' if 'said so' in convert('said so') else 'lost')
convert('said so: $b^2$')
"""


@pytest.fixture(scope="module")
def done():
    return subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("line", "printed"), [(0, "HandoutExporter"), (1, "said so")])
def test_the_exporter_is_there_without_its_extra(done, line, printed):
    assert done.stdout.split("\n")[line] == printed, done.stderr


def test_a_formula_without_its_reader_says_what_to_install(done):
    assert done.returncode != 0
    assert 'docutils 0.22 or later, which is not there; pip install "mixwidget[handout]"' in done.stderr


def test_paper_without_the_way_to_the_browser_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv(SETTING, sys.executable)  # any program: it is not started
    monkeypatch.setitem(sys.modules, "websocket", None)
    with pytest.raises(MissingProgramError, match=r"websocket-client.*pip install 'mixwidget\[handout\]'"):
        print_pdf(tmp_path / "page.html", tmp_path / "page.pdf")


def test_a_browser_that_does_not_start_says_its_last_words(tmp_path, monkeypatch):
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\necho no screen here >&2\nexit 3\n", encoding="utf-8")
    browser.chmod(0o755)
    monkeypatch.setenv(SETTING, str(browser))
    with pytest.raises(MissingProgramError, match=r"did not start \(no screen here\)"):
        print_pdf(tmp_path / "page.html", tmp_path / "page.pdf")
