"""`base.Base` and `base.BaseResp` have the id 255."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program
from kitexgen.lint.rule import STANDARD, Finding, Rule
from kitexgen.schema.types import Ref

_BASES = frozenset({"Base", "BaseResp"})


def check(program: Program) -> Iterator[Finding]:
    for record in program.records():
        for field in record.fields:
            if not isinstance(field.type, Ref) or field.type.target.name not in _BASES:
                continue
            if field.type.target.module.stem == "base" and field.id != 255:
                yield Finding(
                    at=field.id_span or field.name_span,
                    message=f"`{field.name}` has the id {field.id}, not 255",
                    hint="gateways and middleware look for it at 255",
                )


RULE = Rule(
    code="KX0841",
    name="BASE_FIELD_LAST",
    categories=STANDARD,
    rationale="Kitex's tools find the common part of requests and responses by this id.",
    check=check,
    languages=("thrift",),
)
