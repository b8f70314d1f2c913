"""A process that stays open and fits when asked: R with lme4, or Python with one package."""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks import rivals

ROOT = Path(__file__).resolve().parents[1]
START_LIMIT = 120.0  # seconds for starting, and for reading a data set


class WorkerError(Exception):
    """The worker gave no answer: it took too long, failed or died; the message says which."""


@dataclass(frozen=True, slots=True)
class Timing:
    """One fit: seconds by the clock and of processor time, the criterion it reached, the remarks of the package."""

    seconds: float
    cpu: float
    criterion: float
    note: str


class Worker:
    """One process with one package, asked by lines over a pipe.

    Parameters
    ----------
    engine : str
        ``"lme4"`` or a key of `rivals.FITTERS`.
    """

    def __init__(self, engine: str) -> None:
        self.engine = engine
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            _command(engine),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=ROOT,
            text=True,
            encoding="utf-8",
        )
        self._commands, self._answers = _pipes(self._process)

    @property
    def pid(self) -> int:
        """Number of the process, by which its memory is read."""
        return self._process.pid

    def ask(self, *words: str, limit: float = START_LIMIT) -> list[str]:
        """Send one command and return the words of the answer.

        Raises
        ------
        WorkerError
            If there is no answer within `limit` seconds (the process is ended then), or a failure.
        """
        try:
            print(*words, sep="\t", file=self._commands, flush=True)
        except (BrokenPipeError, ValueError):  # ValueError: the pipe was closed with the process
            raise WorkerError("the process died") from None
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ)
            if not selector.select(timeout=limit):
                self.close()
                raise WorkerError(f"> {limit:.0f} s")
        state, *answer = self._answers.readline().rstrip("\n").split("\t")
        if state != "done":
            raise WorkerError(answer[0] if answer else "the process died")
        return answer

    def fit(self, model: str, limit: float, word: str = "fit") -> Timing:
        """Fit once (or ``"refit"`` from what ``"keep"`` left), timed inside the process."""
        seconds, cpu, criterion, note = self.ask(word, model, limit=limit)
        return Timing(float(seconds), float(cpu), float(criterion), note)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._commands, self._answers):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def is_available(engine: str) -> bool:
    """Whether the engine can be timed on this machine."""
    if engine != "lme4":
        return rivals.is_installed(engine)
    if shutil.which("Rscript") is None:
        return False
    probe = subprocess.run(["Rscript", "-e", "library(lme4)"], capture_output=True, check=False)
    return probe.returncode == 0


def _command(engine: str) -> list[str]:
    if engine == "lme4":
        return ["Rscript", str(ROOT / "benchmarks" / "worker.R")]
    return [sys.executable, "-m", "benchmarks.worker", engine]


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    if process.stdin is None or process.stdout is None:
        raise WorkerError("the process has no pipes")
    return process.stdin, process.stdout
