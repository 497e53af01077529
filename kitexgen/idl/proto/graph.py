"""ProtoGraph: the parsed .proto files of a run and who imports whom. Read by all that comes after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kitexgen.idl.proto.tree import FileNode, ImportKind, ImportNode
from kitexgen.schema.ids import ModuleId
from kitexgen.source.file import SourceFile


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtoFile:
    """One file, parsed.

    `name` is what imports call it, `id.path` what spans call it. `path` is where it was read, None when it came with
    kitexgen. `text` is what was parsed: `source` with each byte that is not UTF-8 as a lone surrogate. `imports` are
    those that were found, in source order; a missing one, a second one of the same file and one that would close a
    circle stand only in the tree.
    """

    name: str
    id: ModuleId
    path: Path | None
    source: SourceFile
    text: str
    tree: FileNode
    imports: tuple[ImportNode, ...]


@dataclass(frozen=True)
class ProtoGraph:
    """Every file of a run, each after the ones it imports. `roots` are the files asked for that could be read."""

    files: tuple[ProtoFile, ...]
    roots: tuple[ModuleId, ...]

    @cached_property
    def _files(self) -> dict[str, ProtoFile]:
        return {file.name: file for file in self.files}

    def file(self, name: str) -> ProtoFile:
        return self._files[name]

    def root_files(self) -> Iterator[ProtoFile]:
        roots = set(self.roots)
        return (file for file in self.files if file.id in roots)

    def visible(self) -> dict[str, frozenset[str]]:
        """For each file: itself, its imports, and what those import publicly, and so on."""
        return {file.name: frozenset({file.name}).union(*self._public_of(file, is_option=False)) for file in self.files}

    def visible_to_options(self) -> dict[str, frozenset[str]]:
        """For each file: what it sees through `import option`."""
        return {file.name: frozenset().union(*self._public_of(file, is_option=True)) for file in self.files}

    def _public_of(self, file: ProtoFile, *, is_option: bool) -> Iterator[frozenset[str]]:
        for node in file.imports:
            if (node.kind is ImportKind.OPTION) is is_option:
                yield self._public[node.path.text]

    @cached_property
    def _public(self) -> dict[str, frozenset[str]]:
        """What an import of each file makes visible."""
        found: dict[str, frozenset[str]] = {}
        for file in self.files:
            passed_on = (found[node.path.text] for node in file.imports if node.kind is ImportKind.PUBLIC)
            found[file.name] = frozenset({file.name}).union(*passed_on)
        return found
