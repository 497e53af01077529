"""Text and places in it. Knows no language."""

from kitexgen.source.diff import unified_diff
from kitexgen.source.edit import TextEdit, apply_edits
from kitexgen.source.file import Position, SourceFile
from kitexgen.source.span import Span

__all__ = ["Position", "SourceFile", "Span", "TextEdit", "apply_edits", "unified_diff"]
