"""R is asked to fit a model: the program is found, the data are written, and what it found is read."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mixwidget.errors import FitError
from mixwidget.lme4.program import DATA_FILE, FOUND_FILE, MODEL_FILE, PROGRAM, PROGRAM_FILE


@dataclass(frozen=True, slots=True)
class Found:
    """One line of what R found.

    Attributes
    ----------
    kind : str
        ``"criterion"``, ``"fixef"``, ``"se"``, ``"sd"``, ``"cor"``, ``"sigma"``, ``"shape"``, ``"mode"``, and texts:
        ``"R"``, ``"lme4"``, ``"said"``.
    names : tuple of str
        Group, column, level (for a correlation the second column); empty where there is none.
    value : str
    """

    kind: str
    names: tuple[str, str, str]
    value: str


@dataclass(frozen=True, slots=True)
class Task:
    """A model for R.

    Attributes
    ----------
    data : DataFrame
    name : str
        What the data are called in `code`.
    code : str
        Leaves the model as ``fit``.
    """

    data: pd.DataFrame
    name: str
    code: str


def find_rscript(given: str | os.PathLike[str] | None) -> str:
    """Return the path of ``Rscript``.

    Raises
    ------
    FitError
        If there is none.
    """
    found = shutil.which("Rscript" if given is None else os.fspath(given))
    if found is None:
        where = "on the PATH" if given is None else f"at {os.fspath(given)}"
        raise FitError(f"compare_with_lme4: there is no Rscript {where}; install R, or say where it is by rscript=")
    return found


def ask_r(rscript: str, task: Task) -> list[Found]:
    """Return what R found, line by line.

    Raises
    ------
    FitError
        If R has no lme4, cannot fit the model, or stopped before it had written anything.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _write(task, place)
        done = subprocess.run(  # noqa: S603  the user's own R
            [rscript, PROGRAM_FILE], cwd=place, capture_output=True, text=True, encoding="utf-8", check=False
        )
        if not (place / FOUND_FILE).exists():
            last = done.stderr.strip().splitlines()[-1:] or ["it wrote nothing"]
            raise FitError(f"compare_with_lme4: R stopped: {last[0]}")
        found = read_found((place / FOUND_FILE).read_text(encoding="utf-8"))
    _refuse_failures(found, rscript)
    return found


def _write(task: Task, place: Path) -> None:
    (place / PROGRAM_FILE).write_text(PROGRAM, encoding="utf-8")
    (place / MODEL_FILE).write_text(f"{task.name}\n{task.code}\n", encoding="utf-8")
    kinds = ["number" if _is_plain_number(task.data[name]) else "text" for name in task.data]
    with (place / DATA_FILE).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([list(task.data), kinds])
        task.data.to_csv(file, index=False, header=False, lineterminator="\n")


def _is_plain_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def read_found(text: str) -> list[Found]:
    """Read the lines that R wrote.

    Examples
    --------
    >>> read_found('sd,"Subject","Days","",5.9')
    [Found(kind='sd', names=('Subject', 'Days', ''), value='5.9')]
    """
    return [
        Found(kind, (group, column, level), value)
        for kind, group, column, level, value in csv.reader(text.splitlines())
    ]


def _refuse_failures(found: list[Found], rscript: str) -> None:
    for line in found:
        if line.kind == "missing":
            package = line.value
            advice = f'install.packages("{package}") in R installs it'
            raise FitError(f"compare_with_lme4: the R of {rscript} has no package {package}; {advice}")
        if line.kind == "error":
            raise FitError(f"compare_with_lme4: R cannot fit this model: {line.value}")
