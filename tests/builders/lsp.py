"""A workspace of texts, asked in process as the server asks it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lsprotocol.types import Position, Range

from kitexgen.lsp.settings import EditorSettings
from kitexgen.lsp.uris import to_uri
from kitexgen.lsp.workspace import Workspace

ALL = Range(Position(0, 0), Position(100_000, 0))


class Texts:
    """Files in `folder`, by name, and a workspace over them."""

    def __init__(self, folder: Path, files: Mapping[str, str], settings: EditorSettings | None = None) -> None:
        self.folder = folder
        for name, text in files.items():
            self.write(name, text)
        self.workspace = Workspace([folder.as_posix()], settings)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())

    def path(self, name: str) -> str:
        return (self.folder / name).as_posix()

    def uri(self, name: str) -> str:
        return to_uri(self.path(name))

    def open(self, name: str, text: str) -> None:
        self.workspace.open(self.uri(name), text, 1)

    def at(self, name: str, words: str) -> Position:
        """Where `words` stand for the first time; with a `|` in them, the place of that."""
        text = self.workspace.text(self.path(name))
        assert text is not None
        before, bar, after = words.partition("|")
        offset = text.index(before + after) + (len(before) if bar else 0)
        return self.workspace.lines(self.path(name), text).position(offset)

    def named(self, uri: str, range: Range) -> tuple[str, str]:
        """The name of a file and the characters of it in `range`."""
        name = uri.removeprefix(to_uri(self.folder.as_posix()) + "/")
        text = self.workspace.text(self.path(name)) or ""
        start, end = self.workspace.lines(self.path(name), text).span(range)
        return name, text[start:end]
