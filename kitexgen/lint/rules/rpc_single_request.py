"""A method takes one struct."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.casing import to_pascal
from kitexgen.lint.program import Program
from kitexgen.lint.rule import STANDARD, Finding, Rule
from kitexgen.schema.declarations import Record
from kitexgen.schema.types import Ref, Type


def check(program: Program) -> Iterator[Finding]:
    for _, method in program.methods():
        if len(method.arguments) == 1 and _is_record(program, method.arguments[0].type):
            continue
        if not method.arguments:
            message = f"`{method.name}` takes nothing, so nothing can be added later"
        elif len(method.arguments) > 1:
            message = f"`{method.name}` takes {len(method.arguments)} arguments, not one struct"
        else:
            message = f"`{method.name}` takes a plain value, not a struct"
        yield Finding(at=method.name_span, message=message, hint=f"take one `{to_pascal(method.name)}Request`")


def _is_record(program: Program, type: Type) -> bool:
    resolved = program.schema.resolve(type)
    return isinstance(resolved, Ref) and isinstance(program.schema.find(resolved.target), Record)


RULE = Rule(
    code="KX0829",
    name="RPC_SINGLE_REQUEST",
    categories=STANDARD,
    rationale="A field more in a request breaks nobody; an argument more changes the signature of every caller.",
    check=check,
    languages=("thrift",),
)
