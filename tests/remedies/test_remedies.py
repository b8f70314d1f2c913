"""A finding names a remedy that works: each is raised by a small data set, and what its words advise is done.

A remedy is a generator: it yields the findings (or verdicts) before and those after what was advised. By default the
finding must be gone afterwards; where the advice is to let something stand (``stays=True``), the finding is still
there and the function asserts what the words promise. A code of the package without a remedy fails.
"""

import ast
import re
from pathlib import Path

import pytest

from tests.remedies import of_comparisons, of_data, of_designs, of_fits, of_generalized, of_responses, of_verdicts
from tests.remedies.data import eight_groups
from tests.remedies.remedy import SINGULAR_SD, Remedy, fitted, smallest_sd

ROOT = Path(__file__).parents[2]
HEADING = re.compile(r"^### [^`\n]*`([^`]+)`", re.MULTILINE)
PLACES = (of_verdicts, of_fits, of_generalized, of_data, of_designs, of_responses, of_comparisons)
REMEDIES = [found for place in PLACES for found in vars(place).values() if isinstance(found, Remedy)]


def written_codes():
    """Return every code that the package gives to a `Diagnostic` or a `Verdict`."""
    for path in (ROOT / "mixwidget").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Diagnostic", "Verdict"):
                assert isinstance(node.args[0], ast.Constant), f"{path}: the code is written out where it is given"
                yield node.args[0].value


def test_every_code_of_the_package_and_of_the_page_has_a_remedy():
    page = HEADING.findall((ROOT / "docs" / "messages.md").read_text("utf-8"))
    assert {found.code for found in REMEDIES} == set(written_codes()) == set(page)


@pytest.mark.parametrize("case", REMEDIES, ids=str)
def test_a_remedy_that_is_named_works(case):
    steps = case.steps()
    before = next(steps)
    assert all(found.hint for found in before if hasattr(found, "hint") and found.code != "no_fit_possible")
    told = [found for found in before if found.code == case.code]
    texts = [f"{found.message}; {getattr(found, 'hint', '')}" for found in told]
    assert any(case.advice in text for text in texts), texts
    after = [found.code for found in next(steps)]
    assert (case.code in after) is case.stays
    assert next(steps, None) is None


@pytest.mark.parametrize("formula", ["y ~ x + (x | g)", "y ~ x + (h | g)", "y ~ x + (1 | g) + (0 + x | g)"])
def test_a_weak_prior_makes_every_kind_of_singular_fit_regular(formula):
    data = eight_groups(3)
    assert smallest_sd(fitted(formula, data, cov_prior="wishart")) > SINGULAR_SD
