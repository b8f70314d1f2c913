"""Check the built site: every link, picture and script is there, and no page fetches anything from elsewhere."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED_LINKS = {"stylesheet", "preload", "modulepreload", "icon", "shortcut icon"}
CSS_URL = re.compile(r"(?:url\(\s*|@import\s+)[\"']?(https?:)?//", re.IGNORECASE)
NOT_OURS = {"_static", "_sources", "lite"}  # files of the theme, copies of sources, and a site with its own pages


@dataclass
class Page(HTMLParser):
    """What one page names: anchors, links to other pages, and what a browser fetches to show it."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag names."""
        known = {name: value for name, value in attrs if value}
        self.ids |= {known[name] for name in ("id", "name") if name in known}
        if tag == "a" and "href" in known:
            self.links.append(known["href"])
        self.fetched += [known["src"]] if "src" in known else []
        if tag == "link" and known.get("rel") in FETCHED_LINKS:
            self.fetched.append(known.get("href", ""))
        if CSS_URL.search(known.get("style", "")):
            self.fetched.append(known["style"])


def faults_of(root: Path) -> list[str]:
    """Return one line for each link that leads nowhere and each thing that is fetched from outside."""
    pages = {path: _read(path) for path in sorted(root.rglob("*.html")) if not _is_foreign(path, root)}
    faults = [
        f"{path.relative_to(root)}: {fault}" for path, page in pages.items() for fault in _faults(path, page, pages)
    ]
    sheets = sorted((root / "_static").rglob("*.css"))
    return faults + [f"{path.relative_to(root)}: asks another host" for path in sheets if CSS_URL.search(_text(path))]


def _is_foreign(path: Path, root: Path) -> bool:
    return path.relative_to(root).parts[0] in NOT_OURS


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _read(path: Path) -> Page:
    page = Page()
    page.feed(_text(path))
    return page


def _faults(path: Path, page: Page, pages: dict[Path, Page]) -> list[str]:
    outside = [f"fetched from outside: {url[:100]}" for url in page.fetched if _host_of(url)]
    inside = [url for url in page.links + page.fetched if not _host_of(url) and not urlsplit(url).scheme]
    return outside + [f"{url} leads nowhere" for url in inside if not _leads_somewhere(path, url, pages)]


def _host_of(url: str) -> bool:
    return bool(urlsplit(url).netloc) or "url(" in url


def _leads_somewhere(path: Path, url: str, pages: dict[Path, Page]) -> bool:
    part = urlsplit(url)
    target = (path.parent / unquote(part.path)).resolve() if part.path else path
    if not target.exists():
        return "lite" in Path(part.path).parts  # made by `make lite`, which not every build runs
    return not part.fragment or target not in pages or unquote(part.fragment) in pages[target].ids


if __name__ == "__main__":
    found = faults_of(Path(sys.argv[1]).resolve())
    print("\n".join(found) or "all links lead somewhere, nothing is fetched from outside")
    sys.exit(bool(found))
