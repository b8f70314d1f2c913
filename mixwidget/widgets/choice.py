"""A choice of structure: what the picker shows as switched on, and the formula that says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

from mixwidget.errors import OptionError
from mixwidget.views.formula_sum import split_at, sum_terms
from mixwidget.views.structure import FactorOption, StructureView
from mixwidget.views.view import View

Form = Literal["full", "diagonal", "intercept", "written", "off"]
FORMS: tuple[Form, ...] = get_args(Form)
PRIORS = ("none", "wishart", "invwishart", "given")


@dataclass(frozen=True, slots=True)
class GroupChoice(View):
    """The bar term of one grouping factor.

    Attributes
    ----------
    form : str
        ``|``, ``||``, ``1``, the terms as they were typed, or no term.
    intercept : bool
    slopes : tuple of str
        Kept also where `form` does not use them, so that a click back finds them.
    written : str
        The bar terms of a step that no form says; empty where the structure's own text is meant.
    """

    group: str
    form: Form
    intercept: bool
    slopes: tuple[str, ...]
    written: str = ""


@dataclass(frozen=True, slots=True)
class PriorChoice(View):
    """The prior on the covariance matrices.

    Attributes
    ----------
    family : {"none", "wishart", "invwishart", "given"}
        "given" is the one that the first fit came with, where it is none of the others.
    strength : float or None
        Of the Wishart prior; None asks for the least that makes the fit regular.
    """

    family: str = "none"
    strength: float | None = 0.0


NO_PRIOR = PriorChoice()


@dataclass(frozen=True, slots=True)
class Choice(View):
    """Fixed terms, criterion, one term for each grouping factor on offer, and the prior."""

    fixed: tuple[str, ...]
    reml: bool
    groups: tuple[GroupChoice, ...]
    prior: PriorChoice = NO_PRIOR


def first_choice(design: Any, structure: StructureView, *, reml: bool, prior: PriorChoice = NO_PRIOR) -> Choice:
    """Return the choice that a fit makes."""
    return Choice(fixed_terms(design), reml, tuple(_group(design, factor) for factor in structure.factors), prior)


def fixed_terms(design: Any) -> tuple[str, ...]:
    """Return the labels of the fixed terms, without the intercept."""
    return tuple(label for label, _ in design.x_assign if label != "(Intercept)")


def step_choice(design: Any, first: Any, choice: Choice) -> Choice:
    """Return the choice that a step of a path makes, whose random part is made of columns of the first fit.

    Parameters
    ----------
    design, first : Design
        Of the step, and of the fit where the path starts.
    choice : Choice
        Of the fit where the path starts.
    """
    return replace(choice, groups=tuple(_stepped(group, design, first) for group in choice.groups))


def choice_from_json(value: Mapping[str, Any], structure: StructureView) -> Choice:
    """Read a choice that the browser sent.

    Raises
    ------
    OptionError
        If it names something that the structure does not offer, or leaves no random term.
    """
    known = {factor.name for factor in structure.factors}
    groups = tuple(
        GroupChoice(
            str(item["group"]),
            cast(Form, str(item["form"])),
            bool(item["intercept"]),
            tuple(map(str, item["slopes"])),
            str(item.get("written", "")),
        )
        for item in value["groups"]
    )
    strange = [group.group for group in groups if group.group not in known or group.form not in FORMS]
    if strange:
        raise OptionError(f"the picker does not offer such a term for {strange[0]!r}")
    if all(group.form == "off" for group in groups):
        raise OptionError("a mixed model needs at least one random term; put another grouping factor in first")
    return Choice(tuple(map(str, value["fixed"])), bool(value["reml"]), groups, _prior(value.get("prior") or {}))


def formula_text(choice: Choice, design: Any, structure: StructureView) -> str:
    """Return the formula of a choice.

    Parameters
    ----------
    choice : Choice
    design : Design
        Of the first fit: its response, intercept and offsets are kept.
    structure : StructureView
    """
    written = {factor.name: factor.written for factor in structure.factors}
    bars = {
        group.group: _bar(group, group.written or written[group.group])
        for group in choice.groups
        if group.form != "off"
    }
    terms = _with_slashes(bars, choice, structure)
    return f"{structure.response} ~ {_fixed(choice, design)} + {' + '.join(terms)}"


def _prior(value: Mapping[str, Any]) -> PriorChoice:
    family, strength = str(value.get("family", "none")), value.get("strength", 0.0)
    if family not in PRIORS:
        raise OptionError(f"the dial does not offer the prior {family!r}")
    if family != "wishart" or strength == 0.0:
        return PriorChoice("none" if family == "wishart" else family)
    return PriorChoice(family, None if strength is None else float(strength))


def _group(design: Any, factor: FactorOption) -> GroupChoice:
    terms = [term for term in design.formula.random if term.grouping.label == factor.name]
    if not terms:
        return GroupChoice(factor.name, "off", True, ())
    if factor.written:
        return GroupChoice(factor.name, "written", True, ())
    has_intercept, slopes = sum_terms(terms[0].columns) or (True, ())
    form = "intercept" if not slopes else "full" if terms[0].correlated else "diagonal"
    return GroupChoice(factor.name, form, has_intercept, slopes)


def _stepped(group: GroupChoice, design: Any, first: Any) -> GroupChoice:
    terms = _columns_by_term(design, group.group)
    if terms == _columns_by_term(first, group.group):
        return group
    if not terms:
        return replace(group, form="off")
    names = {name for columns in terms for name in columns}
    coded = _coded(first) | _coded(design)
    labels = dict.fromkeys([*group.slopes, *coded])
    slopes = tuple(label for label in labels if coded.get(label, {""}) <= names)
    intercept = "(Intercept)" in names
    said = set[str]().union(*(coded[label] for label in slopes), ["(Intercept)"] if intercept else [])
    is_apart = all(len(columns) == 1 for columns in terms)
    if said != names or not (is_apart or len(terms) == 1):
        bars = (f"({_sum(columns)} | {group.group})" for columns in terms)
        return replace(group, form="written", written=" + ".join(bars))
    if not slopes:
        return replace(group, form="intercept", intercept=True)
    return replace(group, form="diagonal" if len(terms) > 1 else "full", intercept=intercept, slopes=slopes)


def _coded(design: Any) -> dict[str, set[str]]:
    """Return the columns of each fixed term that has some."""
    terms = ((label, {design.x_names[i] for i in columns}) for label, columns in design.x_assign)
    return {label: columns for label, columns in terms if columns and label != "(Intercept)"}


def _columns_by_term(design: Any, group: str) -> list[tuple[str, ...]]:
    return [term.columns for term in design.terms if design.factors[term.factor].label == group]


def _sum(columns: tuple[str, ...]) -> str:
    slopes = [name for name in columns if name != "(Intercept)"]
    return " + ".join(["1" if "(Intercept)" in columns else "0", *slopes])


def _fixed(choice: Choice, design: Any) -> str:
    labels = [label for label, _ in design.x_assign]
    if set(choice.fixed) == set(labels) - {"(Intercept)"}:
        return design.formula.fixed
    offsets = [piece for piece in split_at(design.formula.fixed, "+") if piece.startswith("offset(")]
    terms = [*choice.fixed, *offsets]
    if "(Intercept)" not in labels:
        return " + ".join(["0", *terms])
    return " + ".join(terms) or "1"


def _bar(group: GroupChoice, written: str = "", *, label: str = "") -> str:
    if group.form == "written":
        return written
    slopes = group.slopes if group.form in ("full", "diagonal") else ()
    columns = " + ".join(([] if group.intercept or not slopes else ["0"]) + list(slopes)) or "1"
    return f"({columns} {'||' if group.form == 'diagonal' and slopes else '|'} {label or group.group})"


def _with_slashes(bars: dict[str, str], choice: Choice, structure: StructureView) -> list[str]:
    """Write ``(1 | b) + (1 | a:b)`` as ``(1 | b/a)``, the way nesting is written."""
    plain = {group.group: group for group in choice.groups if group.form not in ("off", "written")}
    merged = dict(bars)
    for pair in structure.pairs:
        cell = pair.groups[2]
        for inner, outer in ((pair.a, pair.b), (pair.b, pair.a)):
            if inner in bars or not (outer in plain and cell in plain and outer in merged and cell in merged):
                continue
            if replace(plain[outer], group="") == replace(plain[cell], group=""):
                merged[outer] = _bar(plain[outer], label=f"{outer}/{inner}")
                del merged[cell]
    return list(merged.values())
