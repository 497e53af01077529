"""Trees: parses texts, and keeps the last tree of each file, for who reads the same files again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.parse import parse_text

if TYPE_CHECKING:
    from kitexgen.idl.proto.tree import FileNode
    from kitexgen.idl.thrift.tree import DocumentNode


class Trees:
    """One tree a path: that of the text it was last asked for with."""

    def __init__(self) -> None:
        self._thrift: dict[str, tuple[str, tuple[DocumentNode, tuple[Diagnostic, ...]]]] = {}
        self._proto: dict[str, tuple[str, tuple[FileNode, tuple[Diagnostic, ...]]]] = {}

    def thrift(self, text: str, path: str) -> tuple[DocumentNode, tuple[Diagnostic, ...]]:
        """As `parse_text`."""
        known = self._thrift.get(path)
        if known is None or known[0] != text:
            known = self._thrift[path] = text, parse_text(text, path)
        return known[1]

    def proto(self, text: str, path: str) -> tuple[FileNode, tuple[Diagnostic, ...]]:
        """As `kitexgen.idl.proto.grammar.parse`."""
        from kitexgen.idl.proto.grammar import parse  # noqa: PLC0415 - runs without .proto go without it

        known = self._proto.get(path)
        if known is None or known[0] != text:
            known = self._proto[path] = text, parse(text, path)
        return known[1]
