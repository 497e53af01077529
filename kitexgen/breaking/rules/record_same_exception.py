"""A struct does not become an exception, nor an exception a struct."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.declarations import Record, RecordKind


def check(comparison: Comparison) -> Iterator[Finding]:
    for old, new in comparison.pairs(Record):
        kinds = {old.kind, new.kind}
        if len(kinds) == 2 and RecordKind.EXCEPTION in kinds and RecordKind.UNION not in kinds:
            yield Finding(
                message=f"`{new.id.name}` was {_kind(old.kind)} and is {_kind(new.kind)}",
                at=Label(new.name_span, f"now {_kind(new.kind)}"),
                was=Label(old.name_span, f"was {_kind(old.kind)}"),
            )


def _kind(kind: RecordKind) -> str:
    return "an exception" if kind is RecordKind.EXCEPTION else f"a {kind.value}"


RULE = Rule(
    code="KX0912",
    name="RECORD_SAME_EXCEPTION",
    level=Level.SOURCE,
    why="both are written alike, but code that raises and catches it, or does not, breaks",
    check=check,
    languages=("thrift",),
)
