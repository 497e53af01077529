"""The include graph: finds, reads and parses each file once, and reports what is missing or goes round in circles."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.diagnostics.report import Report
from kitexgen.idl import file_findings as findings
from kitexgen.idl.encoding import Place, bad_byte, decode, other_encoding, wrong_encoding
from kitexgen.idl.parse import parse_text
from kitexgen.idl.read import MAX_BYTES, Read, read_file
from kitexgen.idl.thrift.graph import FileGraph, LoadedFile
from kitexgen.idl.thrift.lexer import lex
from kitexgen.idl.thrift.tree import DocumentNode, IncludeNode
from kitexgen.schema.ids import ModuleId
from kitexgen.source.file import SourceFile

Parse = Callable[[str, str], tuple[DocumentNode, tuple[Diagnostic, ...]]]


def load_files(
    paths: Sequence[Path | str],
    include_dirs: Sequence[Path | str],
    report: Report,
    read: Read | None = None,
    *,
    parse: Parse = parse_text,
) -> FileGraph:
    """Read `paths` and all they include, telling `report` of every problem with files and syntax.

    An include is looked up beside the including file, then in `include_dirs` in order, then in the working directory
    (with a warning: only thriftgo looks there, and it looks there first). `read` gives the bytes of a path and raises
    OSError when it cannot; it stands in for the file system, as `parse` does for the parser.
    """
    loader = _Loader([Path(directory) for directory in include_dirs], report, read or read_file, parse)
    roots = [id for path in paths if (id := loader.load_root(Path(path))) is not None]
    return FileGraph(files=tuple(loader.finished), roots=tuple(dict.fromkeys(roots)))


@dataclass(slots=True)
class _Open:
    """A file whose includes are being loaded: which are left, and which were found so far."""

    id: ModuleId
    path: Path
    source: SourceFile
    tree: DocumentNode
    waiting: Iterator[IncludeNode]
    found: list[tuple[IncludeNode, ModuleId]]
    # The include that led here, None in a root.
    via: IncludeNode | None


class _Loader:
    """Walks the graph depth first without recursion: a chain of includes may be longer than Python's stack."""

    def __init__(self, include_dirs: list[Path], report: Report, read: Read, parse: Parse) -> None:
        self._include_dirs = include_dirs
        self._report = report
        self._read = read
        self._parse_text = parse
        self.finished: list[LoadedFile] = []
        # Every file met, by where it really lies, so that it is read once whatever it is called.
        self._known: dict[str, ModuleId] = {}
        self._stack: list[_Open] = []

    def load_root(self, path: Path) -> ModuleId | None:
        known = self._known.get(_place(path))
        if known is not None:
            return known
        try:
            data = self._read(path)
        except (OSError, ValueError) as error:
            is_missing = isinstance(error, FileNotFoundError | NotADirectoryError)
            found = self._in_include_dirs(path) if is_missing and not path.is_absolute() else None
            if found is not None:
                self._report.add(findings.found_in_include_dir(path.as_posix(), found.as_posix()))
                return self.load_root(found)
            self._report.add(findings.unreadable(path.as_posix(), error, self._neighbours(path)))
            return None
        if not self._open(path, path.as_posix(), data, None):
            return None
        id = self._stack[0].id
        self._run()
        return id

    def _in_include_dirs(self, path: Path) -> Path | None:
        """Where a file asked for lies that is named as includes name it; thriftgo takes that."""
        for directory in self._include_dirs:
            joined = Path(_join(directory.as_posix(), path.as_posix()))
            try:
                self._read(joined)
            except (OSError, ValueError):
                continue
            return joined
        return None

    def _run(self) -> None:
        while self._stack:
            current = self._stack[-1]
            include = next(current.waiting, None)
            if include is not None:
                self._follow(current, include)
                continue
            self._stack.pop()
            self.finished.append(
                LoadedFile(
                    id=current.id,
                    path=current.path,
                    source=current.source,
                    tree=current.tree,
                    includes=tuple(current.found),
                )
            )

    def _open(self, path: Path, name: str, data: bytes, via: IncludeNode | None) -> bool:
        """Parse a file and put it on the stack; false, with a diagnostic, when it cannot even be looked at."""
        if len(data) > MAX_BYTES:
            self._report.add(findings.too_big(name, MAX_BYTES, via.path.span if via else None))
            return False
        id = ModuleId(name)
        self._known[_place(path)] = id
        source, tree = self._parse(name, data)
        includes = [node for node in tree.headers if isinstance(node, IncludeNode)]
        self._report.extend(findings.repeated_includes(includes))
        self._stack.append(_Open(id, path, source, tree, iter(includes), [], via))
        return True

    def _parse(self, name: str, data: bytes) -> tuple[SourceFile, DocumentNode]:
        encoding = other_encoding(data)
        if encoding is not None:
            self._report.add(wrong_encoding(name, encoding))
            return SourceFile(name, ""), self._parse_text("", name)[0]
        decoded = decode(data)
        tree, diagnostics = self._parse_text(decoded.text, name)
        bad = dict(decoded.bad)
        comments = lex(decoded.text, name).comments if bad else ()
        starts = [comment.start for comment in comments]
        for offset, byte in decoded.bad:
            at = bisect_right(starts, offset) - 1
            is_comment = at >= 0 and offset < comments[at].end
            self._report.add(bad_byte(name, offset, byte, Place.COMMENT if is_comment else Place.ELSEWHERE))
        # Of a bad byte outside comments the lexer has complained too, as of a strange character.
        self._report.extend(found for found in diagnostics if found.at is None or found.at.span.start not in bad)
        return SourceFile(name, decoded.text), tree

    def _follow(self, current: _Open, include: IncludeNode) -> None:
        """Find the file of `include`: note it when it was read before, else put it on the stack."""
        for path, name, is_last_resort in self._candidates(current, include.path.value):
            known = self._known.get(_place(path))
            if known is None:
                try:
                    data = self._read(path)
                except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError):
                    continue
                except OSError as error:
                    self._report.add(findings.unreadable_import(include.path.span, name, error))
                    return
                if not self._open(path, name, data, include):
                    return
                known = self._stack[-1].id
            elif self._closes_cycle(current, include, known):
                return
            if is_last_resort:
                self._report.add(findings.found_in_working_directory(include, name))
            current.found.append((include, known))
            return
        self._report.add(findings.missing_include(include, current.id.path, [str(d) for d in self._include_dirs]))

    def _closes_cycle(self, current: _Open, include: IncludeNode, target: ModuleId) -> bool:
        at = next((at for at, file in enumerate(self._stack) if file.id == target), None)
        if at is None:
            return False
        chain = [file.via for file in self._stack[at + 1 :] if file.via is not None]
        self._report.add(findings.include_cycle(include, current.id.path, chain))
        return True

    def _candidates(self, current: _Open, written: str) -> Iterator[tuple[Path, str, bool]]:
        """The places an include may mean: path, the name it gets in messages, whether only thriftgo looks there."""
        if not written or "\0" in written:
            return
        if Path(written).is_absolute():
            yield Path(written), Path(written).as_posix(), False
            return
        beside = _join(PurePosixPath(current.id.path).parent.as_posix(), written)
        yield Path(os.path.normpath(current.path.parent / written)), beside, False
        for directory in self._include_dirs:
            joined = _join(directory.as_posix(), written)
            yield Path(joined), joined, False
        joined = _join("", written)
        yield Path(joined), joined, True

    def _neighbours(self, path: Path) -> list[str]:
        """IDL files in or beside a root that cannot be read: what may have been meant."""
        folder = path if os.path.isdir(path) else path.parent
        try:
            names = sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith(".thrift"))
            return [(folder / name).as_posix() for name in names]
        except (OSError, ValueError):
            return []


def _join(directory: str, written: str) -> str:
    joined = os.path.normpath(os.path.join(directory, written.replace("\\", "/") if os.sep == "\\" else written))
    return joined.replace(os.sep, "/")


def _place(path: Path) -> str:
    """Where a path really lies: one string for one file."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return str(path)
