"""tests/lowest.txt names the lowest versions that the package promises to work with, all of them."""

import re
from importlib.metadata import requires
from pathlib import Path

LOWEST = Path(__file__).parent / "lowest.txt"


def test_the_lowest_versions_are_those_of_the_requirements():
    needed = [text for text in requires("mixwidget") or [] if "extra ==" not in text]
    lowest = dict(re.findall(r"^([\w-]+)==([\d.]+)", LOWEST.read_text(encoding="utf-8"), flags=re.MULTILINE))
    bounds = {re.split(r"[<>=!~ ;]", text)[0]: re.search(r">=([\d.]+)", text) for text in needed}
    assert len(bounds) > 5
    for name, bound in bounds.items():
        assert bound is not None, f"{name} has no lower bound"
        assert _padded(lowest[name]) == _padded(bound[1]), name


def _padded(version):
    parts = [int(part) for part in version.split(".")]
    return parts + [0] * (3 - len(parts))
