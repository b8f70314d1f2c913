"""The peak of memory of another process, read from Linux's ``/proc``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class MemoryMark:
    """The memory of a process at the moment when its peak was set back.

    Attributes
    ----------
    pid : int
        The process.
    resident : float
        Memory it held then, in MB.
    """

    pid: int
    resident: float

    def peak_above(self) -> float:
        """Return by how many MB the process rose above the mark at most."""
        return _status(self.pid, "VmHWM") - self.resident


def mark(pid: int) -> MemoryMark | None:
    """Set the peak of a process back to what it holds now, where the system can do that.

    Parameters
    ----------
    pid : int
        A process of ours.

    Returns
    -------
    MemoryMark or None
        None without ``/proc``, as on macOS and Windows.

    References
    ----------
    proc(5), "/proc/pid/clear_refs": writing 5 resets the peak resident set size.
    """
    try:
        Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return None
    return MemoryMark(pid, _status(pid, "VmRSS"))


def _status(pid: int, key: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(f"process {pid} tells no {key}; did it end?")
