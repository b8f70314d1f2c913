"""``python -m benchmarks.worker PACKAGE``: the Python twin of ``worker.R``, one line for each line it reads."""

from __future__ import annotations

import gc
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks import rivals, store


class Session:
    """The data in memory and the commands that work on them.

    Parameters
    ----------
    package : str
        The package that fits: a key of `rivals.FITTERS`.
    """

    def __init__(self, package: str) -> None:
        self._package = package
        self._frame = pd.DataFrame()
        self._kept: object = None
        self.commands: dict[str, Callable[..., list[str]]] = {
            "version": self._version,
            "load": self._load,
            "fit": lambda model: self._timed(rivals.FITTERS[self._package], model, self._frame),
            "keep": self._keep,
            "refit": lambda terms: self._timed(rivals.refit_mixwidget, terms, self._kept),
        }

    def answer(self, line: str) -> str:
        """Return the answer to one line; a failure is an answer too."""
        word, *arguments = line.rstrip("\n").split("\t")
        try:
            answer = self.commands[word](*arguments)
        except Exception as error:  # noqa: BLE001  whatever a package raises is shown in the table
            answer = ["failed", f"{type(error).__name__}: {error}"]
        return "\t".join(" ".join(part.split()) for part in answer)

    def _version(self) -> list[str]:
        return ["done", rivals.version(self._package)]

    def _load(self, folder: str) -> list[str]:
        self._frame = store.read(Path(folder))
        gc.collect()
        return ["done", str(len(self._frame))]

    def _keep(self, model: str) -> list[str]:
        self._kept = rivals.keep_mixwidget(model, self._frame)
        return ["done", ""]

    def _timed(self, fit: Callable[[str, Any], rivals.Fitted], model: str, source: object) -> list[str]:
        started, cpu_started = time.perf_counter(), time.process_time()
        fitted = fit(model, source)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu_started
        return ["done", repr(seconds), repr(cpu), repr(float(fitted.criterion)), fitted.note]


def main() -> None:
    """Answer until the input ends; what packages print goes to the error stream."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    session = Session(sys.argv[1])
    for line in sys.stdin:
        print(session.answer(line), file=answers, flush=True)


if __name__ == "__main__":
    main()
