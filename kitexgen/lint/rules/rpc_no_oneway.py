"""No method is oneway."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program
from kitexgen.lint.rule import OPTIONAL, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for _, method in program.methods():
        if method.is_oneway:
            yield Finding(
                at=method.name_span,
                message=f"`{method.name}` is oneway",
                hint="return void: the caller then knows that the request arrived",
            )


RULE = Rule(
    code="KX0828",
    name="RPC_NO_ONEWAY",
    categories=OPTIONAL,
    rationale="The caller of a oneway method learns of no error, no overload and no timeout, and nothing is retried.",
    check=check,
    languages=("thrift",),
)
