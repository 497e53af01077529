"""Workspace: the folders and open texts of an editor, and what is known of them.

Nothing is kept that could be stale: before an analysis is used again, every file it read is compared with what it was.
All paths are absolute, with `/` between parts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lsprotocol.types import (
    Location,
    PositionEncodingKind,
    TextDocumentContentChangeEvent,
    TextDocumentContentChangePartial,
)

from kitexgen.driver.idl_files import IDL_ENDINGS
from kitexgen.idl import Examined, Trees, is_proto
from kitexgen.idl.encoding import decode
from kitexgen.idl.read import MAX_BYTES, read_file
from kitexgen.lsp.analysis import Analysis, analyse, real_path
from kitexgen.lsp.lines import Lines
from kitexgen.lsp.projects import Project, Projects
from kitexgen.lsp.settings import EditorSettings
from kitexgen.lsp.uris import to_path, to_uri
from kitexgen.source.span import Span

# Folders in which nobody keeps IDL of their own, and that may hold thousands of files.
_PASSED_OVER: Final = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})
# Of more files than this nobody wants to wait for names.
MOST_FILES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Buffer:
    """An open text. `uri` is what the editor calls it; `edition` tells any two texts apart."""

    uri: str
    path: str
    text: str
    version: int | None
    edition: int


class Reading:
    """Reads for one analysis: open texts before files, noting what was there."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.stamps: dict[str, object] = {}

    def __call__(self, path: Path) -> bytes:
        if not path.is_absolute():
            # What is seen from the folder the server happens to run in is no part of a project.
            raise FileNotFoundError(path)
        name = path.as_posix()
        self.stamps[name] = self._workspace.stamp(name)
        buffer = self._workspace.buffer(name)
        if buffer is not None:
            return buffer.text.encode()
        return read_file(path)


class Workspace:
    def __init__(
        self,
        folders: Iterable[str] = (),
        settings: EditorSettings | None = None,
        encoding: str = PositionEncodingKind.Utf16.value,
    ) -> None:
        self.folders = list(folders)
        self.settings = settings or EditorSettings()
        self.projects = Projects(self.settings)
        self.encoding = encoding
        self.trees = Trees()
        self._buffers: dict[str, Buffer] = {}
        self._editions = 0
        self._analyses: dict[str, Analysis] = {}
        self._last_good: dict[str, Analysis] = {}
        self._lines: dict[str, Lines] = {}
        self._files: tuple[str, ...] | None = None

    # ---- what the editor tells ------------------------------------------------------------------------------------

    def configure(self, settings: EditorSettings) -> None:
        self.settings = settings
        self.projects = Projects(settings)
        self._analyses.clear()

    def open(self, uri: str, text: str, version: int | None = None) -> str | None:
        """The path of the text, None when it is no file: of such texts nothing is known."""
        path = to_path(uri)
        if path is not None:
            self._put(uri, path, text, version)
        return path

    def change(self, uri: str, changes: Sequence[TextDocumentContentChangeEvent], version: int | None) -> str | None:
        path = to_path(uri)
        buffer = self.buffer(path) if path is not None else None
        if path is None or buffer is None:
            return None
        text = buffer.text
        for change in changes:
            if isinstance(change, TextDocumentContentChangePartial):
                start, end = Lines(text, self.encoding).span(change.range)
                text = text[:start] + change.text + text[end:]
            else:
                text = change.text
        self._put(uri, path, text, version)
        return path

    def close(self, uri: str) -> str | None:
        path = to_path(uri)
        if path is not None:
            for known in (self._buffers, self._analyses, self._last_good, self._lines):
                known.pop(_place(path) if known is self._buffers else path, None)
        return path

    def files_came_or_went(self) -> None:
        self._files = None
        self.projects.forget()

    def change_folders(self, added: Iterable[str], removed: Iterable[str]) -> None:
        gone = set(removed)
        self.folders = [*(each for each in self.folders if each not in gone), *added]
        self.files_came_or_went()

    def _put(self, uri: str, path: str, text: str, version: int | None) -> None:
        self._editions += 1
        # JSON can bring half of a surrogate pair, which no file can hold; it stays one character.
        text = text if text.isascii() else text.encode("utf-8", "replace").decode()
        self._buffers[_place(path)] = Buffer(uri, path, text, version, self._editions)

    # ---- texts ----------------------------------------------------------------------------------------------------

    def buffer(self, path: str) -> Buffer | None:
        """The open text of the file at `path`, however that is called."""
        return self._buffers.get(_place(path)) if self._buffers else None

    def buffers(self) -> tuple[Buffer, ...]:
        return tuple(self._buffers.values())

    def stamp(self, path: str) -> object:
        """Differs whenever the content of `path` may differ; None when there is no such file."""
        buffer = self.buffer(path)
        if buffer is not None:
            return buffer.edition
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def text(self, path: str) -> str | None:
        """The text at `path` as the analysis sees it, None when it cannot be read."""
        buffer = self.buffer(path)
        if buffer is not None:
            return buffer.text
        try:
            data = read_file(Path(path))
        except (OSError, ValueError):
            return None
        return None if len(data) > MAX_BYTES else decode(data).text

    def lines(self, path: str, text: str | None = None) -> Lines:
        """The lines of `text`, or of what stands at `path` now."""
        if text is None:
            text = self.text(real_path(path)) or ""
        known = self._lines.get(path)
        if known is None or known.text != text:
            known = self._lines[path] = Lines(text, self.encoding)
        return known

    def uri(self, path: str) -> str:
        """What the editor calls the file at `path`."""
        buffer = self.buffer(path)
        return buffer.uri if buffer is not None else to_uri(real_path(path))

    def location(self, span: Span, text: str | None = None) -> Location:
        lines = self.lines(span.path, text)
        return Location(self.uri(span.path), lines.range(span.start, span.end))

    # ---- files ----------------------------------------------------------------------------------------------------

    def folder_of(self, path: str) -> str | None:
        """The innermost folder of the workspace that holds `path`."""
        holding = [each for each in self.folders if path == each or path.startswith(each.rstrip("/") + "/")]
        return max(holding, key=len, default=None)

    def project(self, path: str) -> Project:
        return self.projects.of(path, self.folder_of(path))

    def files(self) -> tuple[str, ...]:
        """The IDL files in the folders of the workspace, and those that are open."""
        if self._files is None:
            found = dict.fromkeys(path for folder in self.folders for path in _idl_files(folder))
            self._files = tuple(found)[:MOST_FILES]
        return tuple(dict.fromkeys((*self._files, *(buffer.path for buffer in self._buffers.values()))))

    # ---- what is known --------------------------------------------------------------------------------------------

    def analysis(self, path: str) -> Analysis:
        """What is known of the file at `path` as it is now."""
        known = self._analyses.get(path)
        project = self.project(path)
        if known is not None and known.project == project and self.is_fresh(known):
            return known
        reading = Reading(self)
        examined, linted = analyse(path, project, read=reading, trees=self.trees, wants_lint=self.settings.lint)
        analysis = Analysis(path, project, examined, linted, reading.stamps)
        self._analyses[path] = analysis
        if not analysis.has_syntax_errors:
            self._last_good[path] = analysis
        return analysis

    def is_fresh(self, analysis: Analysis) -> bool:
        return all(self.stamp(path) == stamp for path, stamp in analysis.stamps.items())

    def latest(self, path: str) -> Analysis:
        """What was known of the file last, in haste: names are right, offsets may be those of an older text."""
        return self._analyses.get(path) or self.analysis(path)

    def last_good(self, path: str) -> Analysis | None:
        """What was known of the file when it last had no syntax error."""
        return self._last_good.get(path)

    def stale(self, told: Mapping[str, Analysis]) -> Iterator[Buffer]:
        """The open texts of which there is something new to tell: what was `told` of them, by path, is not what is
        known by now, thanks to a request, or something that they read has changed.
        """
        for buffer in self.buffers():
            known = self._analyses.get(buffer.path)
            is_told = known is not None and known is told.get(buffer.path)
            if known is None or not is_told or known.project != self.project(buffer.path) or not self.is_fresh(known):
                yield buffer

    def examine(self, paths: Sequence[str], project: Project) -> Examined:
        """Several files at once, the first one's names before those of the others; not judged, and not kept."""
        first, *others = paths
        examined, _ = analyse(first, project, read=Reading(self), trees=self.trees, wants_lint=False, others=others)
        return examined


def is_idl(path: str) -> bool:
    return path.endswith(IDL_ENDINGS)


def same_language(path: str, other: str) -> bool:
    return is_proto(path) == is_proto(other)


def _idl_files(folder: str) -> Iterator[str]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _PASSED_OVER)
        for name in sorted(names):
            if is_idl(name):
                yield os.path.join(parent, name).replace(os.sep, "/")


def _place(path: str) -> str:
    """Where a path really lies: one string for one file."""
    return os.path.realpath(path)
