"""The last word on files that each compiler family refuses for a reason of its own: then nobody reads them but us."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error
from kitexgen.idl.thrift.graph import FileGraph, LoadedFile
from kitexgen.schema.ids import ModuleId

_FAMILIES = {"apache": "Apache Thrift", "thriftgo": "thriftgo"}


def refused_by_all(graph: FileGraph, found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """One error for each root that, with all it includes, every family refuses somewhere."""
    files = {file.id: file for file in graph.files}
    first: dict[tuple[str, str], Diagnostic] = {}
    for diagnostic in found:
        if diagnostic.at is not None:
            for family in diagnostic.refused_by:
                first.setdefault((diagnostic.at.span.path, family), diagnostic)
    if len({family for _, family in first}) < len(_FAMILIES):
        return
    told: set[tuple[Diagnostic, ...]] = set()
    for root in graph.roots:
        paths = [id.path for id in _reach(files, root)]
        reasons = tuple(
            next((first[path, family] for path in paths if (path, family) in first), None) for family in _FAMILIES
        )
        known = tuple(reason for reason in reasons if reason is not None)
        if len(known) == len(_FAMILIES) and known not in told:
            told.add(known)
            yield _no_compiler(known)


def _reach(files: dict[ModuleId, LoadedFile], root: ModuleId) -> list[ModuleId]:
    """`root` and all it includes, nearest first."""
    reached = {root: None}
    for id in (order := [root]):
        for _, target in files[id].includes:
            if target not in reached:
                reached[target] = None
                order.append(target)
    return order


def _no_compiler(reasons: tuple[Diagnostic, ...]) -> Diagnostic:
    labels = [
        Label(reason.at.span, f"{family} refuses this ({reason.code})")
        for family, reason in zip(_FAMILIES.values(), reasons, strict=True)
        if reason.at is not None
    ]
    return error(
        "KX0290",
        "no other compiler reads this IDL",
        labels[0].span,
        labels[0].text,
        also=tuple(labels[1:]),
        hint="mend the one that is easier to mend, so that at least one compiler family can build peers",
    )
