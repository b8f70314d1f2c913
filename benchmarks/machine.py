"""What the table says about the machine, and how busy others kept it meanwhile."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path


def describe() -> dict[str, str]:
    """Return processor, cores, memory, system and Python as texts."""
    return {
        "processor": _first_field("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


@dataclass(frozen=True, slots=True)
class LoadMeter:
    """Compares the processor time of the whole machine with that of this process and its workers.

    Attributes
    ----------
    pids : tuple of int
        The workers.
    started, busy, own : float
        Seconds at the start: the clock, all processors' busy time, and ours.
    """

    pids: tuple[int, ...]
    started: float
    busy: float
    own: float

    def foreign(self) -> float | None:
        """Return how many processors others kept busy on average, or None where ``/proc`` is missing."""
        elapsed = time.monotonic() - self.started
        if not Path("/proc/stat").exists() or elapsed <= 0:
            return None
        return max(0.0, (_busy() - self.busy - (_own(self.pids) - self.own)) / elapsed)


def start_meter(pids: tuple[int, ...]) -> LoadMeter:
    """Start to compare; the workers must be alive until `LoadMeter.foreign` is asked."""
    return LoadMeter(pids, time.monotonic(), _busy(), _own(pids))


def _busy() -> float:
    if not Path("/proc/stat").exists():
        return 0.0
    user, nice, system, _, _, irq, softirq, *_ = (int(x) for x in Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _own(pids: tuple[int, ...]) -> float:
    total = time.process_time()
    for pid in pids:
        path = Path(f"/proc/{pid}/stat")
        if path.exists():
            fields = path.read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def _first_field(path: str, key: str) -> str:
    if not Path(path).exists():
        return ""
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if line.startswith(key):
            return line.partition(":")[2].strip()
    return ""


def _memory() -> str:
    total = _first_field("/proc/meminfo", "MemTotal")
    return f"{int(total.split()[0]) / 1024**2:.0f} GiB" if total else "unknown"
