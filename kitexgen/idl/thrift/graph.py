"""FileGraph: the parsed files of a run and who includes whom. Made by the loader, read by all that comes after."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kitexgen.idl.thrift.tree import DocumentNode, IncludeNode
from kitexgen.schema.ids import ModuleId
from kitexgen.source.file import SourceFile


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
