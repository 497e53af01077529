"""Checks the links of Markdown pages, and of a site that was built: files, folders, anchors.

`python -m docs.tools.links` checks README.md, CONTRIBUTING.md and docs/; with `site` behind it, a built site. Links to
other hosts are not followed: a build must not hang on them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = ("README.md", "CONTRIBUTING.md", "docs/**/*.md")
_FENCE: Final = re.compile(r"^(```+|~~~+).*?^\1`*$", re.MULTILINE | re.DOTALL)
_CODE: Final = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_LINK: Final = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(<?([^()\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_HEADING: Final = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
_ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|//")


def wrong_links(root: Path, patterns: tuple[str, ...] = PAGES) -> Iterator[str]:
    """`page: link: why`, for each link of the pages under `root` that leads nowhere."""
    for page in sorted(path for pattern in patterns for path in root.glob(pattern)):
        for link in _links(page.read_text(encoding="utf-8")):
            why = _wrong(page, link, root)
            if why:
                yield f"{page.relative_to(root)}: {link}: {why}"


def _links(text: str) -> Iterator[str]:
    return (found[1] for found in _LINK.finditer(_CODE.sub("", _FENCE.sub("", text))))


def _wrong(page: Path, link: str, root: Path) -> str | None:
    if _ELSEWHERE.match(link):
        return None
    path, _, anchor = link.partition("#")
    target = (page.parent / unquote(path)).resolve() if path else page
    docs = root / "docs"
    if not target.exists():
        return "there is no such file"
    if docs in page.parents and target != docs and docs not in target.parents:
        return "it leaves docs/, and would lead nowhere on the site"
    if anchor and target.suffix == ".md" and unquote(anchor) not in anchors(target):
        return "the page has no such heading"
    return None


@cache
def anchors(page: Path) -> frozenset[str]:
    """What headings of a page can be linked by, both on the site and where the repository is read."""
    text = page.read_text(encoding="utf-8")
    headings = _HEADING.findall(_FENCE.sub("", text))
    explicit = re.findall(r'<a (?:id|name)="([^"]+)"', text)
    return frozenset((*_numbered(map(_slug, headings)), *explicit))


def _slug(heading: str) -> str:
    """As Python-Markdown and GitHub make it: they agree unless dashes stand next to each other."""
    plain = re.sub(r"[^\w\s-]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)).strip().lower()
    return re.sub(r"\s", "-", plain)


def _numbered(slugs: Iterator[str]) -> Iterator[str]:
    """The second of equal ones ends in `_1` on the site and in `-1` elsewhere: it can be linked by neither."""
    seen: set[str] = set()
    for slug in slugs:
        if slug not in seen:
            yield slug
        seen.add(slug)


def wrong_links_of_site(site: Path) -> Iterator[str]:
    """The same, for the pages of a site that was built."""
    for page in sorted(site.rglob("*.html")):
        if page.name == "404.html":  # served at any address, so its links are absolute
            continue
        for link in _read(page).links:
            if _ELSEWHERE.match(link) or not link:
                continue
            path, _, anchor = link.partition("#")
            target = (page.parent / unquote(path.partition("?")[0])).resolve() if path else page
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                yield f"{page.relative_to(site)}: {link}: there is no such file"
            elif anchor and target.suffix == ".html" and unquote(anchor) not in _read(target).ids:
                yield f"{page.relative_to(site)}: {link}: the page has no such anchor"


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids |= {given[key] or "" for key in ("id", "name") if key in given}
        if tag in ("a", "link"):
            self.links.append(given.get("href") or "")
        elif tag in ("img", "script"):
            self.links.append(given.get("src") or "")


@cache
def _read(page: Path) -> _Page:
    return _Page(page.read_text(encoding="utf-8"))


def main(arguments: list[str]) -> int:
    wrong = list(wrong_links_of_site(Path(arguments[0])) if arguments else wrong_links(ROOT))
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"{len(wrong)} links lead nowhere" if wrong else "every link leads somewhere")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
