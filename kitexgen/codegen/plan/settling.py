"""Declarations as black leaves them; those with a line that `fitting` cannot break go through black, one at a time."""

from __future__ import annotations

from collections.abc import Sequence

from kitexgen.codegen import style
from kitexgen.codegen.plan.fitting import broken, fits


def settled(lines: list[str], *, indent: int = 0, code: Sequence[str] | None = None) -> list[str]:
    """`lines` as black leaves them. They are whole statements at `indent` columns, 0 or 4.

    `code` are those of them that black may break, all unless given: docstrings and comments may be of any length.
    """
    found: list[str] = []
    for line in lines:
        pieces = [line] if fits([line]) or (code is not None and line not in code) else broken(line)
        if pieces is None:
            return style.format_lines(lines, indent=indent)
        found += pieces
    return found


def class_head(name: str, bases: str) -> str:
    """`class User(Struct):`."""
    line = f"class {name}({bases}):"
    return "\n".join(settled([line, "    pass"])[:-1])
