"""The zero of an enum says that nothing was chosen."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program, own_name
from kitexgen.lint.rule import STANDARD, Finding, Rule

_ENDINGS = ("UNSPECIFIED", "UNKNOWN")


def check(program: Program) -> Iterator[Finding]:
    for enum, member in program.members():
        endings = _ENDINGS if program.language(member.span.path) == "thrift" else _ENDINGS[:1]
        if member.number == 0 and not member.name.upper().endswith(endings):
            yield Finding(
                at=member.name_span,
                message=f"the zero of `{own_name(enum)}` is `{member.name}`",
                hint="let 0 be a member whose name ends in `UNSPECIFIED`",
            )


RULE = Rule(
    code="KX0835",
    name="ENUM_ZERO_VALUE_SUFFIX",
    categories=STANDARD,
    rationale="A field that was never set reads as 0, which must not look like a choice.",
    check=check,
)
