"""Each member of an enum says its number."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Fix
from kitexgen.idl.thrift import tree as t
from kitexgen.lint.places import nodes
from kitexgen.lint.program import Program, own_name
from kitexgen.lint.rule import BASIC, Finding, Rule
from kitexgen.source.edit import TextEdit


def check(program: Program) -> Iterator[Finding]:
    bare = {
        node.name.span
        for tree in program.trees.values()
        for node in nodes(tree, t.EnumMemberNode)
        if node.number is None
    }
    for enum, member in program.members():
        if member.name_span not in bare:
            continue
        end = member.name_span.end
        yield Finding(
            at=member.name_span,
            message=f"the number of `{own_name(enum)}.{member.name}` is left to counting",
            label=f"it is {member.number}",
            hint=f"write `{member.name} = {member.number}`",
            fix=Fix(
                title=f"write `= {member.number}`",
                path=member.span.path,
                edits=(TextEdit(end, end, f" = {member.number}"),),
            ),
        )


RULE = Rule(
    code="KX0814",
    name="ENUM_EXPLICIT_VALUE",
    categories=BASIC,
    rationale="A member put in between renumbers all that follow, and old peers read other values.",
    check=check,
    is_fixable=True,
    languages=("thrift",),
)
