"""From text to schema: the only room that knows ply.

`load()` is the list to read first: read, declare, lower, check, in that order. No step throws at bad input; each adds
to one report, and the next goes on with what is whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kitexgen.diagnostics.report import Report
from kitexgen.idl.checks import CHECKS
from kitexgen.idl.includes import unused_includes
from kitexgen.idl.loader import Read, load_files
from kitexgen.idl.parse import parse_text
from kitexgen.idl.thrift.apache import refused_by_apache
from kitexgen.idl.thrift.checks import check_tree
from kitexgen.idl.thrift.declare import declare
from kitexgen.idl.thrift.lower import lower
from kitexgen.idl.thrift.no_compiler import refused_by_all
from kitexgen.idl.thrift.numbering import FieldIds
from kitexgen.idl.thrift.thriftgo import refused_by_thriftgo
from kitexgen.schema.module import Schema
from kitexgen.source.file import SourceFile

__all__ = ["FieldIds", "Loaded", "Read", "load", "parse_text"]


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

    Accepted is what Apache Thrift or thriftgo accepts, with a warning that names the one that refuses; with `strict`
    only what both accept. `field_ids` says how fields without an id are numbered. `read` stands in for the file system.
    """
    report = Report(strict=strict)
    graph = load_files(paths, include_dirs, report, read)
    symbols = declare(graph, report)
    lowered = lower(graph, symbols, field_ids, report)
    for file in graph.files:
        report.extend(check_tree(file.tree))
    for check in CHECKS:
        report.extend(check(lowered.schema))
    # What others refuse is of interest only once the file means something.
    if not report.has_errors or strict:
        report.extend(unused_includes(graph, lowered.scopes))
        report.extend(refused_by_apache(graph, lowered.schema, lowered.scopes, lowered.partial))
        report.extend(refused_by_thriftgo(graph, lowered.schema, lowered.partial))
        report.extend(refused_by_all(graph, report.diagnostics))
    return Loaded(
        schema=None if report.has_errors else lowered.schema,
        report=report,
        files={file.source.path: file.source for file in graph.files},
        inputs=tuple(file.path for file in graph.files),
    )
