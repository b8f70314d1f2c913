"""What the site shows from elsewhere in the repository: notebooks, benchmarks, the house's own pages, the reference."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from reference_page import reference_page

ROOT = Path(__file__).parents[1]
PAGES = {"NOTATION.md": "notation.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changes.md"}
NOTEBOOKS, BENCHMARKS, HOUSE, REFERENCE = "notebooks", "benchmarks", "house", "reference"


def gather(into: Path) -> None:
    """Write what follows from other files below the folder of the pages; git ignores it there."""
    _copy(sorted((ROOT / "demo_notebooks").glob("*.ipynb")), into / NOTEBOOKS)
    _copy(sorted((ROOT / "benchmarks").glob("*.md")), into / BENCHMARKS)
    _copy([ROOT / name for name in PAGES], into / HOUSE, PAGES)
    _write(into / REFERENCE / "index.md", reference_page())


def package_state() -> str:
    """Return a short name for the package as it is now: results of notebooks are kept for this state of it only."""
    digest = hashlib.sha256()
    for path in sorted(path for path in (ROOT / "mixwidget").rglob("*") if path.suffix in {".py", ".js", ".css"}):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _copy(files: list[Path], folder: Path, names: dict[str, str] | None = None) -> None:
    folder.mkdir(exist_ok=True)
    wanted = {folder / (names or {}).get(path.name, path.name): path for path in files}
    for left in set(folder.iterdir()) - set(wanted):
        left.unlink()
    for target, path in wanted.items():
        if not target.exists() or target.read_bytes() != path.read_bytes():
            shutil.copyfile(path, target)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
