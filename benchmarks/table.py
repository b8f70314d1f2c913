"""The results as Markdown."""

from __future__ import annotations

from benchmarks.cases import CASES, ENGINES, REFITS, Case, Refit
from benchmarks.measure import CaseResult, Measure
from benchmarks.results import Results

RIVALS = tuple(engine for engine in ENGINES if engine not in ("lme4", "mixwidget"))
CRITERION_TOLERANCE = 1e-6  # issue 2: criterion <= reference + 1e-6


def markdown(results: Results) -> str:
    """Return the whole report: the machine, then one table for each question."""
    parts = [
        "# Benchmarks",
        "Written by `python -m benchmarks`; the single times are in `results.json`.",
        _machine(results),
        "## Whole fits beside lme4",
        _HOW,
        _against_lme4(results),
        "## Beside other Python packages",
        _HOW_RIVALS,
        _against_rivals(results),
        "## Another structure from cached cross products",
        "lme4 fits the new model from the beginning; mixwidget starts cold from the cross products of the first model.",
        _refits(results),
        "## Peak memory above the loaded data, MB",
        _HOW_MEMORY,
        _memory(results),
    ]
    return "\n\n".join(parts) + "\n"


_HOW = (
    "Milliseconds, medians. Every engine has a process of its own that stays open, times itself round the call "
    "(formula, design, fit) and takes turns with the others; start-up and reading the data are not counted. lme4 with "
    "default control, everything with one BLAS thread. *First* is mixwidget's first fit of the model in its process, "
    "before it knows the text of the formula; where fits are repeated it is not in the median. *CPU ratio* is the "
    "same ratio of processor times, which foreign load hardly touches. *Criterion* is "
    "mixwidget's REML criterion minus lme4's (negative is better). *Others* is how many processors other programs kept "
    "busy meanwhile, the larger of the two engines' runs. A dagger marks a measurement of an earlier run that took too "
    "long to be repeated."
)
_HOW_RIVALS = (
    "Milliseconds, medians of whole fits; in brackets mixwidget's time as a share of it; then by how much that "
    "package's criterion lies above mixwidget's, where that is more than 1e-6. glmm without its Satterthwaite pass."
)
_HOW_MEMORY = (
    "Rise of the resident memory of a fresh process during its first fit of the case; the packages were loaded and "
    "warmed up on 200 rows before."
)


def _machine(results: Results) -> str:
    versions = {m.version for case in results.cases.values() for m in case.measures.values()}
    dates = sorted(m.date for case in results.cases.values() for m in case.measures.values())
    machine = results.machine
    lines = [
        f"- machine: {machine['processor']}, {machine['cores']} cores, {machine['memory']}, {machine['system']}",
        f"- versions: {', '.join(sorted(versions, key=str.lower))}, Python {machine['python']}",
        f"- measured: {dates[0]} to {dates[-1]}" if dates else "- measured: nothing yet",
    ]
    return "\n".join(lines)


def _against_lme4(results: Results) -> str:
    head = [
        "case",
        "rows; levels",
        "lme4",
        "mixwidget",
        "first",
        "ratio",
        "goal",
        "reached",
        "CPU ratio",
        "criterion",
        "others",
    ]
    lines = [_line_against_lme4(case, results.cases[case.name]) for case in CASES if case.name in results.cases]
    return _table(head, lines)


def _line_against_lme4(case: Case, result: CaseResult) -> list[str]:
    lme4, ours = result.measures.get("lme4"), result.measures.get("mixwidget")
    return [
        case.name,
        _size(result),
        _time(lme4, ours),
        _time(ours),
        "-" if ours is None or ours.first is None else _digits(ours.first * 1e3),
        *_goal(ours, lme4, case.goal),
        _cpu_ratio(ours, lme4),
        _above(ours, lme4),
        _others(ours, lme4),
    ]


def _against_rivals(results: Results) -> str:
    head = ["case", "mixwidget", *RIVALS, "not slower than mixedlm", "faster than glmm (from InstEval up)"]
    lines = []
    for case in CASES:
        if case.name not in results.cases:
            continue
        measures = results.cases[case.name].measures
        ours = measures.get("mixwidget")
        cells = [_rival(measures.get(rival), ours) for rival in RIVALS]
        glmm = _verdict(ours, measures.get("glmm"), 1.0) if case.from_insteval_up else ""
        lines.append([case.name, _time(ours), *cells, _verdict(ours, measures.get("mixedlm"), 1.0), glmm])
    return _table(head, lines)


def _rival(rival: Measure | None, ours: Measure | None) -> str:
    cell = _time(rival, ours)
    ratio = _ratio(ours, rival)
    if ratio is not None:
        cell += f" ({_digits(ratio)})"
    if rival and ours and rival.criterion is not None and ours.criterion is not None:
        above = rival.criterion - ours.criterion
        cell += f", criterion +{above:.2g}" if above > CRITERION_TOLERANCE else ""
    return cell


def _refits(results: Results) -> str:
    head = [
        "case",
        "lme4, whole fit",
        "mixwidget, refit",
        "ratio",
        "goal",
        "reached",
        "CPU ratio",
        "criterion",
        "others",
    ]
    lines = [_line_of_refit(refit, results.cases[refit.name]) for refit in REFITS if refit.name in results.cases]
    return _table(head, lines)


def _line_of_refit(refit: Refit, result: CaseResult) -> list[str]:
    lme4, ours = result.measures.get("lme4"), result.measures.get("mixwidget")
    return [
        _escape(refit.name),
        _time(lme4, ours),
        _time(ours),
        *_goal(ours, lme4, refit.goal),
        _cpu_ratio(ours, lme4),
        _above(ours, lme4),
        _others(ours, lme4),
    ]


def _memory(results: Results) -> str:
    lines = []
    for case in CASES:
        if case.name not in results.cases or not (case.slow or case.from_insteval_up):
            continue
        measures = results.cases[case.name].measures
        ours = measures.get("mixwidget")
        goal = "" if case.memory_goal is None else f"{case.memory_goal:.0f}"
        reached = "" if not goal or ours is None or ours.memory is None else _yes(ours.memory <= float(goal))
        lines.append([case.name, *(_megabytes(measures.get(engine)) for engine in ENGINES), goal, reached])
    return _table(["case", *ENGINES, "goal", "reached"], lines)


def _table(head: list[str], lines: list[list[str]]) -> str:
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, rule, *lines])


def _escape(text: str) -> str:
    return text.replace("|", "\\|")


def _size(result: CaseResult) -> str:
    return f"{result.rows:,}; " + ", ".join(f"{levels:,}" for levels in result.levels.values())


def _time(measure: Measure | None, beside: Measure | None = None) -> str:
    if measure is None:
        return "-"
    dagger = " †" if measure.is_slow and beside is not None and measure.date[:10] < beside.date[:10] else ""
    return (measure.note if measure.median is None else _digits(measure.median * 1e3)) + dagger


def _ratio(ours: Measure | None, other: Measure | None) -> float | None:
    if ours is None or other is None or ours.median is None or other.median is None:
        return None
    return ours.median / other.median


def _goal(ours: Measure | None, lme4: Measure | None, goal: float) -> list[str]:
    ratio = _ratio(ours, lme4)
    return ["-" if ratio is None else _digits(ratio), f"{goal:g}", _verdict(ours, lme4, goal)]


def _cpu_ratio(ours: Measure | None, lme4: Measure | None) -> str:
    if ours is None or lme4 is None or ours.cpu is None or not lme4.cpu:
        return "-"
    return _digits(ours.cpu / lme4.cpu)


def _verdict(ours: Measure | None, other: Measure | None, goal: float) -> str:
    ratio = _ratio(ours, other)
    if ratio is not None:
        return _yes(ratio <= goal)
    gave_up = other is not None and other.note.startswith("> ") and ours is not None and ours.median is not None
    return _yes(reached=True) if gave_up else "-"


def _yes(reached: bool) -> str:
    return "yes" if reached else "**no**"


def _above(ours: Measure | None, lme4: Measure | None) -> str:
    if ours is None or lme4 is None or ours.criterion is None or lme4.criterion is None:
        return "-"
    difference = ours.criterion - lme4.criterion
    return f"{difference:+.1e}" if difference <= CRITERION_TOLERANCE else f"**{difference:+.1e}**"


def _others(*measures: Measure | None) -> str:
    known = [measure.foreign for measure in measures if measure is not None and measure.foreign is not None]
    return f"{max(known):.1f}" if known else "-"


def _megabytes(measure: Measure | None) -> str:
    return "-" if measure is None or measure.memory is None else f"{measure.memory:,.0f}"


def _digits(value: float) -> str:
    """Two or three digits that count: 31,840, 442, 13.2, 3.6, 0.33, 0.0071."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 1 else f"{value:.2g}"
