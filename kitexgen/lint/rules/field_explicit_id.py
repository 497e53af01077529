"""Each field says its id."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Fix
from kitexgen.lint.program import Program
from kitexgen.lint.rule import BASIC, Finding, Rule
from kitexgen.source.edit import TextEdit


def check(program: Program) -> Iterator[Finding]:
    for field in (*program.fields(), *program.parameters()):
        if not field.is_implicit:
            continue
        # An id below 1 is one that Apache's compiler made up; writing it down would be refused elsewhere.
        edit = TextEdit(field.span.start, field.span.start, f"{field.id}: ")
        fix = Fix(title=f"write `{field.id}:`", path=field.span.path, edits=(edit,)) if field.id > 0 else None
        yield Finding(
            at=field.name_span,
            message=f"the id of `{field.name}` is left to counting",
            label=f"it is {field.id}",
            hint=f"write `{field.id}:` before it" if fix else "number the fields from 1",
            fix=fix,
        )


RULE = Rule(
    code="KX0822",
    name="FIELD_EXPLICIT_ID",
    categories=BASIC,
    rationale="Compilers count differently, and a field put in between renumbers all that follow.",
    check=check,
    is_fixable=True,
    languages=("thrift",),
)
