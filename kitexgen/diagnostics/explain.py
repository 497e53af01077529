"""Finds the long text of a diagnostic code: one page of Markdown a code, under `explain/`.

A page starts with `# KX0204: what it is about`; then come the parts What, Why, Example and Mend.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "explain"


@dataclass(frozen=True, slots=True)
class Page:
    """`title` is the first line without its mark and code; `text` the whole page."""

    code: str
    title: str
    text: str


def codes() -> tuple[str, ...]:
    """Every code that has a page, in order."""
    names = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".md") for name in names if name.endswith(".md")))


@cache
def page(code: str) -> Page | None:
    """The page of `code`, spelled exactly, or None when there is none."""
    # Not built into a path before it is known: a code comes from the command line.
    if code not in codes():
        return None
    text = (_FOLDER / f"{code}.md").read_text(encoding="utf-8")
    title = text.partition("\n")[0].removeprefix("# ").removeprefix(f"{code}: ")
    return Page(code, title, text)
