"""Results of R's lme4 on known data sets: what the tests compare with (provenance in README.md beside this file)."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("MIXWIDGET_SHARED", HERE.parents[2] / "shared")) / "reference"

# Their licence is unclear, so no copy of them is kept here: they are read from ../shared and skipped elsewhere.
SHARED_DATA = ("gpa", "politeness", "school")
SHARED_CASES = {
    "gpa_int": "lmer",
    "gpa_sex": "lmer",
    "gpa_slopes": "lmer",
    "politeness_dev": "lmer",
    "politeness_max": "lmer",
    "school_crossed": "lmer",
    "school_nested": "lmer",
    "school_three": "lmer",
}


def cases(fun: str | None = None) -> tuple[str, ...]:
    """Return the ids of all stored models, or of those fitted by one R function.

    Parameters
    ----------
    fun : {"lmer", "glmer", "glmer.nb", "blmer", "bglmer"}, optional
    """
    kinds = _stored_cases() | SHARED_CASES
    return tuple(sorted(case for case, kind in kinds.items() if fun in (None, kind)))


def cases_with(field: str, fun: str = "lmer") -> tuple[str, ...]:
    """Return the ids of the models of one R function for which a field is stored and true or not empty.

    A model that is only read from ../shared stays in where that is missing, so that its test is skipped aloud.
    """
    return tuple(case for case in cases(fun) if not is_readable(case) or load_case(case).get(field))


def is_readable(case: str) -> bool:
    """Whether the stored results of a model are at hand; those that are only read from ../shared may not be."""
    return case not in SHARED_CASES or (SHARED / "expected" / f"{case}.json").exists()


@cache
def load_case(case: str) -> dict[str, Any]:
    """Return the stored results of one model (fields: README.md); treat them as read-only."""
    return _read_json(_find("expected", f"{case}.json", shared=case in SHARED_CASES))


def load_data(name: str) -> pd.DataFrame:
    """Return a fresh data frame with the types and the order of levels that R had."""
    return _frame(name).copy()


@cache
def formulas() -> tuple[dict[str, Any], ...]:
    """Return what lme4 makes of 90 formulas on the data set ``toy``."""
    return tuple(_read_json(HERE / "expected" / "formulas.json"))


@cache
def comparisons() -> tuple[dict[str, Any], ...]:
    """Return the likelihood-ratio tables of ``anova(m1, m2)``."""
    return tuple(_read_json(HERE / "expected" / "comparisons.json"))


@cache
def _stored_cases() -> dict[str, str]:
    read = (_read_json(path) for path in sorted((HERE / "expected").glob("*.json")))
    return {case["id"]: case["fun"] for case in read if isinstance(case, dict)}


@cache
def _frame(name: str) -> pd.DataFrame:
    described = _read_json(HERE / "datasets" / "datasets.json")[name]
    columns = described["columns"]
    dtype = {column["name"]: str for column in columns if column["type"] in ("factor", "ordered", "text")}
    path = _find("datasets", described["file"], shared=name in SHARED_DATA)
    frame = pd.read_csv(path, dtype=dtype, keep_default_na=False, na_values=[""])
    for column in columns:
        if column["type"] in ("factor", "ordered"):
            is_ordered = column["type"] == "ordered"
            frame[column["name"]] = pd.Categorical(frame[column["name"]], column["levels"], ordered=is_ordered)
    return frame


def _find(folder: str, file: str, *, shared: bool) -> Path:
    if not shared:
        return HERE / folder / file
    path = SHARED / folder / file
    if not path.exists():
        pytest.skip(f"{file}: its licence is unclear, so it is only read from {SHARED / folder}, which is not there")
    return path


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
