"""What is timed: the data, the model, and the share of lme4's time that issue 2 asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ENGINES = ("lme4", "mixwidget", "glmm", "mixedlm", "statsmodels")


@dataclass(frozen=True, slots=True)
class Case:
    """A model whose whole fit is timed.

    Attributes
    ----------
    name : str
        Short name, the one that ``--only`` takes.
    data : str
        Name of the data set in `benchmarks.data`.
    formula : str
        The model as lme4, mixwidget, glmm and mixedlm read it.
    goal : float
        Largest time that is wanted, as a share of lme4's.
    statsmodels : dict, optional
        Arguments of `statsmodels.formula.api.mixedlm` that give the same model, where there are any.
    slow : bool
        Whether lme4 takes more than 20 s, so that ``--quick`` leaves the case out.
    from_insteval_up : bool
        Whether the case is of InstEval's size or larger, where mixwidget must be faster than glmm.
    memory_goal : float, optional
        Largest peak of memory above the data that is wanted, in MB.
    """

    name: str
    data: str
    formula: str
    goal: float
    statsmodels: dict[str, Any] | None = None
    slow: bool = False
    from_insteval_up: bool = False
    memory_goal: float | None = None


@dataclass(frozen=True, slots=True)
class Refit:
    """A model that is fitted again with another structure while its cross products are kept.

    Attributes
    ----------
    name, data : str
        As in `Case`.
    wide : str
        The formula whose cross products are there.
    formula : str
        The formula that is asked for; lme4 fits it from the beginning.
    terms : tuple of (group, columns)
        The random-effects terms of `formula`, as `LmerModel.restructure` takes them.
    goal : float
        Largest time that is wanted, as a share of lme4's whole fit of `formula`.
    """

    name: str
    data: str
    wide: str
    formula: str
    terms: tuple[tuple[str, tuple[str, ...]], ...]
    goal: float
    slow: bool = False


_ITEMS = "1 + x1 + x2 + x3"
_DESIGN = "1 + a + b + c + ab + ac + bc + abc"  # products as columns: glmm knows no interactions inside bars

CASES = (
    Case(
        "sleepstudy",
        "sleepstudy",
        "Reaction ~ Days + (Days | Subject)",
        0.35,
        {"formula": "Reaction ~ Days", "groups": "Subject", "re_formula": "~Days"},
    ),
    Case(
        "penicillin",
        "penicillin",
        "diameter ~ 1 + (1 | plate) + (1 | sample)",
        0.35,
        {
            "formula": "diameter ~ 1",
            "groups": "everything",
            "re_formula": "0",
            "vc_formula": {"plate": "0 + C(plate)", "sample": "0 + C(sample)"},
        },
    ),
    Case(
        "pastes",
        "pastes",
        "strength ~ 1 + (1 | batch) + (1 | batch:cask)",
        0.35,
        {
            "formula": "strength ~ 1",
            "groups": "batch",
            "re_formula": "1",
            "vc_formula": {"cask": "0 + C(cask)"},
        },
    ),
    Case(
        "dyestuff2",
        "dyestuff2",
        "Yield ~ 1 + (1 | Batch)",
        0.35,
        {"formula": "Yield ~ 1", "groups": "Batch", "re_formula": "1"},
    ),
    Case(
        "painkiller",
        "painkiller",
        "pain ~ dosage + (1 + dosage | subject_id)",
        0.45,
        {"formula": "pain ~ dosage", "groups": "subject_id", "re_formula": "~dosage"},
    ),
    Case(
        "hsb82",
        "hsb",
        "mAch ~ ses * sector + meanses + (ses | school)",
        0.15,
        {"formula": "mAch ~ ses * sector + meanses", "groups": "school", "re_formula": "~ses"},
    ),
    Case(
        "insteval",
        "insteval",
        "y ~ 1 + service + (1 | s) + (1 | d) + (1 | dept)",
        0.045,
        from_insteval_up=True,
    ),
    Case(
        "two_slopes",
        "two_slopes",
        "y ~ 1 + x1 + x2 + (1 + x1 + x2 | g)",
        0.01,
        {"formula": "y ~ x1 + x2", "groups": "g", "re_formula": "~x1 + x2"},
        from_insteval_up=True,
    ),
    Case(
        "crossed_million",
        "crossed_million",
        "y ~ 1 + x + (1 | a) + (1 | b)",
        0.05,
        slow=True,
        from_insteval_up=True,
        memory_goal=300,
    ),
    Case(
        "slope_million",
        "slope_million",
        "y ~ 1 + x + (1 + x | g)",
        0.01,
        {"formula": "y ~ x", "groups": "g", "re_formula": "~x"},
        slow=True,
        from_insteval_up=True,
        memory_goal=300,
    ),
    Case(
        "subjects_items",
        "subjects_items",
        f"y ~ {_ITEMS} + ({_ITEMS} | subject) + ({_ITEMS} | item)",
        0.003,
        slow=True,
    ),
    Case(
        "maximal_8x8",
        "maximal_8x8",
        f"rt ~ {_DESIGN} + ({_DESIGN} | subject) + ({_DESIGN} | item)",
        0.003,
        slow=True,
    ),
    Case(
        "nested_three",
        "nested_three",
        "y ~ 1 + x + (1 | low) + (1 | mid) + (1 | top)",
        0.01,
        from_insteval_up=True,
    ),
)

REFITS = (
    Refit(
        "sleepstudy: | to ||",
        "sleepstudy",
        "Reaction ~ Days + (Days | Subject)",
        "Reaction ~ Days + (Days || Subject)",
        (("Subject", ("(Intercept)",)), ("Subject", ("Days",))),
        0.1,
    ),
    Refit(
        "hsb82: | to ||",
        "hsb",
        "mAch ~ ses * sector + meanses + (ses | school)",
        "mAch ~ ses * sector + meanses + (ses || school)",
        (("school", ("(Intercept)",)), ("school", ("ses",))),
        0.05,
    ),
    Refit(
        "insteval: without (1 | dept)",
        "insteval",
        "y ~ 1 + service + (1 | s) + (1 | d) + (1 | dept)",
        "y ~ 1 + service + (1 | s) + (1 | d)",
        (("s", ("(Intercept)",)), ("d", ("(Intercept)",))),
        0.04,
    ),
)
