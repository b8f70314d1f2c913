"""The code on the pages of the documentation runs and prints what the pages show."""

import doctest
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
FENCE = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
GATHERED = {"_build", "notebooks", "benchmarks", "house", "reference"}  # docs/gathered.py: tested where they come from


def pages():
    found = sorted(DOCS.rglob("*.md"))
    return [page for page in found if page.relative_to(DOCS).parts[0] not in GATHERED]


def code_of(page):
    return "\n".join(FENCE.findall(page.read_text(encoding="utf-8")))


PAGES_WITH_CODE = [page for page in pages() if ">>> " in code_of(page)]


@pytest.mark.parametrize("page", PAGES_WITH_CODE, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_the_code_of_a_page_prints_what_the_page_shows(page):
    example = doctest.DocTestParser().get_doctest(code_of(page), {}, page.name, str(page), 0)
    told = []
    doctest.DocTestRunner(optionflags=FLAGS).run(example, out=told.append)
    assert not "".join(told)


@pytest.mark.parametrize("page", sorted((DOCS / "how_to").glob("[!i]*.md")), ids=lambda page: page.stem)
def test_a_page_that_answers_a_question_starts_with_the_answer_has_code_and_says_where_to_read_on(page):
    title, answer, *_ = page.read_text(encoding="utf-8").split("\n\n")
    assert title.startswith("# ")
    assert answer.startswith("**")
    assert page in PAGES_WITH_CODE
    assert "## Read on" in page.read_text(encoding="utf-8")
