"""From Thrift files to what they mean: read, declare, lower, check. Each step adds to one report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kitexgen.diagnostics.report import Report
from kitexgen.idl.checks import CHECKS
from kitexgen.idl.includes import unused_includes
from kitexgen.idl.loader import Parse, load_files
from kitexgen.idl.parse import parse_text
from kitexgen.idl.read import Read
from kitexgen.idl.thrift.apache import refused_by_apache
from kitexgen.idl.thrift.checks import check_tree
from kitexgen.idl.thrift.declare import declare
from kitexgen.idl.thrift.graph import FileGraph
from kitexgen.idl.thrift.lower import lower
from kitexgen.idl.thrift.no_compiler import refused_by_all
from kitexgen.idl.thrift.numbering import FieldIds
from kitexgen.idl.thrift.thriftgo import refused_by_thriftgo
from kitexgen.idl.uses import Uses, whole_file
from kitexgen.schema.module import Schema
from kitexgen.source.span import Span


@dataclass(frozen=True, slots=True)
class Compiled:
    graph: FileGraph
    schema: Schema


def compile_thrift(
    paths: Sequence[Path],
    include_dirs: Sequence[Path],
    field_ids: FieldIds,
    report: Report,
    read: Read,
    *,
    parse: Parse = parse_text,
    uses: Uses | None = None,
) -> Compiled:
    """What the files at `paths` and all they include mean; what is wrong with them goes to `report`.

    `parse` stands in for the parser; `uses`, where given, is told what every name means.
    No step throws at bad input; the next goes on with what is whole, so the schema is good only without errors.
    """
    graph = load_files(paths, include_dirs, report, read, parse=parse)
    symbols = declare(graph, report)
    lowered = lower(graph, symbols, field_ids, report, uses)
    if uses is not None:
        _note_includes(graph, uses)
    for file in graph.files:
        report.extend(check_tree(file.tree))
    for check in CHECKS:
        report.extend(check(lowered.schema))
    # What others refuse is of interest only once the file means something.
    if not report.has_errors or report.is_strict:
        report.extend(unused_includes(graph, lowered.scopes))
        report.extend(refused_by_apache(graph, lowered.schema, lowered.scopes, lowered.partial))
        report.extend(refused_by_thriftgo(graph, lowered.schema, lowered.partial))
        report.extend(refused_by_all(graph, report.diagnostics))
    return Compiled(graph, lowered.schema)


def _note_includes(graph: FileGraph, uses: Uses) -> None:
    for file in graph.files:
        for node, target in file.includes:
            quoted = node.path.span
            uses.note(Span(quoted.path, quoted.start + 1, quoted.end - 1), whole_file(target.path))
