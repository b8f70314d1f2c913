"""What the pages call by name exists: in the code, in the notation, or as a file; and public names have their page."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from public_classes import answer_classes, own_members, public_objects
from reference_page import GROUPS, reference_page

import mixwidget as mw

ROOT = Path(__file__).parents[2]
MATHEMATICS = sorted((ROOT / "docs" / "mathematics").glob("*.md"))
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
MATH = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
PARSED_TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "mixwidget").rglob("*.py")}


@cache
def names_of_the_code():
    found = {path.stem for path in PARSED_TREES}
    for tree in PARSED_TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
            elif isinstance(node, ast.AnnAssign | ast.Assign):
                targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
                found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


@cache
def members_of_classes():
    classes = [node for tree in PARSED_TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return {(cls.name, _member(node)) for cls in classes for node in cls.body}


def _member(node):
    target = getattr(node, "target", None)
    return getattr(node, "name", None) or getattr(target, "id", None)


def exists(span):
    name = re.sub(r"\(.*\)$|=.*$", "", span).strip()
    if "/" in name:
        return (ROOT / "mixwidget" / name).exists()
    owner, _, member = name.rpartition(".")
    if owner in ("fit", "mw"):
        return hasattr(mw.GlmerModel, member) or hasattr(mw, member) or member == "optimum"
    return (owner, member) in members_of_classes() if owner else name in names_of_the_code()


def notation():
    return set(SPAN.findall((ROOT / "NOTATION.md").read_text(encoding="utf-8"))) | {"||", "0 +", "this type"}


@pytest.mark.parametrize("page", MATHEMATICS, ids=lambda page: page.stem)
def test_names_in_code_spans_of_the_mathematics_exist(page):
    text = re.sub(r"^```.*?^```", "", MATH.sub("", page.read_text(encoding="utf-8")), flags=re.MULTILINE | re.DOTALL)
    spans = {span for span in SPAN.findall(text) if not span.startswith("eq-")}
    assert not [span for span in spans if span not in notation() and not exists(span)]


def test_every_public_name_and_every_class_of_a_signature_is_in_the_reference():
    listed = set(re.findall(r"^   ~(\S+)$", reference_page(), re.MULTILINE))
    assert {f"mixwidget.{name}" for name in public_objects()} <= listed
    assert {f"{cls.__module__}.{cls.__name__}" for cls in answer_classes()} <= listed
    assert {"Verdict", "Summary", "RePCA", "Picture", "FitWidget"} <= {name.rpartition(".")[2] for name in listed}


def test_the_groups_of_the_reference_name_what_exists():
    assert {name for names in GROUPS.values() for name in names} <= set(public_objects())


def test_the_page_of_a_class_has_its_own_members_and_those_of_models_stand_once():
    assert {"fixef", "ranef", "anova"} <= set(own_members("mixwidget.MixedModel"))
    assert "fixef" not in own_members("mixwidget.LmerModel")
    assert "caic" in own_members("mixwidget.LmerModel")
    assert "where" not in own_members("mixwidget.answers.result_table.ResultTable")  # pandas' own


def test_a_name_that_is_gone_is_found():
    assert not exists("no_such_function")
    assert not exists("Evaluation.no_such_field")
    assert not exists("engine/no_such_file.py")
