"""No two members of an enum share a number."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Label
from kitexgen.lint.program import Program
from kitexgen.lint.rule import BASIC, Finding, Rule
from kitexgen.schema.declarations import EnumMember


def check(program: Program) -> Iterator[Finding]:
    for enum in program.enums():
        first: dict[int, EnumMember] = {}
        for member in enum.members:
            known = first.setdefault(member.number, member)
            if known is not member:
                yield Finding(
                    at=member.name_span,
                    message=f"`{member.name}` and `{known.name}` are both {member.number}",
                    also=(Label(known.name_span, "comes first, so it names the number"),),
                    hint="give it a number of its own, or leave it out",
                )


RULE = Rule(
    code="KX0813",
    name="ENUM_NO_ALLOW_ALIAS",
    categories=BASIC,
    rationale="On the wire there is only the number, so a reader sees the first name, whichever was written.",
    check=check,
)
