"""Fits that were never fitted: reference cases with their design, and a refit that looks them up."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from mixwidget.design.build import build_design
from mixwidget.design.design import Design
from mixwidget.errors import FitError
from mixwidget.widgets.source import Source
from tests.oracles import load_data
from tests.views.fake_fit import FakeFit, fake_fit

CASES = (
    "sleep_slopes",
    "sleep_zcp",
    "sleep_int",
    "sleep_slopes_ml",
    "penicillin",
    "penicillin_ml",
    "pastes_nested",
    "pastes_interaction_only",
)


@dataclass(frozen=True)
class FakeDesignedFit:
    """A stand-in for LmerModel with a design."""

    inner: FakeFit
    design: Design

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.inner, name)

    @property
    def verdict(self):
        code = "boundary" if self.is_singular else "converged"
        return SimpleNamespace(code=code, message=code)

    @property
    def has_tests(self) -> bool:
        return True

    @property
    def is_singular(self):
        return self.inner.case["is_singular"]


def designed(case: str) -> FakeDesignedFit:
    """Return the stand-in for a reference case whose columns are numeric or an intercept."""
    inner = fake_fit(case)
    return FakeDesignedFit(inner, _design(inner.case))


def source(data: str, *, refit=None) -> Source:
    return Source(refit or look_up, load_data(data), data=data)


def look_up(formula, reml, control):
    """Refit by looking for a reference case with the same formula."""
    for case in CASES:
        inner = fake_fit(case)
        if _normal(inner.formula) == _normal(formula) and inner.reml == reml:
            return designed(case)
    raise FitError(f"no reference case for {formula}")


def _normal(formula: str) -> str:
    return formula.replace(" ", "").replace("~1+", "~")


def _design(case: dict[str, Any]) -> Design:
    return build_design(case["formula"], load_data(case["data"]))
