"""The response of a method is named after it."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.casing import to_pascal
from kitexgen.lint.program import Program, own_name
from kitexgen.lint.rule import STANDARD, Finding, Rule
from kitexgen.schema.types import Ref


def check(program: Program) -> Iterator[Finding]:
    for service, method in program.methods():
        if not isinstance(method.result, Ref):
            continue
        given = method.result.target.name.rpartition(".")[2]
        own = to_pascal(method.name)
        endings = ("Response", "Resp") if program.language(method.span.path) == "thrift" else ("Response",)
        wanted = {f"{prefix}{own}{ending}" for prefix in ("", own_name(service)) for ending in endings}
        if given not in wanted:
            yield Finding(
                at=method.name_span,
                message=f"`{method.name}` returns `{given}`",
                hint=f"call its response `{own}Response`",
            )


RULE = Rule(
    code="KX0831",
    name="RPC_RESPONSE_STANDARD_NAME",
    categories=STANDARD,
    rationale="What a method returns can grow on its own; a type of the domain belongs into a field of the response.",
    check=check,
)
