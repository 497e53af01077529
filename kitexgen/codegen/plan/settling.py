"""Declarations too long for what `fitting` can prove go through black, one at a time."""

from __future__ import annotations

from collections.abc import Sequence

from kitexgen.codegen import style
from kitexgen.codegen.plan.fitting import fits


def settled(lines: list[str], *, indent: int = 0, code: Sequence[str] | None = None) -> list[str]:
    """`lines` as black leaves them. They are whole statements at `indent` columns, 0 or 4.

    `code` are those of them that black may break, all unless given: docstrings and comments may be of any length.
    """
    return lines if fits(lines if code is None else code) else style.format_lines(lines, indent=indent)


def class_head(name: str, bases: str) -> str:
    """`class User(Struct):`."""
    line = f"class {name}({bases}):"
    return "\n".join(settled([line, "    pass"])[:-1])
