"""What the documents say is true: README's code runs and prints what it shows, and its targets and files exist."""

from __future__ import annotations

import atexit
import contextlib
import io
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "NOTATION.md", "CHANGELOG.md", "docs/messages.md", "docs/f_tests.md")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    language: str
    text: str


def _blocks(document: str) -> list[Block]:
    return [Block(*match) for match in FENCE.findall((ROOT / document).read_text(encoding="utf-8"))]


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """A fresh IPython, as one notebook, that leaves no instance behind."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    made = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    yield made
    InteractiveShell.clear_instance()
    made.atexit_operations()
    atexit.unregister(made.atexit_operations)


def test_the_code_of_the_readme_runs_and_prints_what_it_shows(shell):
    printed = ""
    shown = 0
    for block in _blocks("README.md"):
        if block.language in ("python", "ipython"):
            printed = _run(shell, block.text)
        elif block.language == "text":
            assert _squeezed(printed) == _squeezed(block.text)
            shown += 1
    assert shown == 2


def _run(shell: InteractiveShell, code: str) -> str:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        shell.run_cell(code).raise_error()
    return output.getvalue()


def _squeezed(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_make_targets_that_are_named_exist(document):
    named = set(re.findall(r"\bmake ([a-z]+)\b(?=[`\s])", _code_of(document)))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= targets


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_that_are_named_exist(document):
    named = set(
        re.findall(r"`((?:[a-z_]+/)*[\w.]+\.(?:py|md|json|ipynb))`", (ROOT / document).read_text(encoding="utf-8"))
    )
    folders = ("", "mixwidget", "mixwidget/datasets/data")
    assert not [name for name in named if not any((ROOT / folder / name).exists() for folder in folders)]


def _code_of(document: str) -> str:
    text = (ROOT / document).read_text(encoding="utf-8")
    indented = re.findall(r"^    .*$", text, re.MULTILINE)
    return "\n".join([*re.findall(r"`[^`\n]+`", text), *indented, *(block.text for block in _blocks(document))])
