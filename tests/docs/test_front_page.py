"""README shows pictures that are there, and what is said of the package elsewhere agrees with it."""

import re
from pathlib import Path

import pytest
import yaml

import mixwidget as mw

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MOST_BYTES = 400_000


def test_the_pictures_of_readme_are_there_and_small():
    pictures = re.findall(r"!\[[^\]]{20,}\]\(([^)]+)\)", README)  # with words for those who do not see them
    assert "docs/pictures/click.gif" in pictures
    assert all(0 < (ROOT / picture).stat().st_size <= MOST_BYTES for picture in pictures)


PAGES = sorted((ROOT / "docs").glob("how_to/*.md"))


def test_pictures_of_pages_are_there():
    named = {
        (page, name) for page in PAGES for name in re.findall(r"!\[[^\]]{20,}\]\(([^)]+)\)", page.read_text("utf-8"))
    }
    assert len(named) >= 2
    assert all((page.parent / name).stat().st_size <= MOST_BYTES for page, name in named)


def test_the_moving_picture_moves():
    images = pytest.importorskip("PIL.Image")
    with images.open(ROOT / "docs" / "pictures" / "click.gif") as picture:
        assert picture.n_frames >= 8
        assert picture.info["loop"] == 0  # for ever


def test_the_citation_is_of_this_version():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert cited["cff-version"] == "1.2.0"
    assert cited["version"] == mw.__version__
    assert f'version = "{cited["version"]}"' in project
    assert f'license = "{cited["license"]}"' in project
    assert all(f'{{ name = "{author["name"]}" }}' in project for author in cited["authors"])


CALLS = re.compile(r"`(?:fit|gfit|mw)\.(\w+)")


@pytest.mark.parametrize(
    "page",
    ["README.md", *(f"docs/coming_from/{path.name}" for path in sorted((ROOT / "docs" / "coming_from").glob("*.md")))],
)
def test_what_tables_name_can_be_asked(page):
    named = set(CALLS.findall((ROOT / page).read_text(encoding="utf-8")))
    known = set(dir(mw)) | set(dir(mw.LmerModel)) | set(dir(mw.GlmerModel))
    assert named <= known
