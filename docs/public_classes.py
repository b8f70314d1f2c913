"""What a reader can meet in a signature: the public names, and the classes that they take and return."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

import mixwidget


def setup(app: Any) -> dict[str, bool]:
    """Let `Verdict` in a signature or a docstring lead to its page, wherever the class lives."""
    app.connect("missing-reference", _found_by_its_last_name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _found_by_its_last_name(_app: Any, env: Any, node: Any, content: Any) -> Any:
    domain = env.domains["py"]
    name = node.get("reftarget", "").rpartition(".")[2]
    homes = sorted(full for full in domain.objects if full.rpartition(".")[2] == name)
    if node.get("refdomain") != "py" or not homes:
        return None
    return domain.resolve_xref(env, node["refdoc"], _app.builder, "obj", homes[0], node, content)


def public_objects() -> dict[str, Any]:
    """Return the names of `mixwidget.__all__` with what they are, but for the module of errors."""
    found = {name: getattr(mixwidget, name) for name in mixwidget.__all__}
    return {name: value for name, value in found.items() if not inspect.ismodule(value)}


def answer_classes() -> list[type]:
    """Return the classes that stand in signatures of public names and are no public names themselves."""
    public = public_objects().values()
    met = {cls for value in public for cls in _in_signatures(value)}
    errors = {value for value in vars(mixwidget.errors).values() if inspect.isclass(value)}
    return sorted(met - set(public) - errors, key=lambda cls: (cls.__name__, cls.__module__))


def own_members(full_name: str) -> list[str]:
    """Return the public members that a class has from this package; what all models can do stands on one page."""
    module, _, name = full_name.rpartition(".")
    described = getattr(import_module(module), name)
    classes = [cls for cls in described.__mro__ if cls.__module__.startswith("mixwidget")]
    told = [cls for cls in classes if cls is described or cls is not mixwidget.MixedModel]
    return sorted({member for cls in told for member in vars(cls) if not member.startswith("_")})


def _in_signatures(value: Any) -> Iterator[type]:
    known = _imported_by(value.__module__)
    for annotation in _annotations(value):
        for word in re.findall(r"\w+", str(annotation)):
            found = getattr(import_module(known[word]), word, None) if word in known else None
            if inspect.isclass(found):
                yield found


def _annotations(value: Any) -> Iterator[Any]:
    if inspect.isfunction(value):
        yield from value.__annotations__.values()
    if not inspect.isclass(value):
        return
    yield from (kind for name, kind in inspect.get_annotations(value).items() if not name.startswith("_"))
    for name, member in vars(value).items():
        function = getattr(member, "fget", None) or getattr(member, "func", None) or member
        if inspect.isfunction(function) and not name.startswith("_"):
            yield from function.__annotations__.values()


@cache
def _imported_by(module: str) -> dict[str, str]:
    """Return which classes of the package a module knows by name, also those that only type checkers import."""
    tree = ast.parse(inspect.getsource(import_module(module)))
    found = {node.name: module for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mixwidget."):
            found |= {name.asname or name.name: node.module or "" for name in node.names}
    return found
