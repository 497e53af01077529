"""From text to schema: the only room that knows ply.

Two languages, told apart by the ending of a file, each compiled by itself: `compile.py` (Thrift) and `proto/compile.py`
are the lists to read next. No step throws at bad input; each adds to one report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kitexgen.diagnostics.report import Report
from kitexgen.idl.parse import is_proto, parse_text
from kitexgen.idl.read import MAX_BYTES, Read, read_file
from kitexgen.idl.trees import Trees
from kitexgen.idl.uses import Use, Uses, whole_file
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.module import Module, Schema
from kitexgen.source.file import SourceFile

if TYPE_CHECKING:
    from kitexgen.idl.proto.linked import Linked
    from kitexgen.idl.proto.tree import FileNode
    from kitexgen.idl.thrift.numbering import FieldIds
    from kitexgen.idl.thrift.tree import DocumentNode

__all__ = [
    "Examined",
    "Loaded",
    "Read",
    "Trees",
    "Use",
    "Uses",
    "examine",
    "is_proto",
    "load",
    "parse_text",
    "whole_file",
]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a run found. `schema` is None exactly when `report` has errors.

    `files` are the texts by the paths that spans name; `inputs` every file that was read, for digests of a cache.
    """

    schema: Schema | None
    report: Report
    files: Mapping[str, SourceFile]
    inputs: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What an editor wants to know of a run: also of one with errors, and what each name means.

    Of a broken file `schema` has what can be understood: types may refer to declarations that are not there. `trees` go
    by the paths of `files`; `linked` has the names and options of the Protobuf files, None when there are none.
    """

    schema: Schema
    report: Report
    files: Mapping[str, SourceFile]
    trees: Mapping[str, DocumentNode | FileNode]
    inputs: tuple[Path, ...]
    uses: Uses
    linked: Linked | None


@dataclass(frozen=True, slots=True)
class _Part:
    """What the files of one language came to; without `modules` when that was not asked for."""

    modules: tuple[Module, ...]
    roots: tuple[ModuleId, ...]
    sources: tuple[SourceFile, ...]
    trees: tuple[DocumentNode | FileNode, ...]
    inputs: tuple[Path, ...]
    linked: Linked | None = None


class _Run:
    """How the files are to be read, and what that came to; `uses` is given when an editor asks."""

    def __init__(
        self,
        paths: Sequence[Path | str],
        include_dirs: Sequence[Path | str],
        *,
        strict: bool,
        field_ids: FieldIds,
        read: Read | None,
        trees: Trees | None,
        uses: Uses | None = None,
    ) -> None:
        self._include_dirs = tuple(map(Path, include_dirs))
        self._field_ids = field_ids
        self._read = read or read_file
        self._trees = trees or Trees()
        self._uses = uses
        self.report = Report(strict=strict)
        wanted = [Path(path) for path in paths]
        thrift = [path for path in wanted if not is_proto(path)]
        protos = [path for path in wanted if is_proto(path)]
        self.parts = [*([self._thrift(thrift)] if thrift else []), *([self._protos(protos)] if protos else [])]

    @property
    def schema(self) -> Schema:
        return Schema(
            tuple(module for part in self.parts for module in part.modules),
            tuple(root for part in self.parts for root in part.roots),
        )

    @property
    def files(self) -> dict[str, SourceFile]:
        return {source.path: source for part in self.parts for source in part.sources}

    @property
    def inputs(self) -> tuple[Path, ...]:
        return tuple(path for part in self.parts for path in part.inputs)

    def _thrift(self, paths: Sequence[Path]) -> _Part:
        from kitexgen.idl.compile import compile_thrift  # noqa: PLC0415 - runs without .thrift go without it

        compiled = compile_thrift(
            paths,
            self._include_dirs,
            self._field_ids,
            self.report,
            self._read,
            parse=self._trees.thrift,
            uses=self._uses,
        )
        files = compiled.graph.files
        return _Part(
            modules=compiled.schema.modules,
            roots=compiled.schema.roots,
            sources=tuple(file.source for file in files),
            trees=tuple(file.tree for file in files),
            inputs=tuple(file.path for file in files),
        )

    def _protos(self, paths: Sequence[Path]) -> _Part:
        from kitexgen.idl.proto.compile import compile_protos  # noqa: PLC0415 - runs without .proto go without it
        from kitexgen.idl.proto.lower import lower  # noqa: PLC0415 - likewise

        linked = compile_protos(
            paths,
            self._include_dirs,
            self.report,
            self._read,
            max_bytes=MAX_BYTES,
            parse=self._trees.proto,
            uses=self._uses,
        )
        files = linked.graph.files
        is_wanted = self._uses is not None or not self.report.has_errors
        return _Part(
            modules=lower(linked) if is_wanted else (),
            roots=linked.graph.roots,
            sources=tuple(file.source for file in files),
            trees=tuple(file.tree for file in files),
            inputs=tuple(file.path for file in files if file.path is not None),
            linked=linked,
        )


def load(
    paths: Sequence[Path | str],
    *,
    include_dirs: Sequence[Path | str] = (),
    strict: bool = False,
    field_ids: FieldIds = "auto",
    read: Read | None = None,
    trees: Trees | None = None,
) -> Loaded:
    """The schema of the IDL files at `paths` and of all they include, and everything that is wrong with them.

    Of Thrift, accepted is what Apache Thrift or thriftgo accepts, with a warning that names the one that refuses; with
    `strict` only what both accept. `field_ids` says how Thrift fields without an id are numbered. Of Protobuf, accepted
    is what protoc accepts. `read` stands in for the file system. With the `trees` of the run before, only texts
    that are not what they were then are parsed.
    """
    run = _Run(paths, include_dirs, strict=strict, field_ids=field_ids, read=read, trees=trees)
    return Loaded(
        schema=None if run.report.has_errors else run.schema,
        report=run.report,
        files=run.files,
        inputs=run.inputs,
    )


def examine(
    paths: Sequence[Path | str],
    *,
    include_dirs: Sequence[Path | str] = (),
    strict: bool = False,
    field_ids: FieldIds = "auto",
    read: Read | None = None,
    trees: Trees | None = None,
) -> Examined:
    """As `load`, with all that an editor asks for besides."""
    uses = Uses()
    run = _Run(paths, include_dirs, strict=strict, field_ids=field_ids, read=read, trees=trees, uses=uses)
    return Examined(
        schema=run.schema,
        report=run.report,
        files=run.files,
        trees={tree.path: tree for part in run.parts for tree in part.trees},
        inputs=run.inputs,
        uses=uses,
        linked=next((part.linked for part in run.parts if part.linked is not None), None),
    )
