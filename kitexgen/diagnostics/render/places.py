"""Places of a span as every machine-readable drawing gives them: lines and columns from 1, ends exclusive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kitexgen.source.file import SourceFile
from kitexgen.source.span import Span


@dataclass(frozen=True, slots=True)
class Region:
    """`[line:column, end_line:end_column)`; columns count characters."""

    line: int
    column: int
    end_line: int
    end_column: int


def region(span: Span, files: Mapping[str, SourceFile]) -> Region | None:
    """Where `span` lies, or None when the text of its file is not known (it could not be read)."""
    file = files.get(span.path)
    if file is None:
        return None
    length = len(file.text)
    start = file.position(min(span.start, length))
    end = file.position(min(max(span.end, span.start), length))
    return Region(start.line, start.column, end.line, end.column)
