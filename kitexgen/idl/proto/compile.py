"""From .proto files to what they mean: read, link, interpret options, check. Each step adds to one report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kitexgen.diagnostics.report import Report
from kitexgen.idl.proto.checks import CHECKS
from kitexgen.idl.proto.checks.imports import unused_imports
from kitexgen.idl.proto.grammar import parse
from kitexgen.idl.proto.imports import Read, load_protos
from kitexgen.idl.proto.link import link
from kitexgen.idl.proto.linked import Linked
from kitexgen.idl.proto.name_uses import NameUses
from kitexgen.idl.proto.options.builtin import FILE as DESCRIPTOR
from kitexgen.idl.proto.options.interpret import interpret
from kitexgen.idl.proto.reading import Parse
from kitexgen.idl.uses import Uses


def compile_protos(
    paths: Sequence[Path],
    include_dirs: Sequence[Path],
    report: Report,
    read: Read,
    *,
    max_bytes: int,
    parse: Parse = parse,
    uses: Uses | None = None,
) -> Linked:
    """All that is known of the files at `paths` and of all they import; what is wrong with them goes to `report`.

    `read` gives the bytes of a path and raises OSError when it cannot. A file of more than `max_bytes` is refused.
    `parse` stands in for the parser; `uses`, where given, is told what every name means. For its sake the file that
    declares the options is read, too.
    """
    also = () if uses is None else (DESCRIPTOR,)
    graph = load_protos(
        paths,
        include_dirs,
        report,
        read,
        max_bytes=max_bytes,
        parse=parse,
        also=also,
        is_each_told=uses is not None,
    )
    names = None if uses is None else NameUses(graph, uses)
    pool = link(graph, report, names)
    interpretation = interpret(pool, report, names)
    if names is not None:
        names.imports()
        names.defaults(pool)
    linked = Linked(graph, pool, interpretation)
    for check in CHECKS:
        report.extend(check(linked))
    if not report.has_errors:
        report.extend(unused_imports(linked))
    return linked
