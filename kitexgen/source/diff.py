"""The unified diff of two texts, for every `--check` and `--diff`."""

from __future__ import annotations

import difflib


def unified_diff(before: str, after: str, path: str) -> str:
    """What turns `before` into `after`, as `diff -u` prints it; empty when they are equal."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
