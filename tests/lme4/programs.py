"""Programs that stand in the place of Rscript."""

from __future__ import annotations

from pathlib import Path

RECORDED = Path(__file__).parent / "recorded"


def executable(path: Path, text: str) -> Path:
    """Write a program that can be run."""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path
