"""All measures so far, kept in ``results.json`` so that a run can go on where another one stopped."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cases import Case, Refit
from benchmarks.measure import CaseResult, Measure


@dataclass(frozen=True, slots=True)
class Results:
    """What is known, and where it was found.

    Attributes
    ----------
    machine : dict of str
        As `benchmarks.machine.describe`.
    cases : dict of CaseResult
        By the name of the case or refit.
    """

    machine: dict[str, str]
    cases: dict[str, CaseResult]

    def kept(self, case: Case | Refit, digest: str) -> dict[str, Measure]:
        """Return the earlier measures of a case, if its data and its model are the same."""
        earlier = self.cases.get(case.name)
        if earlier is None or (earlier.data, earlier.formula) != (digest, case.formula):
            return {}
        return earlier.measures

    def with_case(self, name: str, result: CaseResult, *, merge: bool) -> Results:
        """Return the results with one case replaced, or with only its new measures put in."""
        earlier = self.cases.get(name)
        if merge and earlier is not None and (earlier.data, earlier.formula) == (result.data, result.formula):
            result = dataclasses.replace(result, measures={**earlier.measures, **result.measures})
        return Results(self.machine, {**self.cases, name: result})


def read_results(path: Path, machine: dict[str, str]) -> Results:
    """Return the results in `path`, or none if there are none or another machine made them."""
    if not path.exists():
        return Results(machine, {})
    text = json.loads(path.read_text(encoding="utf-8"))
    if text["machine"] != machine:
        return Results(machine, {})
    return Results(machine, {name: _case(fields) for name, fields in text["cases"].items()})


def write_results(results: Results, path: Path) -> None:
    """Write all results as JSON."""
    path.write_text(json.dumps(dataclasses.asdict(results), indent=1) + "\n", encoding="utf-8")


def _case(fields: dict[str, Any]) -> CaseResult:
    measures = {engine: Measure(**measure) for engine, measure in fields["measures"].items()}
    return CaseResult(**{**fields, "measures": measures})
