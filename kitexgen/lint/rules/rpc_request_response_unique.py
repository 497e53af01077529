"""No request or response serves two methods."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Label
from kitexgen.lint.program import Program
from kitexgen.lint.rule import STANDARD, Finding, Rule
from kitexgen.schema.declarations import Record
from kitexgen.schema.ids import DeclId
from kitexgen.schema.services import Method
from kitexgen.schema.types import Ref, Type


def check(program: Program) -> Iterator[Finding]:
    first: dict[DeclId, Method] = {}
    for _, method in program.methods():
        for type in (*(argument.type for argument in method.arguments), method.result):
            target = _record(program, type)
            known = first.setdefault(target, method) if target is not None else method
            if target is not None and known is not method:
                yield Finding(
                    at=method.name_span,
                    message=f"`{method.name}` and `{known.name}` share `{target.name}`",
                    also=(Label(known.name_span, "uses it first"),),
                    hint="give each method its own request and response",
                )


def _record(program: Program, type: Type | None) -> DeclId | None:
    resolved = None if type is None else program.schema.resolve(type)
    is_record = isinstance(resolved, Ref) and isinstance(program.schema.find(resolved.target), Record)
    return resolved.target if is_record and isinstance(resolved, Ref) else None


RULE = Rule(
    code="KX0832",
    name="RPC_REQUEST_RESPONSE_UNIQUE",
    categories=STANDARD,
    rationale="What is added for one method shows up in the other, where it means nothing.",
    check=check,
)
