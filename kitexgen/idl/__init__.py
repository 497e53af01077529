"""From text to schema: the only room that knows ply.

Two languages, told apart by the ending of a file, each compiled by itself: `compile.py` (Thrift) and `proto/compile.py`
are the lists to read next. No step throws at bad input; each adds to one report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kitexgen.diagnostics.report import Report
from kitexgen.idl.compile import compile_thrift
from kitexgen.idl.loader import MAX_BYTES, Read, read_file
from kitexgen.idl.parse import is_proto, parse_text
from kitexgen.idl.thrift.numbering import FieldIds
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.module import Module, Schema
from kitexgen.source.file import SourceFile

__all__ = ["FieldIds", "Loaded", "Read", "is_proto", "load", "parse_text"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a run found. `schema` is None exactly when `report` has errors.

    `files` are the texts by the paths that spans name; `inputs` every file that was read, for digests of a cache.
    """

    schema: Schema | None
    report: Report
    files: Mapping[str, SourceFile]
    inputs: tuple[Path, ...]


def load(
    paths: Sequence[Path | str],
    *,
    include_dirs: Sequence[Path | str] = (),
    strict: bool = False,
    field_ids: FieldIds = "auto",
    read: Read | None = None,
) -> Loaded:
    """The schema of the IDL files at `paths` and of all they include, and everything that is wrong with them.

    Of Thrift, accepted is what Apache Thrift or thriftgo accepts, with a warning that names the one that refuses; with
    `strict` only what both accept. `field_ids` says how Thrift fields without an id are numbered. Of Protobuf, accepted
    is what protoc accepts. `read` stands in for the file system.
    """
    report = Report(strict=strict)
    folders = [Path(directory) for directory in include_dirs]
    wanted = [Path(path) for path in paths]
    thrift = [path for path in wanted if not is_proto(path)]
    parts: list[Loaded] = []
    if thrift:
        parts.append(_load_thrift(thrift, folders, field_ids, report, read or read_file))
    if len(thrift) < len(wanted):
        parts.append(_load_protos([path for path in wanted if is_proto(path)], folders, report, read or read_file))
    modules: list[Module] = []
    roots: list[ModuleId] = []
    for part in parts:
        if part.schema is not None:
            modules += part.schema.modules
            roots += part.schema.roots
    return Loaded(
        schema=None if report.has_errors else Schema(tuple(modules), tuple(roots)),
        report=report,
        files={path: source for part in parts for path, source in part.files.items()},
        inputs=tuple(path for part in parts for path in part.inputs),
    )


def _load_thrift(
    paths: Sequence[Path], include_dirs: Sequence[Path], field_ids: FieldIds, report: Report, read: Read
) -> Loaded:
    compiled = compile_thrift(paths, include_dirs, field_ids, report, read)
    return Loaded(
        schema=None if report.has_errors else compiled.schema,
        report=report,
        files={file.source.path: file.source for file in compiled.graph.files},
        inputs=tuple(file.path for file in compiled.graph.files),
    )


def _load_protos(paths: Sequence[Path], include_dirs: Sequence[Path], report: Report, read: Read) -> Loaded:
    from kitexgen.idl.proto.compile import compile_protos  # noqa: PLC0415 - runs without .proto go without it
    from kitexgen.idl.proto.lower import lower  # noqa: PLC0415

    linked = compile_protos(paths, include_dirs, report, read, max_bytes=MAX_BYTES)
    return Loaded(
        schema=None if report.has_errors else Schema(lower(linked), linked.graph.roots),
        report=report,
        files={file.source.path: file.source for file in linked.graph.files},
        inputs=tuple(file.path for file in linked.graph.files if file.path is not None),
    )
