"""The include graph: finds, reads and parses each file once, and reports what is missing or goes round in circles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kitexgen.diagnostics.report import Report
from kitexgen.idl.thrift.tree import DocumentNode, IncludeNode
from kitexgen.schema.ids import ModuleId
from kitexgen.source.file import SourceFile

Read = Callable[[Path], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedFile:
    """One file, parsed.

    `id.path` is what its spans call it, `path` where it was read. `includes` are the includes that were found, in
    source order; a missing one, or one that would close a cycle, stands only in `tree.headers`.
    """

    id: ModuleId
    path: Path
    source: SourceFile
    tree: DocumentNode
    includes: tuple[tuple[IncludeNode, ModuleId], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileGraph:
    """Every file of a run, each after the ones it includes. `roots` are the files asked for that could be read."""

    files: tuple[LoadedFile, ...]
    roots: tuple[ModuleId, ...]


def load_files(
    paths: Sequence[Path | str], include_dirs: Sequence[Path | str], report: Report, read: Read | None = None
) -> FileGraph:
    """Read `paths` and all they include, telling `report` of every problem with files and syntax.

    An include is looked up beside the including file, then in `include_dirs` in order, then in the working directory
    (with a warning: only thriftgo looks there, and it looks there first). `read` gives the bytes of a path and raises
    OSError when it cannot; it stands in for the file system.
    """
    raise NotImplementedError
