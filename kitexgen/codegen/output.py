"""OutputFile: one file to write."""

from __future__ import annotations

from dataclasses import dataclass

from kitexgen.schema.ids import ModuleId


@dataclass(frozen=True, slots=True)
class OutputFile:
    """`path` is relative to the output folder, with `/` between parts. `sources` are the IDL files it came from."""

    path: str
    text: str
    sources: tuple[ModuleId, ...]
