"""Every message has its entry in docs/messages.md, and the example of each brings up exactly what the page quotes."""

import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
ENTRY = re.compile(r"^### ([^\n]*)\n\n((?:>.*\n)+)\n((?:(?!^#).*\n)*?)```python\n((?:(?!^```).*\n)*)```$", re.MULTILINE)
NUMBER = re.compile(r"\d+(\.\d+)?(e[+-]\d+)?")
CODE = re.compile(r"Diagnostic\(\s*\"(\w+)\"")
VERDICTS = {"converged", "boundary", "several optima", "not converged"}


@dataclass(frozen=True)
class Entry:
    heading: str
    quoted: list[str]
    meaning: str
    example: str

    @property
    def code(self):
        return re.search(r"`([^`]+)`", self.heading).group(1)


def entries():
    for heading, quote, meaning, example in ENTRY.findall(PAGE):
        lines = [line.removeprefix(">").strip() for line in quote.splitlines()]
        yield Entry(heading, [line.strip("*") for line in lines if line], meaning.strip(), example)


ENTRIES = {entry.code: entry for entry in entries()}


def wording(text):
    """Return a message without its numbers, which a better optimiser may change."""
    return NUMBER.sub("#", text)


def run(example):
    names = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the message under test is also a warning
        exec(compile(example, "docs/messages.md", "exec"), names)  # noqa: S102  our own page
    return names


def test_every_code_of_the_package_has_an_entry():
    written = {code for path in (ROOT / "mixwidget").rglob("*.py") for code in CODE.findall(path.read_text("utf-8"))}
    assert set(ENTRIES) == written | VERDICTS


@pytest.mark.parametrize("code", sorted(VERDICTS))
def test_the_example_of_a_verdict_ends_with_it(code):
    found = run(ENTRIES[code].example)["fit"].verdict
    assert found.code == code
    assert wording(found.message) == wording(*ENTRIES[code].quoted)


@pytest.mark.parametrize("code", sorted(set(ENTRIES) - VERDICTS))
def test_the_example_of_a_finding_raises_it(code):
    found = {finding.code: finding for finding in run(ENTRIES[code].example)["findings"]}
    assert code in found
    texts = [text for text in (found[code].message, found[code].hint) if text]
    assert list(map(wording, texts)) == list(map(wording, ENTRIES[code].quoted))
    assert f"({found[code].severity})" in ENTRIES[code].heading


@pytest.mark.parametrize("code", sorted(ENTRIES))
def test_an_entry_says_what_it_means(code):
    assert len(ENTRIES[code].meaning.split()) >= 5
