"""A file keeps its package."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.source.span import Span


def check(comparison: Comparison) -> Iterator[Finding]:
    for old, new in comparison.modules():
        if new is None or old.namespace("package") == new.namespace("package"):
            continue
        was, now = (next(iter(module.namespaces), None) for module in (old, new))
        yield Finding(
            message=f"the package was `{was.name if was else ''}` and is `{now.name if now else ''}`",
            at=Label(now.span if now else Span(new.id.path, 0, 0), "now" if now else "has none now"),
            was=Label(was.span if was else Span(old.id.path, 0, 0), "was" if was else "had none"),
        )


RULE = Rule(
    code="KX0952",
    name="FILE_SAME_PACKAGE",
    level=Level.WIRE,
    why="the package is part of the path of a gRPC call and of the type in an Any: old clients call what is not there",
    check=check,
    languages=("proto",),
)
