"""parse_text: one text to its syntax tree, whatever the text holds."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from kitexgen.diagnostics.diagnostic import Diagnostic

if TYPE_CHECKING:
    from kitexgen.idl.thrift.tree import DocumentNode


def is_proto(path: PurePath | str) -> bool:
    """Whether the file at `path` is Protobuf by its ending. All others are Thrift."""
    return str(path).endswith(".proto")


def parse_text(text: str, path: str) -> tuple[DocumentNode, tuple[Diagnostic, ...]]:
    """The tree of a Thrift `text` and everything that is wrong with it, in the order of the text.

    `path` is what spans call the file. Never raises for any text: what did not parse is missing from the tree and
    has a diagnostic.
    """
    from kitexgen.idl.thrift.grammar import parse  # noqa: PLC0415 - runs without .thrift go without it

    return parse(text, path)
