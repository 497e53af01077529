"""No method returns a stream."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program
from kitexgen.lint.rule import UNARY_RPC, Finding, Rule
from kitexgen.schema.services import Streaming


def check(program: Program) -> Iterator[Finding]:
    for _, method in program.methods():
        if method.streaming in {Streaming.SERVER, Streaming.BIDIRECTIONAL}:
            yield Finding(
                at=method.name_span,
                message=f"`{method.name}` returns a stream",
                hint="return a page at a time",
            )


RULE = Rule(
    code="KX0844",
    name="RPC_NO_SERVER_STREAMING",
    categories=UNARY_RPC,
    rationale="Not every proxy and gateway passes streams on.",
    check=check,
)
