"""A method throws what it threw."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.breaking.wording import type_text
from kitexgen.diagnostics.diagnostic import Label


def check(comparison: Comparison) -> Iterator[Finding]:
    for pair in comparison.methods():
        ids = {field.id for field in pair.new.throws}
        for was in pair.old.throws:
            if was.id not in ids:
                yield Finding(
                    message=f"`{pair.service.id.name}.{pair.new.name}` throws `{type_text(was.type)}` no more",
                    at=Label(pair.new.name_span),
                    was=Label(was.name_span, "was declared here"),
                )


RULE = Rule(
    code="KX0928",
    name="RPC_THROWS_NO_DELETE",
    level=Level.SOURCE,
    why="handlers that raise it now fail, and clients that catch it wait for nothing",
    check=check,
    languages=("thrift",),
)
