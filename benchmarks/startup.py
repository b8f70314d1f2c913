"""Processor time of `import mixwidget` and of a summary: ``python -m benchmarks.startup`` writes ``startup.md``.

Every import runs in a process of its own, the cases in turn, and the least of all rounds counts: what else the machine
does only adds. The floor is what a mixed model needs in any case: ``import pandas, scipy.linalg, scipy.special,
scipy.sparse``. Summary and fit are timed in one warm process, as a ratio.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks.machine import describe

ROUNDS = 12
REPEATS = 200  # of fit and of summary
FLOOR = "import pandas, scipy.linalg, scipy.special, scipy.sparse"
FIT = 'mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))'
CASES = {
    "floor": FLOOR,
    "import mixwidget": "import mixwidget",
    "from mixwidget import lmer": "from mixwidget import lmer",
    "first fit": f"import mixwidget as mw; {FIT}",
    "first fit and its summary": f"import mixwidget as mw; str({FIT}.summary())",
}
PACKAGES = ("numpy", "scipy", "pandas", "narwhals", "pyarrow")


def import_times(rounds: int = ROUNDS) -> dict[str, float]:
    """Return the least processor time of each case in seconds, start of the interpreter not counted."""
    times: dict[str, list[float]] = {name: [] for name in CASES}
    for _ in range(rounds):
        for name, code in CASES.items():
            times[name].append(_seconds(code))
    return {name: min(found) for name, found in times.items()}


def summary_times(repeats: int = REPEATS) -> tuple[float, float]:
    """Return the least processor time of a warm fit of sleepstudy and of its first summary, in seconds."""
    import mixwidget as mw

    sleep = mw.load_dataset("sleepstudy")
    fits: list[float] = []
    summaries: list[float] = []
    for _ in range(repeats):
        seconds, fit = _timed(lambda: mw.lmer("Reaction ~ Days + (Days | Subject)", sleep))
        fits.append(seconds)
        summaries.append(_timed(lambda fit=fit: str(fit.summary()))[0])
    return min(fits), min(summaries)


def table(imports: dict[str, float], fit: float, summary: float) -> str:
    """Return the page ``startup.md``."""
    machine = describe()
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    rows = [
        f"| `{name}` | {1e3 * seconds:.0f} | {seconds / imports['floor']:.2f} |" for name, seconds in imports.items()
    ]
    machine_line = f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, Python {machine['python']}"
    lines = [
        "# Start-up and summary",
        "",
        f"{datetime.now(timezone.utc).date()}: least processor time of {ROUNDS} processes each, in turn.",
        "Written by `python -m benchmarks.startup`.",
        f"{machine_line}; {versions}.",
        f"The floor is `{FLOOR}`.",
        "",
        "| in a fresh process | ms | over the floor |",
        "|---|---|---|",
        *rows,
        "",
        "| sleepstudy, warm | ms | over the fit |",
        "|---|---|---|",
        f"| fit | {1e3 * fit:.2f} | 1.00 |",
        f"| `str(fit.summary())` | {1e3 * summary:.2f} | {summary / fit:.2f} |",
    ]
    return "\n".join(lines) + "\n"


def _seconds(code: str) -> float:
    timed = f"import time; t = time.process_time(); {code}; print(time.process_time() - t)"
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", timed], capture_output=True, text=True, check=True, env=alone)
    return float(done.stdout)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = process_time()
    result = work()
    return process_time() - begun, result


def main() -> None:
    """Measure, and write the table."""
    page = table(import_times(), *summary_times())
    Path(__file__).with_suffix(".md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
