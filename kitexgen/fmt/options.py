"""FormatOptions: the few things a team may want otherwise."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormatOptions:
    """`width` in columns; `indent` in spaces, 0 for a tab; `align` puts the parts of neighbouring fields in columns."""

    width: int = 100
    indent: int = 2
    align: bool = False

    @property
    def unit(self) -> str:
        """One level of indentation."""
        return " " * self.indent or "\t"
