"""Methods are written in PascalCase; in Thrift camelCase will do."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.casing import is_camel, is_pascal, to_pascal
from kitexgen.lint.program import Program
from kitexgen.lint.rule import BASIC, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for _, method in program.methods():
        is_thrift = program.language(method.span.path) == "thrift"
        if is_pascal(method.name) or (is_thrift and is_camel(method.name)):
            continue
        wanted = "PascalCase or camelCase" if is_thrift else "PascalCase"
        yield Finding(
            at=method.name_span,
            message=f"the method `{method.name}` is not in {wanted}",
            hint=f"call it `{to_pascal(method.name)}`; it is another method then for peers that call it",
        )


RULE = Rule(
    code="KX0820",
    name="RPC_PASCAL_CASE",
    categories=BASIC,
    rationale="Go exports what begins with a capital; names apart from their Go form are hard to find again.",
    check=check,
)
