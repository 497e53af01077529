"""No method takes a stream."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program
from kitexgen.lint.rule import UNARY_RPC, Finding, Rule
from kitexgen.schema.services import Streaming


def check(program: Program) -> Iterator[Finding]:
    for _, method in program.methods():
        if method.streaming in {Streaming.CLIENT, Streaming.BIDIRECTIONAL}:
            yield Finding(
                at=method.name_span,
                message=f"`{method.name}` takes a stream",
                hint="send several requests, or a list in one",
            )


RULE = Rule(
    code="KX0843",
    name="RPC_NO_CLIENT_STREAMING",
    categories=UNARY_RPC,
    rationale="Not every proxy and gateway passes streams on.",
    check=check,
)
