"""No link of the documentation leads nowhere; and the check would find one that does."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.tools.links import ROOT, anchors, wrong_links, wrong_links_of_site


def test_every_link_of_the_documentation() -> None:
    assert list(wrong_links(ROOT)) == []


def test_every_page_stands_in_the_contents() -> None:
    contents = (ROOT / "mkdocs.yml").read_text()
    docs = ROOT / "docs"
    pages = {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")}
    assert [page for page in sorted(pages) if not page.startswith("changes/") and f": {page}\n" not in contents] == []


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "docs/in").mkdir(parents=True)
    (tmp_path / "docs/b.md").write_text("# Some `Title`\n\n## Twice\n\n## Twice\n\n```\n# none\n```\n")
    (tmp_path / "LICENSE").write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[b](b.md) [b](b.md#some-title) [self](#here)\n\n# Here", []),
        ("![b](b.md) [out](https://example.com/x) [mail](mailto:a@b)", []),
        ("`[no](gone.md)` and\n\n```\n[no](gone.md)\n```\n", []),
        ("[x](gone.md)", ["gone.md: there is no such file"]),
        ("[x](b.md#gone)", ["b.md#gone: the page has no such heading"]),
        ("[x](b.md#none)", ["b.md#none: the page has no such heading"]),
        ("[x](#gone)", ["#gone: the page has no such heading"]),
        ("[x](b.md#twice-1)", ["b.md#twice-1: the page has no such heading"]),
        ("[x](../LICENSE)", ["../LICENSE: it leaves docs/, and would lead nowhere on the site"]),
        ("[`a`](gone.md 'x')", []),
        ('[x](gone.md "title")', ["gone.md: there is no such file"]),
    ],
)
def test_what_is_found(project: Path, text: str, why: list[str]) -> None:
    (project / "docs/a.md").write_text(text)
    assert list(wrong_links(project)) == [f"docs/a.md: {one}" for one in why]


def test_anchors_are_those_of_both_readers(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text("# A page, with `code()` & [link](x.md)!\n## Straße\n### gen\n")
    assert "gen" in anchors(page)
    assert "straße" in anchors(page)


def test_a_site_that_was_built(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/index.html").write_text('<h1 id="top">x</h1><a href="../a.html#one">a</a><img src="gone.png">')
    (tmp_path / "a.html").write_text('<a id="one" href="in/">in</a><a href="in/#gone">x</a><a href="https://x">x</a>')
    assert list(wrong_links_of_site(tmp_path)) == [
        "a.html: in/#gone: the page has no such anchor",
        "in/index.html: gone.png: there is no such file",
    ]
