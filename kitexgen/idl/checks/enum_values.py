"""Numbers of enum members: used twice, or outside 32 bits."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import THRIFTGO, error, warning
from kitexgen.schema.declarations import Enum, EnumMember
from kitexgen.schema.module import Schema
from kitexgen.schema.walk import declarations


def check_enum_values(schema: Schema) -> Iterator[Diagnostic]:
    for declaration in declarations(schema):
        if isinstance(declaration, Enum):
            yield from _check(declaration)


def _check(enum: Enum) -> Iterator[Diagnostic]:
    seen: dict[int, EnumMember] = {}
    is_reported = False
    for member in enum.members:
        if not -(2**31) <= member.number < 2**31:
            # The members that only count on from this one are wrong for the same reason.
            if not is_reported:
                hint = "an enum travels as 32 bits: -2147483648 to 2147483647; use `const i64` for larger numbers"
                message = f"the number of `{member.name}`, {member.number}, does not fit 32 bits"
                yield error("KX0222", message, member.name_span, hint=hint)
            is_reported = True
            continue
        first = seen.setdefault(member.number, member)
        if first is not member and first.name != member.name:
            yield warning(
                "KX0221",
                f"`{member.name}` and `{first.name}` have the same number {member.number}",
                member.name_span,
                f"becomes another name for `{first.name}`",
                also=(Label(first.name_span, "comes first, so it names the number"),),
                hint="thriftgo refuses two members with one number",
                refused_by=THRIFTGO,
            )
