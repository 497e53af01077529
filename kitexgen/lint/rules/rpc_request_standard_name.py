"""The request of a method is named after it."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.casing import to_pascal
from kitexgen.lint.program import Program, own_name
from kitexgen.lint.rule import STANDARD, Finding, Rule
from kitexgen.schema.types import Ref


def check(program: Program) -> Iterator[Finding]:
    for service, method in program.methods():
        if len(method.arguments) != 1:
            continue
        type = method.arguments[0].type
        given = type.target.name.rpartition(".")[2] if isinstance(type, Ref) else None
        own = to_pascal(method.name)
        endings = ("Request", "Req") if program.language(method.span.path) == "thrift" else ("Request",)
        wanted = {f"{prefix}{own}{ending}" for prefix in ("", own_name(service)) for ending in endings}
        if given is not None and given not in wanted:
            yield Finding(
                at=method.name_span,
                message=f"`{method.name}` takes `{given}`",
                hint=f"call its request `{own}Request`",
            )


RULE = Rule(
    code="KX0830",
    name="RPC_REQUEST_STANDARD_NAME",
    categories=STANDARD,
    rationale="A reader finds the request of a method without looking it up, and no other method shares it.",
    check=check,
)
