"""The bundle in mixwidget/static is the one that js/src makes, and it is small."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "js" / "src"
STATIC = ROOT / "mixwidget" / "static"
MAX_BYTES = {  # of what is sent or saved together
    ("loader.js", "widget.js", "widget.css"): 80_000,  # script and style: each widget carries them
    ("twin.js", "twin.css"): 4_000,  # beside every saved widget, whose script and style are packed
    ("pictures.js",): 90_000,  # comes once a page, when somebody first looks at a picture of the data
    ("picture.js",): 2_500,  # beside every picture
    ("handout.js", "handout.css"): 8_000,  # once in a page of one file
    ("anywidgets.js", "notebook.css"): 6_000,  # once in a whole notebook as a page
}


def _source_hash() -> str:
    files = {path.relative_to(SOURCES).as_posix(): path for path in SOURCES.rglob("*") if path.is_file()}
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\n" + files[name].read_bytes())
    return digest.hexdigest()


@pytest.mark.parametrize("name", [name for together in MAX_BYTES for name in together])
def test_the_bundle_was_built_from_these_sources(name):
    banner = (STATIC / name).read_text(encoding="utf-8").splitlines()[0]
    built_from = re.search(r"sources ([0-9a-f]{64})", banner)
    assert built_from, banner
    assert built_from.group(1) == _source_hash(), "run `npm run build` in js/"


def test_the_bundle_is_small():
    sizes = {path.name: path.stat().st_size for path in STATIC.iterdir()}
    assert set(sizes) == {name for together in MAX_BYTES for name in together}
    for together, limit in MAX_BYTES.items():
        assert sum(sizes[name] for name in together) <= limit, together


def test_the_bundle_asks_for_nothing_from_the_network():
    names = ("widget.js", "widget.css", "pictures.js", "picture.js")
    text = "".join((STATIC / name).read_text(encoding="utf-8") for name in names)
    urls = set(re.findall(r"https?://[^\s\"'`)]+", text))
    assert urls <= {"http://www.w3.org/2000/svg"}
    assert "import(" not in text
