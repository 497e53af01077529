"""The pages that somebody follows step by step, followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.walkthrough import Block, Reader, blocks, matches, missing

DOCS = Path(__file__).parents[2] / "docs"
PAGES = (
    "tutorial.md",
    "how-to.md",
    "validation.md",
    *sorted(f"coming-from/{path.name}" for path in (DOCS / "coming-from").glob("*.md")),
)


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_a_reader_gets_what_the_page_says(name: str, tmp_path: Path) -> None:
    page = (DOCS / name).read_text(encoding="utf-8")
    if lacking := missing(page):
        pytest.skip(f"needs {', '.join(lacking)}")
    assert len(blocks(page)) > 3
    Reader(tmp_path).follow(page)


def test_what_is_a_block() -> None:
    page = (
        '```python title="a.py"\nA = 1\n```\n\n```console\n$ ls\n```\n\n'
        "<!-- shown -->\n```console\n$ rm\n```\n\n```py\nx\n```\n"
    )
    assert blocks(page) == [Block("a.py", "A = 1\n"), Block(None, "$ ls\n")]


@pytest.mark.parametrize(
    ("found", "expected", "is_match"),
    [
        ("a\nb\n", "a\nb", True),
        ("a \n", "a", True),
        ("a\nb\nc\n", "a\n...\nc", True),
        ("a at 0x7f\n", "a at ...", True),
        ("a\nb\n", "a", False),
        ("", "a", False),
        ("a.b\n", "axb", False),
    ],
)
def test_what_comes_out_is_compared(found: str, expected: str, is_match: bool) -> None:
    assert matches(found, expected) is is_match


def test_a_page_that_is_wrong_is_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="the page says"):
        Reader(tmp_path).follow("```console\n$ echo one\ntwo\n```\n")


def test_what_a_page_needs() -> None:
    assert missing("<!-- needs: sh, json, no-such-program -->") == ["no-such-program"]
    assert missing("") == []
