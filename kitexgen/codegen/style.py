"""Formats Python. The only importer of black, which promises no Python API and takes a tenth of a second to import."""

from __future__ import annotations


def format_lines(lines: list[str], *, indent: int) -> list[str]:
    """Whole statements at `indent` columns (0, or 4 for those of a class), as black prints them there."""
    import black  # noqa: PLC0415 - slow to import, and most runs need none of it

    head = ["class _:"] if indent else []
    text = black.format_str("\n".join([*head, *lines, ""]), mode=black.Mode())
    return text.splitlines()[len(head) :]
