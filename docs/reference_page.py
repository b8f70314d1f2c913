"""The list of the reference: every public name in its group, and every class that one of them takes or returns."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

from public_classes import answer_classes, public_objects

import mixwidget

GROUPS = {
    "Fit": ("lmer", "glmer", "glmer_nb", "Control", "Prior"),
    "The fitted model": ("LmerModel", "GlmerModel", "MixedModel"),
    "Before a fit": (
        "explore",
        "check_design",
        "DesignCheck",
        "design_picture",
        "DesignPicture",
        "center_within",
        "in_batches",
        "scale",
    ),
    "Several fits": ("compare", "Comparison", "anova", "alternatives"),
    "When a fit is in doubt": ("all_fit", "AllFit", "simplify", "simpler", "Simplified", "minimum_prior"),
    "Beside lme4": ("from_lme4_call", "compare_with_lme4"),
    "Data": ("load_dataset", "list_datasets"),
    "The notebook": ("load_ipython_extension", "unload_ipython_extension"),
}
HEAD = """# Reference

Every public name, from its docstring. A fit is an [`LmerModel`](generated/mixwidget.LmerModel) or a
[`GlmerModel`](generated/mixwidget.GlmerModel); what both can do is with [`MixedModel`](generated/mixwidget.MixedModel).
"""


def reference_page() -> str:
    """Return the page in Markdown; names that no group has stand under *More*."""
    public = public_objects()
    grouped = {name for names in GROUPS.values() for name in names}
    groups = {title: [name for name in names if name in public] for title, names in GROUPS.items()}
    groups["More"] = sorted(set(public) - grouped)
    found = {title: [f"mixwidget.{name}" for name in names] for title, names in groups.items()}
    found["What the answers are"] = [f"{cls.__module__}.{cls.__name__}" for cls in answer_classes()]
    found["Errors and findings"] = _errors()
    return "\n".join([HEAD, *(_section(title, names) for title, names in found.items() if names)])


def _errors() -> list[str]:
    home = mixwidget.errors
    return [f"{home.__name__}.{name}" for name, value in vars(home).items() if _is_own_class(value, home.__name__)]


def _is_own_class(value: object, module: str) -> bool:
    return inspect.isclass(value) and value.__module__ == module


def _section(title: str, names: Iterable[str]) -> str:
    listed = "\n".join(f"   ~{name}" for name in names)
    return (
        f"## {title}\n\n```{{eval-rst}}\n.. autosummary::\n   :toctree: generated\n   :nosignatures:\n\n{listed}\n```\n"
    )
