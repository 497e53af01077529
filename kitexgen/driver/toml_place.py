"""Where a key of a TOML document stands: `tomllib` reads values and forgets places."""

from __future__ import annotations

import re

from kitexgen.source.file import SourceFile
from kitexgen.source.span import Span

_TABLE = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?=\s*[.=])")


class TomlText:
    """The text of a TOML file, and the table in it that is ours (empty: the whole file).

    Finds keys on lines of their own, under `[table]` headers, which is how people write them. A key written any other
    way (inline tables, dotted headers) is answered with the start of the table, or of the file.
    """

    def __init__(self, source: SourceFile, table: tuple[str, ...]) -> None:
        self.source = source
        self._table = table

    def key(self, name: str) -> Span:
        """The span of the key `name` in our table."""
        offset = 0
        inside = not self._table
        for line in self.source.text.splitlines(keepends=True):
            table = _TABLE.match(line)
            if table:
                inside = _parts(table[1]) == self._table
            key = _KEY.match(line)
            if inside and key and key[1].strip("\"'") == name:
                return Span(self.source.path, offset + key.start(1), offset + key.end(1))
            if table and _parts(table[1])[: len(self._table) + 1] == (*self._table, name):
                return Span(self.source.path, offset + table.start(1), offset + table.end(1))
            offset += len(line)
        start = self._table_start()
        return Span(self.source.path, start, start)

    def value(self, name: str) -> Span:
        """The span of what is assigned to `name`, as far as it stands on the key's line."""
        key = self.key(name)
        line_end = self.source.text.find("\n", key.end)
        rest = self.source.text[key.end : line_end if line_end >= 0 else None]
        assigned = re.match(r"\s*=\s*([^#]*[^#\s])", rest)
        if assigned is None or key.start == key.end:
            return key
        return Span(self.source.path, key.end + assigned.start(1), key.end + assigned.end(1))

    def _table_start(self) -> int:
        offset = 0
        for line in self.source.text.splitlines(keepends=True):
            table = _TABLE.match(line)
            if self._table and table and _parts(table[1]) == self._table:
                return offset
            offset += len(line)
        return 0


def _parts(header: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in header.split("."))
