"""No name has to be escaped in Python."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program, own_name
from kitexgen.lint.python_names import escapes_in_python
from kitexgen.lint.rule import STANDARD, Finding, Rule
from kitexgen.source.span import Span


def check(program: Program) -> Iterator[Finding]:
    for name, span, what in _names(program):
        reason = escapes_in_python(name)
        if reason is not None:
            yield Finding(
                at=span,
                message=f"{what} `{name}` is {reason} in Python",
                label=f"becomes `{name}_`",
                hint="choose another name; the wire keeps this one either way",
            )


def _names(program: Program) -> Iterator[tuple[str, Span, str]]:
    for declaration in program.declarations():
        yield own_name(declaration), declaration.name_span, "the name"
    for field in (*program.fields(), *program.parameters()):
        yield field.name, field.name_span, "the field"
    for _, member in program.members():
        yield member.name, member.name_span, "the member"


RULE = Rule(
    code="KX0838",
    name="NAME_NO_PYTHON_KEYWORD",
    categories=STANDARD,
    rationale="Such a name gets an underscore in Python, so code and IDL no longer say the same.",
    check=check,
)
